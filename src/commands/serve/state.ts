import { error } from '../../diagnostics/diagnostic.ts'
import { Refusal } from '../../diagnostics/refusal.ts'
import { didYouMean } from '../../diagnostics/suggest.ts'
import { LockHeldError } from '../../files/lock.ts'
import { describeSystemError, isSystemError } from '../../files/system-error.ts'
import { machinesOf, type Operated } from '../../server/operated.ts'
import { announce, operatorToken, tokenFile, withdraw } from '../../server/operator.ts'
import type { PrivatePath } from '../../server/unfit-assets.ts'
import type { ServedSite } from '../../server/served-site.ts'
import { makeStateDirectory, stateDirectory } from '../../state/directory.ts'
import { openJournal } from '../../state/journal.ts'
import { keepState } from '../../state/keeper.ts'
import { hasBegun, hasShownKey, type MachineRecord, stageAt } from '../../state/machine-state.ts'
import { StoreError } from '../../state/store.ts'
import { readers } from '../../server/page/access.ts'
import { choiceOf, type Context } from '../context.ts'
import { listNames } from '../named-machines.ts'
import { count } from '../../text/count.ts'

/** The state of a running server. */
export type ServedState = Operated & {
  /** The server was started with enrolment. */
  isEnrolling: boolean
  /** Path of the file with the operator's token. */
  tokenFile: string
  /** Its directory, which no machine may fetch as an asset. */
  privatePath: PrivatePath
  /** Records the server's address for the other commands. */
  announce(url: string): Promise<void>
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
    why: 'a key was shown before its installation began, see hakube status',
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

const reasonToLeave = (record: MachineRecord, time: string) =>
  reasonsToLeave.find(({ applies }) => applies(record, time)) ?? null

/**
 * Opens the state, disarms machines that were removed from the site, and arms those that `--arm` names unless their installation has
 * begun.
 *
 * @param tell receives warnings while the server runs
 * @throws Refusal for a directory that cannot be used, and for an unknown machine
 */
export async function openServedState(
  { parameters, options, environment }: Context,
  site: ServedSite,
  tell: (sentence: string) => void,
): Promise<ServedState> {
  const directory = stateDirectory(options.text('state'), parameters[0] ?? '', environment)
  const hint = 'choose another directory with --state DIR'
  makeStateDirectory(directory)
  try {
    const token = await operatorToken(directory)
    const store = await openJournal(directory, { note: tell })
    const lost = (why: string): void =>
      tell(`${why}; until this is fixed, no machine can be armed and no installation starts`)
    const keeper = keepState(store, { lost })
    try {
      for (const note of store.notes) tell(note)
      const machines = machinesOf(site)
      await keeper.machinesAre(machines)
      const wanted = options.texts('arm').flatMap((text) => text.split(','))
      const unknown = wanted.find((word) => word !== 'all' && !machines.some(({ name }) => name === word))
      if (unknown !== undefined)
        throw new Refusal([
          error('serve/unknown-machine', `--arm ${unknown}: no machine has that name`, {
            hint: didYouMean(unknown, ['all', ...machines.map(({ name }) => name)]),
          }),
        ])
      const time = keeper.now()
      const named = machines.filter(({ name }) => wanted.includes('all') || wanted.includes(name))
      // Restarting a server with the same command line must not undo anything that has happened since.
      const judged = named.map((machine) => ({
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
      isEnrolling: site.enrolling !== null,
      strictSource: options.flag('strict-source'),
      readers: choiceOf(options, 'page', readers),
      alarm: (sentence) => tell(`ALARM: ${sentence}`),
      tokenFile: tokenFile(directory),
      privatePath: { what: 'the state directory', path: directory },
      announce: (url) => announce(directory, url),
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
        await withdraw(directory)
        await keeper.close()
      },
    }
  } catch (fault) {
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
