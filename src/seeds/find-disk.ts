import type { Machine } from '../cluster/cluster.ts'
import { quote } from '../text/quote.ts'
import { render } from '../templates/template.ts'

/**
 * The disk that an installer erases. Never guessed.
 *
 * @throws when the profile names none, which a rule of the profile says before
 */
export function requiredDisk(machine: Machine): string {
  if (machine.disk === null) throw new Error(`${machine.name} has no disk to install to`)
  return machine.disk
}

/** Bash for an installer: leaves the kernel's path of the machine's disk in `$disk`, or says what is wrong and ends with 1. */
export const findDisk = (machine: Machine): string =>
  render('pxe/find-disk.sh.ejs', { quote, machine: machine.name, disk: requiredDisk(machine) }).text
