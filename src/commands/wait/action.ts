import { setTimeout as pauseFor } from 'node:timers/promises'
import { parseDuration, shortDuration } from '../../text/duration.ts'
import { choiceOf, type Command, exit } from '../context.ts'
import { count } from '../../text/count.ts'
import { stages } from '../../state/machine-state.ts'
import { listNames } from '../named-machines.ts'
import {
  findMachine,
  type Machine,
  readRack,
  type RackState,
  type ServerAccess,
  serverOf,
} from '../running-server.ts'

const pause = 1000

const reached: Record<'installed' | 'ready', ReadonlySet<Machine['state']>> = {
  installed: new Set(['installed', 'configuring', 'ready']),
  ready: new Set(['ready']),
}

/**
 * The selected machines.
 *
 * @throws Refusal for an unknown one
 */
function chosen(access: ServerAccess, { machines }: RackState, words: readonly string[]): Machine[] {
  if (words.length === 0) return machines
  return words.map((word) => findMachine(machines, access, word))
}

const failure = ({ name, state, failed, output }: Machine): string =>
  `hakube: ${name} (${state}) failed: ${failed}\n${(output ?? '')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => `  ${line}\n`)
    .join('')}`

const missing = ({ name, state, lastHeard }: Machine, now: string): string => {
  const ago = lastHeard ? shortDuration((Date.parse(now) - Date.parse(lastHeard.time)) / 1000) : ''
  return `hakube: ${name} is ${state}: ${lastHeard ? `${lastHeard.words}, ${ago} ago` : 'no report yet'}\n`
}

/** How many machines have arrived, and where the others are: `2 of 5 ready; others: 1 armed, 2 installing`. */
function progress(machines: readonly Machine[], goal: 'installed' | 'ready'): string {
  const late = machines.filter(({ state }) => !reached[goal].has(state))
  const states = stages
    .map((stage) => [stage, late.filter(({ state }) => state === stage).length] as const)
    .filter(([, number]) => number > 0)
    .map(([stage, number]) => `${number} ${stage}`)
  return `${machines.length - late.length} of ${machines.length} ${goal}; others: ${states.join(', ')}`
}

/** `hakube wait PROFILE --for STATE` */
export const action: Command = async (context) => {
  const { options, parameters, stdout, stderr, signals } = context
  const goal = choiceOf(options, 'for', ['installed', 'ready'])
  const text = options.text('timeout') ?? ''
  const seconds = parseDuration(text)
  if (seconds === null) {
    stderr.write(`hakube: --timeout ${text} is not a duration; write e.g. 90s, 45m or 2h\n`)
    return exit.usage
  }
  const access = serverOf(context)
  const end = performance.now() + seconds * 1000
  const words = parameters.slice(1)
  stderr.write(
    `hakube: waiting for ${words.length === 0 ? 'all machines' : listNames(words)} to be ${goal}, for at most ${text}\n`,
  )
  let told = ''
  for (;;) {
    const rack = await readRack(access, signals.stop)
    const machines = chosen(access, rack, words)
    const failed = machines.filter((machine) => machine.failed !== null)
    if (failed.length > 0) {
      stderr.write(failed.map(failure).join(''))
      return exit.invalidInput
    }
    const late = machines.filter(({ state }) => !reached[goal].has(state))
    if (late.length === 0) {
      stdout.write(`${goal}: ${count(machines.length, 'machine')}\n`)
      return exit.success
    }
    const now = progress(machines, goal)
    if (now !== told) stderr.write(`hakube: ${now}\n`)
    told = now
    if (performance.now() >= end) {
      stderr.write(late.map((machine) => missing(machine, rack.time)).join(''))
      return exit.timeout
    }
    await pauseFor(Math.min(pause, Math.max(0, end - performance.now())), undefined, { signal: signals.stop })
  }
}
