import { mkdtempSync, rmSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { Readers } from '../../src/server/page/access.ts'
import type { Limits } from '../../src/server/limits.ts'
import type { Heard } from '../../src/server/syslog/heard.ts'
import type { Webhook } from '../../src/server/webhook.ts'
import { prepareSite } from '../../src/server/served-site.ts'
import type { JournalOptions } from '../../src/state/journal.ts'
import { openJournal } from '../../src/state/journal.ts'
import { keepState, type Keeper } from '../../src/state/keeper.ts'
import { reporterOf } from '../../src/secrets/report-token.ts'
import { machinesByMac } from '../../src/site/manifest.ts'
import { about, wholeSite } from '../site/files.ts'
import { conforms } from './openapi.ts'
import { type Answer, type Running, serve } from './serve.ts'

export const operatorsToken = 'token-of-the-operator'
export const tokenOf = (name: string): string => `token-of-${name}`

export const operatedSite = (keepsDisk = true) =>
  prepareSite(
    machinesByMac(
      about.machines.map((machine) => ({ ...machine, reporter: reporterOf(tokenOf(machine.name)) })),
    ),
    wholeSite(),
    { keepsDisk, deadline: 60 },
  )

/** A clock that goes when it is told to. */
export type Clock = { now: () => Date; pass(minutes: number): void }

export function stoppedClock(): Clock {
  let time = Date.parse('2026-11-21T12:00:00Z')
  return { now: () => new Date(time), pass: (minutes) => void (time += minutes * 60_000) }
}

export type Operated = Running & { keeper: Keeper; clock: Clock; directory: string }

/** A server that keeps the state of its machines, in a directory of its own. */
export async function operate(
  journal: JournalOptions = {},
  keepsDisk = true,
  lost: (why: string) => void = () => {},
  {
    now,
    assets,
    limits = {},
    ...more
  }: {
    now?: () => Date
    assets?: string
    limits?: Partial<Limits>
    strictSource?: boolean
    readers?: Readers
    alarm?: (sentence: string) => void
    webhook?: Webhook
    heard?: Heard
  } = {},
): Promise<Operated> {
  const directory = mkdtempSync(join(tmpdir(), 'hakube-operated-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  const clock = { ...stoppedClock(), ...(now ? { now } : {}) }
  const keeper = keepState(await openJournal(directory, { now: clock.now, ...journal }), {
    now: clock.now,
    lost,
  })
  const running = await serve({
    now: clock.now,
    limits,
    ...(assets === undefined ? {} : { assets }),
    operated: { keeper, token: operatorsToken, ...more },
  })
  onTestFinished(() => keeper.close())
  running.server.replaceSite(operatedSite(keepsDisk))
  return { ...running, keeper, clock, directory }
}

/** A POST with a body. */
export async function post(
  port: number,
  path: string,
  body: string,
  token: string | null = operatorsToken,
): Promise<Answer> {
  const answer = await new Promise<Answer>((resolve, reject) => {
    const authorization = token === null ? {} : { authorization: `Bearer ${token}` }
    const headers = { ...authorization, 'content-length': String(Buffer.byteLength(body)) }
    const sent = request(
      { host: '127.0.0.1', port, path, method: 'POST', headers, agent: false },
      (answer) => {
        const chunks: Buffer[] = []
        answer.on('data', (chunk: Buffer) => chunks.push(chunk))
        answer.on('error', reject)
        answer.on('end', () => {
          const body = Buffer.concat(chunks).toString()
          resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body })
        })
      },
    )
    sent.on('error', reject)
    sent.end(body)
  })
  conforms('POST', path, answer)
  return answer
}
