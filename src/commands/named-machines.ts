import type { Context } from './context.ts'
import { didYouMean, orList } from '../diagnostics/suggest.ts'
import { ownName } from '../server/machine-name.ts'
import { count } from '../text/count.ts'

/** The selected machines, or null after printing what is wrong. */
export function machinesMeant(
  { parameters, options, stderr }: Context,
  verb: string,
): 'all' | readonly string[] | null {
  const names = parameters.slice(1)
  if (options.flag('all') === names.length > 0) {
    stderr.write(
      `hakube: choose the machines to ${verb}: give their names, or --all\nSee hakube ${verb} --help.\n`,
    )
    return null
  }
  return names.length > 0 ? names : 'all'
}

/** Their names, or their number. */
export const listNames = (names: readonly string[]): string =>
  names.length <= 5 ? names.join(', ') : count(names.length, 'machine')

/**
 * Why a word means no machine.
 *
 * @param names of all machines
 */
export function unknownMachine(word: string, names: readonly string[]): { reason: string; hint: string } {
  const same = names.filter((name) => ownName(name) === word)
  return same.length > 1
    ? { reason: 'several clusters have a machine of that name', hint: `write ${orList(same)}` }
    : { reason: 'no machine has that name', hint: didYouMean(word, names) }
}
