import { error } from '../../diagnostics/diagnostic.ts'
import { Refusal } from '../../diagnostics/refusal.ts'
import { LockHeldError } from '../../files/lock.ts'
import { describeSystemError, isSystemError } from '../../files/system-error.ts'
import { machineFinder, machinesOf, type Operated } from '../../server/operated.ts'
import { operatorToken, tokenFile } from '../../server/operator.ts'
import type { PrivatePath } from '../../server/unfit-assets.ts'
import type { ServedSite } from '../../server/served-site.ts'
import { chosenDirectory, makeStateDirectory, stateDirectory } from '../../state/directory.ts'
import { openJournal } from '../../state/journal.ts'
import { keepState, type KnownMachine } from '../../state/keeper.ts'
import { hasBegun, hasShownKey, type MachineRecord, stageAt } from '../../state/machine-state.ts'
import { StoreError } from '../../state/store.ts'
import type { Served } from '../../pipeline/served.ts'
import { readers } from '../../server/page/access.ts'
import { choiceOf, type Context } from '../context.ts'
import { listNames, unknownMachine } from '../named-machines.ts'
import { type Announcing, announcing } from './announcing.ts'
import { count } from '../../text/count.ts'

/** The state of a running server. */
export type ServedState = Operated & {
  /** Profiles for whose machines the server listens for TLS. */
  enrolling: ReadonlySet<string>
  /** Path of the file with the operator's token. */
  tokenFile: string
  /** Its directory, which no machine may fetch as an asset. */
  privatePath: PrivatePath
  /** Where the other commands find the server. */
  announcing: Announcing
  /** Describes what is armed, for the greeting. */
  words(site: ServedSite, served: string): string
  close(): Promise<void>
}

const refuse = (directory: string, reason: string, hint: string): Refusal =>
  new Refusal([error('serve/state', `cannot keep state in ${directory}: ${reason}`, { hint })])

/** Reasons why `--arm` leaves a machine unchanged: a test of its record, and what `hakube arm` would do to it. */
const reasonsToLeave = [
  {
    applies: (record: MachineRecord, time: string) => hasBegun(stageAt(record, time)),
    why: 'already installed, or being installed',
    to: 'to erase and reinstall',
    how: ' --wipe',
  },
  {
    applies: hasShownKey,
    why: 'a key was presented before its installation began, see hakube status',
    to: 'to forget it',
    how: '',
  },
  {
    applies: ({ disarmed }: MachineRecord) => disarmed,
    why: 'disarmed by hakube disarm',
    to: 'to install it',
    how: '',
  },
] as const

/** Whether it is armed already, and nothing speaks against it. Its time, `--wipe` and commit stay as they are. */
const isArmed = (record: MachineRecord, time: string): boolean =>
  ['armed', 'booting'].includes(stageAt(record, time)) && !hasShownKey(record)

const reasonToLeave = (record: MachineRecord, time: string) =>
  reasonsToLeave.find(({ applies }) => applies(record, time)) ?? null

/**
 * The machines that `--arm` names.
 *
 * @throws Refusal for an unknown one
 */
function machinesToArm(site: ServedSite, options: readonly string[]): KnownMachine[] {
  const machines = machinesOf(site)
  const find = machineFinder(site)
  const wanted = options.flatMap((text) => text.split(','))
  const named = new Set<string>()
  for (const word of wanted) {
    if (word === 'all') continue
    const machine = find(word)
    if (!machine) {
      const { reason, hint } = unknownMachine(
        word,
        machines.map(({ name }) => name),
      )
      throw new Refusal([error('serve/unknown-machine', `--arm ${word}: ${reason}`, { hint })])
    }
    named.add(machine.mac)
  }
  return machines.filter(({ mac }) => wanted.includes('all') || named.has(mac))
}

/**
 * Opens the state, disarms machines that were removed from the site, and arms those that `--arm` names unless their installation has
 * begun.
 *
 * @param tell receives warnings while the server runs
 * @throws Refusal for a directory that cannot be used, and for an unknown machine
 */
export async function openServedState(
  { parameters, options, environment }: Context,
  { site, clusters }: Pick<Served, 'clusters'> & { site: ServedSite },
  tell: (sentence: string) => void,
): Promise<ServedState> {
  const directory = stateDirectory(options.text('state'), parameters[0] ?? '', environment)
  const hint = 'choose another directory with --state DIR'
  makeStateDirectory(directory)
  const isChosen = chosenDirectory(options.text('state'), environment) !== null
  const whereabouts = announcing({ environment }, directory, isChosen, tell)
  try {
    whereabouts.claim(clusters)
    const token = await operatorToken(directory)
    const store = await openJournal(directory, { note: tell })
    const lost = (why: string): void =>
      tell(`${why}; until this is fixed, no machine can be armed and no installation starts`)
    const keeper = keepState(store, { lost })
    try {
      for (const note of store.notes) tell(note)
      const machines = machinesOf(site)
      await keeper.machinesAre(machines)
      const named = machinesToArm(site, options.texts('arm'))
      const time = keeper.now()
      // Restarting a server with the same command line must not undo anything that has happened since.
      const judged = named
        .filter((machine) => !isArmed(keeper.machine(machine), time))
        .map((machine) => ({
          ...machine,
          reason: reasonToLeave(keeper.machine(machine), time),
        }))
      for (const reason of reasonsToLeave) {
        const names = judged.filter((machine) => machine.reason === reason).map(({ name }) => name)
        if (names.length > 0)
          tell(
            `--arm does not apply to ${listNames(names)}: ${reason.why}; ${reason.to}: hakube arm ${parameters[0] ?? 'PROFILE'} NAME${reason.how}`,
          )
      }
      await Promise.all(
        judged.flatMap(({ mac, name, reason }) =>
          reason !== null
            ? []
            : keeper.record({ type: 'armed', time, mac, name, until: null, by: 'hakube serve --arm' }),
        ),
      )
    } catch (fault) {
      await keeper.close()
      throw fault
    }
    return {
      keeper,
      token,
      enrolling: new Set(site.enrolling.map(({ profile }) => profile)),
      strictSource: options.flag('strict-source'),
      readers: choiceOf(options, 'page', readers),
      alarm: (sentence) => tell(`ALARM: ${sentence}`),
      tokenFile: tokenFile(directory),
      privatePath: { what: 'the state directory', path: directory },
      announcing: whereabouts,
      words(served, target) {
        const now = keeper.now()
        const known = machinesOf(served)
        const number = known.filter((machine) => stageAt(keeper.machine(machine), now) === 'armed').length
        const name = known[0]?.name ?? 'NAME'
        return number === 0
          ? `No machine is armed: each boots from its disk. To install one:\n  hakube arm ${target} ${name}\n`
          : `Armed, to be installed at the next boot from the network: ${count(number, 'machine')}. Watch the progress:\n  hakube status ${target} --watch\n`
      },
      async close() {
        await whereabouts.close()
        await keeper.close()
      },
    }
  } catch (fault) {
    await whereabouts.close(false)
    if (fault instanceof LockHeldError)
      throw refuse(
        directory,
        `another server uses it${fault.holder === null ? '' : ` (${fault.holder})`}`,
        `stop that server, or ${hint}`,
      )
    if (fault instanceof StoreError) throw refuse(directory, fault.message, hint)
    if (isSystemError(fault)) throw refuse(directory, describeSystemError(fault), hint)
    throw fault
  }
}
