import type { z } from 'zod'
import { error } from '../diagnostics/diagnostic.ts'
import { Refusal } from '../diagnostics/refusal.ts'
import { didYouMean } from '../diagnostics/suggest.ts'
import { describeSystemError, isSystemError } from '../files/system-error.ts'
import { Changed, Log, type Machine, Machines, NoSuchMachine, UnknownLogs } from '../server/api/schemas.ts'
import { findServer, type OperatorAccess } from '../server/operator.ts'
import { stateDirectory } from '../state/directory.ts'
import type { Context } from './context.ts'

export type { Machine }
export type RackState = z.infer<typeof Machines>

const refuse = (message: string, hint?: string): Refusal =>
  new Refusal([error('serve/not-running', message, hint === undefined ? {} : { hint })])

/**
 * How to reach the server of the first parameter.
 *
 * @throws Refusal when none is running
 */
export function serverOf({ parameters, options, environment }: Context): OperatorAccess {
  const [served = ''] = parameters
  const directory = stateDirectory(options.text('state'), served, environment)
  const hint = `start it with: hakube serve ${served}; if it runs with --state DIR, use the same option here`
  try {
    const access = findServer(directory)
    if (access) return access
  } catch (fault) {
    if (!isSystemError(fault)) throw fault
    throw refuse(
      `cannot read ${directory}: ${describeSystemError(fault)}`,
      'run this as the user that runs hakube serve',
    )
  }
  throw refuse(`no server is running for ${served} (state directory ${directory})`, hint)
}

async function request(
  access: OperatorAccess,
  path: string,
  body: unknown,
  stop: AbortSignal,
): Promise<Response> {
  const rest = body === null ? {} : { method: 'POST', body: JSON.stringify(body) }
  try {
    return await fetch(`${access.url}/api/v1/${path}`, {
      ...rest,
      headers: { authorization: `Bearer ${access.token}`, 'content-type': 'application/json' },
      signal: AbortSignal.any([stop, AbortSignal.timeout(30_000)]),
    })
  } catch (fault) {
    if (stop.aborted) throw fault
    throw refuse(`the server at ${access.url} does not respond`, 'check that hakube serve is still running')
  }
}

async function refused(response: Response): Promise<Refusal> {
  const words = (await response.text()).trim().slice(0, 500)
  return refuse(`the server refused the request (${response.status}): ${words}`)
}

/** The state of all machines. */
export async function readRack(access: OperatorAccess, stop: AbortSignal): Promise<RackState> {
  const response = await request(access, 'machines', null, stop)
  if (!response.ok) throw await refused(response)
  return Machines.parse(await response.json())
}

/**
 * The events and syslog lines of a machine.
 *
 * @param word its name or a MAC address
 */
export async function readLog(
  access: OperatorAccess,
  word: string,
  stop: AbortSignal,
): Promise<z.infer<typeof Log>> {
  const response = await request(access, `machines/${encodeURIComponent(word)}/log`, null, stop)
  if (response.status === 404) {
    const { machines } = await readRack(access, stop)
    throw noMachine(
      word,
      machines.map(({ name }) => name),
    )
  }
  if (!response.ok) throw await refused(response)
  return Log.parse(await response.json())
}

/** Syslog lines of unknown senders. */
export async function readUnknownLogs(
  access: OperatorAccess,
  stop: AbortSignal,
): Promise<z.infer<typeof UnknownLogs>> {
  const response = await request(access, 'unknown/log', null, stop)
  if (!response.ok) throw await refused(response)
  return UnknownLogs.parse(await response.json())
}

/**
 * Arms or disarms machines.
 *
 * @returns their names
 */
export async function changeMachines(
  access: OperatorAccess,
  verb: 'arm' | 'disarm',
  body: { machines: 'all' | readonly string[]; seconds?: number; wipe?: true },
  stop: AbortSignal,
): Promise<readonly string[]> {
  const response = await request(access, verb, body, stop)
  if (response.status === 404) {
    const { unknown, machines } = NoSuchMachine.parse(await response.json())
    throw noMachine(unknown, machines)
  }
  if (!response.ok) throw await refused(response)
  return Changed.parse(await response.json()).machines
}

export const noMachine = (word: string, names: readonly string[]): Refusal =>
  new Refusal([
    error('serve/unknown-machine', `the server has no machine ${word}`, { hint: didYouMean(word, names) }),
  ])
