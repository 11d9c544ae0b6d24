import { type Diagnostic, type Path, warning } from '../../diagnostics/diagnostic.ts'
import { defaults } from '../defaults.ts'
import { installMethodOf } from '../install-method.ts'
import type { Profile } from '../schema.ts'
import { systemAt } from '../systems.ts'
import type { Rule } from './rule.ts'

type Firmware = NonNullable<NonNullable<Profile['hardware']>['firmware']>

const firmwareOf = ({ hardware, machines }: Profile, index: number): Firmware =>
  machines[index]?.firmware ?? hardware?.firmware ?? defaults.firmware

const architectureOf = ({ hardware, machines }: Profile, index: number): string =>
  machines[index]?.architecture ?? hardware?.architecture ?? defaults.architecture

/** Choices about booting that no machine can follow. */
export const bootChoiceRules: Rule = ({ profile }) => [
  ...checkBootFirst(profile),
  ...checkMemoryTests(profile),
]

/** Only an installed system changes the boot order, and only UEFI has one that a system can change. */
function checkBootFirst(profile: Profile): Diagnostic[] {
  const { hardware, machines } = profile
  const has = (index: number): boolean =>
    firmwareOf(profile, index) === 'uefi' && installMethodOf(systemAt(profile, index))?.keepsDisk !== false
  const ofMachines = machines.flatMap(({ bootFirst }, index) =>
    bootFirst === undefined || has(index)
      ? []
      : [bootFirstUnused('this machine has BIOS, or runs from memory', ['machines', index])],
  )
  const isInherited = machines.some(({ bootFirst }, index) => bootFirst === undefined && has(index))
  return hardware?.bootFirst === undefined || isInherited
    ? ofMachines
    : [
        bootFirstUnused('the machines that it is for have BIOS, or run from memory', ['hardware']),
        ...ofMachines,
      ]
}

function bootFirstUnused(why: string, at: Path): Diagnostic {
  return warning('hardware/boot-first', `bootFirst has no effect: ${why}`, {
    hint: 'remove it; on machines with BIOS, set the boot order in the firmware setup',
    path: [...at, 'bootFirst'],
    onKey: true,
  })
}

/** memtest86+ is for x86 only, and has a file for each firmware. */
function checkMemoryTests(profile: Profile): Diagnostic[] {
  const { memoryTest = {} } = profile.bootMenu ?? {}
  return (['bios', 'uefi'] as const).flatMap((firmware) => {
    if (memoryTest[firmware] === undefined) return []
    const isUsed = profile.machines.some(
      (_, index) => architectureOf(profile, index) === 'amd64' && firmwareOf(profile, index) === firmware,
    )
    return isUsed
      ? []
      : [
          warning(
            'hardware/memory-test',
            `this memory test has no effect: no machine has amd64 with ${firmware === 'bios' ? 'BIOS' : 'UEFI'}`,
            { hint: 'remove it', path: ['bootMenu', 'memoryTest', firmware], onKey: true },
          ),
        ]
  })
}
