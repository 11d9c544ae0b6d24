import { request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { describeSystemError, isSystemError } from '../files/system-error.ts'

/** The answer of an HTTP server, or why there is none. `date` is its clock, in milliseconds since 1970. */
export type Answer =
  | { status: number; contentType: string | null; length: number | null; date: number | null; body: Buffer }
  | { fault: string }

export type HttpMeans = {
  /** CAs as PEM. */
  ca: readonly string[]
  stop: AbortSignal
}

const timeout = 10_000
const largest = 64 * 2 ** 20

/** Sends a request without following redirects, which boot loaders need not follow either. */
export function ask(address: string, method: 'GET' | 'HEAD', { ca, stop }: HttpMeans): Promise<Answer> {
  return new Promise((settle) => {
    const request = address.startsWith('https:') ? httpsRequest : httpRequest
    const faultOf = (fault: Error): void =>
      settle({ fault: isSystemError(fault) ? describeSystemError(fault) : fault.message })
    const asked = request(
      address,
      { method, signal: stop, agent: false, ...(address.startsWith('https:') ? { ca: [...ca] } : {}) },
      (answer) => {
        const parts: Buffer[] = []
        let received = 0
        answer.on('data', (part: Buffer) => {
          parts.push(part)
          received += part.length
          if (received > largest) answer.destroy(new Error(`it sends more than ${largest / 2 ** 20} MiB`))
        })
        answer.on('error', faultOf)
        answer.on('end', () => {
          const { 'content-type': type, 'content-length': length, date } = answer.headers
          const clock = date === undefined ? Number.NaN : Date.parse(date)
          settle({
            status: answer.statusCode ?? 0,
            contentType: type ?? null,
            length: length === undefined ? null : Number(length),
            date: Number.isNaN(clock) ? null : clock,
            body: Buffer.concat(parts),
          })
        })
      },
    )
    asked.setTimeout(timeout, () => {
      asked.destroy(new Error(`no answer within ${timeout / 1000} s`))
    })
    asked.on('error', faultOf)
    asked.end()
  })
}
