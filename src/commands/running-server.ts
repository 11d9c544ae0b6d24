import { dirname } from 'node:path'
import type { z } from 'zod'
import { error } from '../diagnostics/diagnostic.ts'
import { Refusal, refusal } from '../diagnostics/refusal.ts'
import { orList } from '../diagnostics/suggest.ts'
import { canonicalMac } from '../network/mac.ts'
import { describeSystemError, isSystemError } from '../files/system-error.ts'
import { Changed, Log, type Machine, Machines, NoSuchMachine, UnknownLogs } from '../server/api/schemas.ts'
import { findServer, type OperatorAccess } from '../server/operator.ts'
import { clusterIn, ownName } from '../server/machine-name.ts'
import { realOrAbsolute, stateDirectory } from '../state/directory.ts'
import type { Context } from './context.ts'
import { unknownMachine } from './named-machines.ts'

export type { Machine }
export type RackState = z.infer<typeof Machines>

const refuse = (message: string, hint?: string): Refusal =>
  new Refusal([error('serve/not-running', message, hint === undefined ? {} : { hint })])

/** How to reach a server. `cluster`: which of several is meant, and its machines are shown by their own names; null: all machines. */
export type ServerAccess = OperatorAccess & { cluster: string | null }

/**
 * The cluster of a profile in a server of several.
 *
 * @returns null for a directory of profiles, and for a server of one profile
 * @throws Refusal for a profile that the server does not serve
 */
function clusterOf({ profiles }: OperatorAccess, served: string): string | null {
  if (profiles.length === 0) return null
  const path = realOrAbsolute(served)
  const found = profiles.find((each) => each.profile === served || each.path === path)
  if (found) return found.cluster
  if (profiles.every((each) => dirname(each.path) === path)) return null
  throw refuse(
    `the server does not serve ${served}`,
    `it serves ${orList(profiles.map(({ profile }) => profile))}`,
  )
}

/**
 * How to reach the server of the first parameter.
 *
 * @throws Refusal when none is running
 */
export function serverOf({ parameters, options, environment }: Context): ServerAccess {
  const [served = ''] = parameters
  const directory = stateDirectory(options.text('state'), served, environment)
  const hint = `start it with: hakube serve ${served}; if it runs with --state DIR, use the same option here`
  let access: OperatorAccess | null = null
  try {
    access = findServer(directory)
  } catch (fault) {
    if (!isSystemError(fault)) throw fault
    throw refuse(
      `cannot read ${directory}: ${describeSystemError(fault)}`,
      'run this as the user that runs hakube serve',
    )
  }
  if (access) return { ...access, cluster: clusterOf(access, served) }
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

/** The state of the machines that are meant. */
export async function readRack(access: ServerAccess, stop: AbortSignal): Promise<RackState> {
  const response = await request(access, 'machines', null, stop)
  if (!response.ok) throw await refused(response)
  const { machines, ...rest } = Machines.parse(await response.json())
  const { cluster } = access
  if (cluster === null) return { ...rest, machines }
  const own = machines.filter(({ name }) => clusterIn(name) === cluster)
  return { ...rest, machines: own.map((machine) => ({ ...machine, name: ownName(machine.name) })) }
}

/**
 * The events and syslog lines of a machine.
 *
 * @param word its name or a MAC address
 */
export async function readLog(
  access: ServerAccess,
  word: string,
  stop: AbortSignal,
): Promise<z.infer<typeof Log>> {
  // A name with its cluster does not fit into the path.
  const mac =
    access.profiles.length === 0
      ? null
      : findMachine((await readRack(access, stop)).machines, access, word).mac
  const response = await request(access, `machines/${encodeURIComponent(mac ?? word)}/log`, null, stop)
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

type Change = { machines: 'all' | readonly string[]; seconds?: number; wipe?: true }

/**
 * Arms or disarms machines.
 *
 * @returns their names
 */
export async function changeMachines(
  access: ServerAccess,
  verb: 'arm' | 'disarm',
  body: Change,
  stop: AbortSignal,
): Promise<readonly string[]> {
  const isOne = access.profiles.length === 0
  if (!isOne && (body.machines !== 'all' || access.cluster !== null)) {
    const { machines } = await readRack(access, stop)
    const meant =
      body.machines === 'all' ? machines : body.machines.map((word) => findMachine(machines, access, word))
    const changed = await change(access, verb, { ...body, machines: meant.map(({ mac }) => mac) }, stop)
    return access.cluster === null ? changed : changed.map((name) => ownName(name))
  }
  return change(access, verb, body, stop)
}

async function change(
  access: OperatorAccess,
  verb: 'arm' | 'disarm',
  body: Change,
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

/**
 * Finds a machine.
 *
 * @param machines as {@link readRack} returns them
 * @param word its name, `CLUSTER/NAME`, or a MAC address
 * @throws Refusal for an unknown one, and for a name that several clusters have
 */
export function findMachine(machines: readonly Machine[], { cluster }: ServerAccess, word: string): Machine {
  const mac = canonicalMac(word)
  const name = cluster !== null && clusterIn(word) === cluster ? ownName(word) : word
  const same = machines.filter((machine) => ownName(machine.name) === name)
  const found =
    machines.find((machine) => machine.name === name || machine.mac === mac) ??
    (same.length === 1 ? same[0] : undefined)
  if (found) return found
  throw noMachine(
    word,
    machines.map((machine) => machine.name),
  )
}

const noMachine = (word: string, names: readonly string[]): Refusal => {
  const { reason, hint } = unknownMachine(word, names)
  return refusal('serve/unknown-machine', `${word}: ${reason}`, { hint })
}
