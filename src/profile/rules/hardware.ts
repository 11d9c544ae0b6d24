import { error } from '../../diagnostics/diagnostic.ts'
import type { Diagnostic, Path } from '../../diagnostics/diagnostic.ts'
import { inQuotes } from '../../diagnostics/in-quotes.ts'
import type { Profile } from '../schema.ts'
import { consoleProblem } from './console.ts'
import { diskProblem } from './disk.ts'

/** Disks, consoles and firmware: of all machines, and of each that has its own. */
export function checkHardware({ hardware, machines }: Profile): Diagnostic[] {
  const shared = hardware === undefined ? [] : checkValues(hardware, ['hardware'])
  return [
    ...shared,
    ...machines.flatMap((machine, index) => [
      ...checkValues(machine, ['machines', index]),
      ...checkFirmware(hardware, machine, index),
    ]),
  ]
}

function checkValues({ disk, console }: Partial<Record<'disk' | 'console', string | undefined>>, at: Path) {
  const diagnostics: Diagnostic[] = []
  const ofDisk = disk === undefined ? null : diskProblem(disk)
  if (disk !== undefined && ofDisk) {
    const message = `${inQuotes(disk)} ${ofDisk.what}`
    diagnostics.push(error('hardware/disk', message, { hint: ofDisk.hint, path: [...at, 'disk'] }))
  }
  const ofConsole = console === undefined ? null : consoleProblem(console)
  if (console !== undefined && ofConsole !== null) {
    diagnostics.push(
      error('hardware/console', `${inQuotes(console)} is not a console`, {
        hint: ofConsole,
        path: [...at, 'console'],
        source: 'https://docs.kernel.org/admin-guide/serial-console.html',
      }),
    )
  }
  return diagnostics
}

function checkFirmware(
  hardware: Profile['hardware'],
  machine: Profile['machines'][number],
  index: number,
): Diagnostic[] {
  const architecture = machine.architecture ?? hardware?.architecture
  const firmware = machine.firmware ?? hardware?.firmware
  if (architecture !== 'arm64' || firmware !== 'bios') return []
  return [
    error('hardware/arm64-bios', `${machine.name} is arm64, and those machines have no BIOS`, {
      hint: 'write firmware: uefi',
      path: ['machines', index, machine.firmware === undefined ? 'name' : 'firmware'],
      source: 'https://developer.arm.com/documentation/den0044/latest (Base Boot Requirements)',
    }),
  ]
}
