import { error } from '../../diagnostics/diagnostic.ts'
import type { Diagnostic, Path } from '../../diagnostics/diagnostic.ts'
import { inQuotes } from '../../diagnostics/in-quotes.ts'
import type { Profile } from '../schema.ts'
import { consoleProblem } from './console.ts'
import { checkDisks } from './storage-disks.ts'

/** Disks, consoles and firmware, of all machines and of single ones. */
export function checkHardware(profile: Profile): Diagnostic[] {
  const { hardware, machines } = profile
  const shared = hardware === undefined ? [] : checkValues(hardware, ['hardware'])
  return [
    ...checkDisks(profile),
    ...shared,
    ...machines.flatMap((machine, index) => [
      ...checkValues(machine, ['machines', index]),
      ...checkFirmware(hardware, machine, index),
    ]),
  ]
}

function checkValues({ console }: { console?: string | undefined }, at: Path) {
  const diagnostics: Diagnostic[] = []
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
    error('hardware/arm64-bios', `${machine.name} is an arm64 machine, which has no BIOS`, {
      hint: 'write firmware: uefi',
      path: ['machines', index, machine.firmware === undefined ? 'name' : 'firmware'],
      source: 'https://developer.arm.com/documentation/den0044/latest (Base Boot Requirements)',
    }),
  ]
}
