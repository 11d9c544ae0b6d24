import { describe, expect, it } from 'vitest'
import { mistakes } from '../mistakes.ts'

const disk = '  disk: /dev/sda\n'
const worker = '  - name: worker-1\n'
const sum = 'ab'.repeat(32)

/** The profile with lines below `hardware`, for its worker, and at its end. */
const said = (hardware: string, ofWorker = '', atEnd = ''): string =>
  mistakes(
    [disk, `${disk}${hardware}`],
    [worker, `${worker}${ofWorker}`],
    ['\nmachines:\n', `\n${atEnd}machines:\n`],
  )

const test = (...names: string[]): string =>
  `bootMenu: {memoryTest: {${names.map((name) => `${name}: {path: ${name}.bin, sha256: ${sum}}`).join(', ')}}}\n`

describe('what is first in the boot order', () => {
  it('can be set for all machines with UEFI, or for one', () => {
    expect(said('  bootFirst: disk\n')).toBe('')
    expect(said('  firmware: bios\n', '    firmware: uefi\n    bootFirst: network\n')).toBe('')
    // The worker alone has it.
    expect(said('  firmware: bios\n  bootFirst: disk\n', '    firmware: uefi\n')).toBe('')
  })

  it('has no effect with BIOS, or in memory', () => {
    expect(said('  firmware: bios\n  bootFirst: disk\n')).toMatchInlineSnapshot(`
      "profile.yaml:14:3: warning[hardware/boot-first]: bootFirst has no effect: the machines that it is for have BIOS, or run from memory [$.hardware.bootFirst]
         14 |   bootFirst: disk
            |   ^^^^^^^^^
        hint: remove it; on machines with BIOS, set the boot order in the firmware setup
      "
    `)
    expect(said('', '    firmware: bios\n    bootFirst: network\n')).toMatchInlineSnapshot(`
      "profile.yaml:36:5: warning[hardware/boot-first]: bootFirst has no effect: this machine has BIOS, or runs from memory [$.machines[5].bootFirst]
         36 |     bootFirst: network
            |     ^^^^^^^^^
        hint: remove it; on machines with BIOS, set the boot order in the firmware setup
      "
    `)
    expect(
      mistakes(
        ['name: rocky\n  version: "9"\n', 'name: debian\n  version: "13"\n  install: live\n'],
        [disk, `  bootFirst: disk\n`],
        ['\nmachines:\n', '\nsecrets: {delivery: inline}\nmachines:\n'],
      ),
    ).toMatchInlineSnapshot(`
      "profile.yaml:13:3: warning[hardware/boot-first]: bootFirst has no effect: the machines that it is for have BIOS, or run from memory [$.hardware.bootFirst]
         13 |   bootFirst: disk
            |   ^^^^^^^^^
        hint: remove it; on machines with BIOS, set the boot order in the firmware setup
      "
    `)
  })
})

describe('a memory test', () => {
  it('is accepted for the firmware of the machines', () => {
    expect(said('', '    firmware: bios\n', test('bios', 'uefi'))).toBe('')
  })

  it('has no effect for other firmware, or on arm64', () => {
    expect(said('', '', test('bios', 'uefi'))).toMatchInlineSnapshot(`
      "profile.yaml:13:25: warning[hardware/memory-test]: this memory test has no effect: no machine has amd64 with BIOS [$.bootMenu.memoryTest.bios]
         13 | bootMenu: {memoryTest: {bios: {path: bios.bin, sha256: ababababababababababababababababababababababababababab…
            |                         ^^^^
        hint: remove it
      "
    `)
    expect(said('  architecture: arm64\n', '', test('uefi'))).toMatchInlineSnapshot(`
      "profile.yaml:14:25: warning[hardware/memory-test]: this memory test has no effect: no machine has amd64 with UEFI [$.bootMenu.memoryTest.uefi]
         14 | bootMenu: {memoryTest: {uefi: {path: uefi.bin, sha256: ababababababababababababababababababababababababababab…
            |                         ^^^^
        hint: remove it
      "
    `)
  })
})
