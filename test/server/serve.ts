import { request, type IncomingHttpHeaders } from 'node:http'
import { connect, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'
import { prepareSite } from '../../src/server/served-site.ts'
import { createSiteServer, type ServerOptions, type SiteServer } from '../../src/server/server.ts'
import { machinesByMac } from '../../src/site/manifest.ts'
import { about, macs, siteFile, wholeSite } from '../site/files.ts'
import { conforms } from './openapi.ts'

export const exampleSite = () =>
  prepareSite(machinesByMac(about.machines), [
    ...wholeSite(),
    // The one kind of file that each card of a machine may have for itself.
    siteFile(`ipxe/${macs.second}`, '#!ipxe\necho lb1, second card\n', { machine: 'lb1' }),
    // No machine has this beside its kickstart file; as a path it is the same.
    siteFile(`preseed/${macs.one}.cfg`, '#_preseed_V1\n', { machine: 'lb1' }),
  ])

export type Running = { server: SiteServer; port: number; lines: string[]; faults: unknown[] }

/** A server on a free port of 127.0.0.1, with a clock that stands still; it ends with the test. */
export async function serve(options: Partial<ServerOptions> = {}): Promise<Running> {
  const lines: string[] = []
  const faults: unknown[] = []
  const server = createSiteServer(exampleSite(), {
    log: (line) => lines.push(line),
    fault: (fault) => faults.push(fault),
    now: () => new Date('2026-11-21T12:00:00Z'),
    ...options,
  })
  const { port } = await server.listen('127.0.0.1:0')
  onTestFinished(() => server.close())
  return { server, port, lines, faults }
}

export type Answer = { status: number; headers: IncomingHttpHeaders; body: string }

/** One request over a connection of its own; the path goes out as it is. */
export async function ask(
  port: number,
  path: string,
  {
    method = 'GET',
    headers = {},
    localAddress,
  }: { method?: string; headers?: Record<string, string>; localAddress?: string } = {},
): Promise<Answer> {
  const answer = await new Promise<Answer>((resolve, reject) => {
    const from = localAddress === undefined ? {} : { localAddress }
    const options = { host: '127.0.0.1', port, path, method, headers, agent: false, ...from }
    const sent = request(options, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', reject)
      response.on('end', () => {
        const body = Buffer.concat(chunks).toString()
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body })
      })
    })
    sent.on('error', reject)
    sent.end()
  })
  if (method !== 'HEAD') conforms(method, path, answer)
  return answer
}

/** A bare connection. */
export async function open(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port, allowHalfOpen: true })
    onTestFinished(() => void socket.destroy())
    socket.once('connect', () => {
      socket.off('error', reject)
      // What a test cuts off, it cuts off on purpose.
      socket.on('error', () => {})
      resolve(socket)
    })
    socket.once('error', reject)
  })
}

/** All that the server says on a connection until it ends it. */
export async function rest(socket: Socket): Promise<string> {
  const chunks: Buffer[] = []
  socket.on('data', (chunk: Buffer) => chunks.push(chunk))
  await new Promise((resolve) => {
    socket.once('end', resolve)
    socket.once('close', resolve)
  })
  return Buffer.concat(chunks).toString('latin1')
}

/** Until the answer has begun. Of a large one most is still to come: the socket reads no further than its buffer. */
export const begun = (socket: Socket): Promise<void> =>
  new Promise((resolve) => {
    socket.once('readable', () => resolve())
  })

/** Sends bytes as they are and returns the whole answer; the date is masked. */
export async function sendRaw(port: number, text: string): Promise<string> {
  const socket = await open(port)
  socket.write(text, 'latin1')
  return withoutDate(await rest(socket))
}

export const withoutDate = (text: string): string => text.replaceAll(/^Date: .*\r\n/gm, '')

export const waitUntil = async (condition: () => boolean): Promise<void> => {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5))
}

/** Log lines, without the milliseconds. */
export const withoutTimes = (lines: readonly string[]): string[] =>
  lines.map((line) => line.replace(/^\S+ /, '').replace(/ \d+\.\d(?= aborted| unknown|$)/, ''))
