import { spawn } from 'node:child_process'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A server of git's smart HTTP protocol on the loopback: git http-backend(1) behind a server of CGI. */
export type GitServer = {
  url: string
  /** What is done before a request is answered. */
  before: (request: IncomingMessage) => Promise<void> | void
  requests: string[]
  close(): Promise<void>
}

export async function serveGit(directory: string): Promise<GitServer> {
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { pathname, search } = new URL(request.url ?? '', 'http://x')
    served.requests.push(`${request.method} ${pathname}${search}`)
    await served.before(request)
    const child = spawn('git', ['http-backend'], {
      env: {
        PATH: process.env['PATH'],
        GIT_CONFIG_GLOBAL: '/dev/null',
        GIT_PROJECT_ROOT: directory,
        GIT_HTTP_EXPORT_ALL: '1',
        PATH_INFO: pathname,
        QUERY_STRING: search.slice(1),
        REQUEST_METHOD: request.method,
        CONTENT_TYPE: request.headers['content-type'] ?? '',
        GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
        ...(request.headers['content-encoding'] === undefined
          ? {}
          : { HTTP_CONTENT_ENCODING: request.headers['content-encoding'] }),
      },
    })
    request.pipe(child.stdin)
    child.stdin.on('error', () => {})
    const chunks: Buffer[] = []
    for await (const chunk of child.stdout) chunks.push(Buffer.from(chunk as Buffer))
    const whole = Buffer.concat(chunks)
    const end = whole.indexOf('\r\n\r\n')
    for (const line of whole.subarray(0, end).toString('latin1').split('\r\n')) {
      const [name = '', ...value] = line.split(': ')
      if (name === 'Status') response.statusCode = Number.parseInt(value.join(': '), 10)
      else response.setHeader(name, value.join(': '))
    }
    response.end(whole.subarray(end + 4))
  }
  const server = createServer((request, response) => {
    handle(request, response).catch(() => response.destroy())
  })
  const served: GitServer = {
    url: '',
    before: () => {},
    requests: [],
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  served.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return served
}
