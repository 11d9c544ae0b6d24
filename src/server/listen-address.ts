import { type Refusal, refusal } from '../diagnostics/refusal.ts'
import { isIP } from 'node:net'

/** Host null: all addresses of this machine. */
export type ListenAddress = { host: string | null; port: number }

const refused = (message: string, hint: string): Refusal => refusal('serve/listen-address', message, { hint })

/**
 * Reads `127.0.0.1:8080`, `[::1]:8080`, `name:8080`, or `:8080` for all addresses. Port 0 means any free port.
 *
 * @throws Refusal that states the format
 */
export function parseListenAddress(text: string): ListenAddress {
  const hint = 'write e.g. 127.0.0.1:8080, [::1]:8080, or :8080 for all addresses'
  const match = /^(?:\[([^\]]*)\]|([^:]*)):(\d{1,5})$/.exec(text)
  if (!match) {
    if (isIP(text) === 6) throw refused(`${text} has no port`, `write [${text}]:8080`)
    if (/^\d+$/.test(text))
      throw refused(`${text} is not a listen address`, `write :${text}, or 127.0.0.1:${text}`)
    if (isIP(text) === 4) throw refused(`${text} has no port`, `write ${text}:8080`)
    throw refused(`${JSON.stringify(text)} is not a listen address`, hint)
  }
  const [, bracketed, name = '', digits] = match
  const port = Number(digits)
  if (port > 65_535) throw refused(`${port} is not a port: the highest is 65535`, hint)
  if (bracketed !== undefined) {
    const [address = ''] = bracketed.split('%')
    if (isIP(address) !== 6) throw refused(`${bracketed} is not an IPv6 address`, hint)
    return { host: bracketed, port }
  }
  if (name === '' || name === '*') return { host: null, port }
  if (/^[\d.]+$/.test(name) && isIP(name) !== 4) throw refused(`${name} is not an IPv4 address`, hint)
  if (!/^[A-Za-z0-9.-]+$/.test(name)) throw refused(`${JSON.stringify(name)} is not a host name`, hint)
  return { host: name, port }
}

/**
 * Explains why listening failed.
 *
 * @param option by which another address is chosen
 */
export function listenFault(text: string, fault: NodeJS.ErrnoException, option = '--listen'): Refusal {
  switch (fault.code ?? '') {
    case 'EADDRINUSE':
      return refused(
        `another program already listens on ${text}`,
        `stop it, or use ${option} with another port`,
      )
    case 'EACCES':
      return refused(
        `this user may not listen on ${text}`,
        `ports below 1024 need root or CAP_NET_BIND_SERVICE; use ${option} with a higher port`,
      )
    case 'EADDRNOTAVAIL':
      return refused(
        `this machine has no address ${text}`,
        "use one of the machine's addresses, or :PORT for all of them",
      )
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return refused(`the host name in ${text} has no address`, 'use an IP address')
    default:
      return refused(`cannot listen on ${text}: ${fault.message}`, `use ${option} with another address`)
  }
}
