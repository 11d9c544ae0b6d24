import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'

/** Answers one request. `seen`: how often this path was asked for before. */
export type Answer = (request: IncomingMessage, response: ServerResponse, seen: number) => void

export type HttpsServer = {
  /** `https://127.0.0.1:PORT` */
  origin: string
  /** Its CA, as PEM. */
  ca: string
  answers: Map<string, Answer>
  /** `PATH RANGE` of each request. */
  asked: string[]
  close(): Promise<void>
}

const openssl = (...words: string[]) => execFileSync('openssl', words, { stdio: 'ignore' })

/** A web server on the loopback, with a certificate by a CA of its own. */
export async function startHttpsServer(directory: string): Promise<HttpsServer> {
  const at = (name: string) => join(directory, name)
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2']
  openssl('req', '-x509', ...key, '-subj', '/CN=test CA', '-keyout', at('ca.key'), '-out', at('ca.crt'))
  const issued = [
    '-CA',
    at('ca.crt'),
    '-CAkey',
    at('ca.key'),
    '-addext',
    'subjectAltName=IP:127.0.0.1,DNS:mirror.example.com',
  ]
  openssl(
    'req',
    '-x509',
    ...key,
    '-subj',
    '/CN=test server',
    ...issued,
    '-addext',
    'basicConstraints=critical,CA:FALSE',
    '-keyout',
    at('server.key'),
    '-out',
    at('server.crt'),
  )
  const answers = new Map<string, Answer>()
  const asked: string[] = []
  const seen = new Map<string, number>()
  const server = createServer(
    { key: readFileSync(at('server.key')), cert: readFileSync(at('server.crt')) },
    (request, response) => {
      const path = request.url ?? ''
      asked.push(`${path} ${request.headers.range ?? '-'}`)
      const before = seen.get(path) ?? 0
      seen.set(path, before + 1)
      const answer = answers.get(path)
      if (answer) answer(request, response, before)
      else response.writeHead(404).end()
    },
  )
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  const { port } = server.address() as AddressInfo
  return {
    origin: `https://127.0.0.1:${port}`,
    ca: readFileSync(at('ca.crt'), 'utf8'),
    answers,
    asked,
    close() {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}

/** A file that can be had in parts; where `cuts` says so, the connection ends in its midst. */
export const file =
  (content: Buffer, { ranges = true, cuts = 0, etag = '"1"' } = {}): Answer =>
  (request, response, seen) => {
    const start = ranges ? Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0) : 0
    const rest = content.subarray(start)
    response.writeHead(start > 0 ? 206 : 200, {
      'content-length': rest.length,
      etag,
      ...(start > 0 ? { 'content-range': `bytes ${start}-${content.length - 1}/${content.length}` } : {}),
    })
    if (seen >= cuts) response.end(rest)
    else
      response.write(rest.subarray(0, Math.floor(rest.length / 2)), () => {
        // What is written arrives: the connection is closed behind it, not reset.
        response.socket?.end()
      })
  }
