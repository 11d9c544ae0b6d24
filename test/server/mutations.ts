import { macs } from '../site/files.ts'

/** Requests of every kind that the server tells apart. */
export const heads = [
  'CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n',
  'GET /healthz HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n',
  'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
  `GET /seed/${macs.one}/user-data HTTP/1.1\r\nHost: a\r\n\r\n`,
  'GET /assets/kernel HTTP/1.1\r\nHost: a\r\nRange: bytes=1-3\r\n\r\n',
  'POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\nhello',
  '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
]

/** More of them, for the longer run. */
export const moreHeads = [
  ...heads,
  'GET /assets/../outside HTTP/1.1\r\nHost: a\r\n\r\n',
  'GET /assets/%2e%2e/outside HTTP/1.1\r\nHost: a\r\n\r\n',
  'GET http://a/assets/..%2foutside HTTP/1.1\r\nHost: a\r\n\r\n',
  'GET /assets//etc/passwd HTTP/1.1\r\nHost: a\r\n\r\n',
  'GET /assets/kernel HTTP/1.1\r\nHost: a\r\nIf-None-Match: *\r\nIf-Range: "x"\r\nRange: bytes=-1\r\n\r\n',
  'HEAD /assets/large HTTP/1.1\r\nHost: a\r\n\r\nGET /assets/large HTTP/1.1\r\nHost: a\r\n\r\n',
  `GET /ipxe/${macs.one} HTTP/1.0\r\n\r\n`,
  'GET /pxelinux.cfg/01-52-54-00-ff-ff-ff HTTP/1.1\r\nhost: a\r\nHost: b\r\n\r\n',
  'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n',
  'OPTIONS * HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nContent-Length: 1\r\n\r\n',
  '\r\n\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\nA:\r\n b\r\n\r\n',
  'GET /boot.ipxe\r\n\r\n',
]

/** Numbers from a seed (mulberry32), so that a failure can be run again. */
export function numbers(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}

/** Some requests in a row, with bytes changed, taken out and put in, and often cut short. */
export function mutated(number: (below: number) => number, from: readonly string[] = heads): string {
  let text = Array.from({ length: 1 + number(3) }, () => from[number(from.length)]!).join('')
  for (let changes = number(4); changes > 0; changes--) {
    const at = number(text.length)
    text = text.slice(0, at) + String.fromCharCode(number(256)) + text.slice(at + number(3))
  }
  return number(3) === 0 ? text.slice(0, number(text.length)) : text
}
