import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { assemble } from '../../src/assembly/assemble.ts'
import type { Machine } from '../../src/cluster/cluster.ts'
import { components } from '../../src/components/index.ts'
import { render } from '../../src/templates/template.ts'
import { exampleCluster } from '../example.ts'

/*
 * Which machines have the step, and what it does with listings of efibootmgr of several versions. test/rack/boot-order.long.test.ts has the
 * real program on the variables of real firmware.
 */

/** As efibootmgr 17 writes it on a machine of OVMF; 18 adds lines with the bytes of each path. */
const listing = `BootCurrent: 0003
Timeout: 0 seconds
BootOrder: 0003,0004,0000,0006,0005
Boot0000* UiApp	FvVol(7cb8bdc9-f8eb-4f34-aaea-3ee4af6516a1)/FvFile(462caa21-7614-4503-836e-8ab6f4662331)
Boot0003* UEFI PXEv4 (MAC:525400000011)	PciRoot(0x0)/Pci(0x2,0x0)/MAC(525400000011,1)/IPv4(0.0.0.00.0.0.0,0,0)N.....YM....R,Y.
      dp: 02 01 0c 00 d0 41 03 0a 00 00 00 00
Boot0004* UEFI HTTPv4 (MAC:525400000011)	PciRoot(0x0)/Pci(0x2,0x0)/MAC(525400000011,1)/IPv4(0.0.0.00.0.0.0,0,0)/Uri()N.....YM....R,Y.
Boot0005* debian	HD(1,GPT,1C4AA6C8-0F0E-4B5F-9D0C-5C3BDE9A0001,0x800,0x100000)/File(\\EFI\\debian\\shimx64.efi)
Boot0006  old	HD(1,GPT,99999999-0f0e-4b5f-9d0c-5c3bde9a0001,0x800,0x100000)/File(\\EFI\\old\\shimx64.efi)
`
const own = '1c4aa6c8-0f0e-4b5f-9d0c-5c3bde9a0001\n\n'

type Host = { listing: string | null; partitions?: string; refuses?: boolean }

/** Runs the step. @returns what it said, and the order that it has set */
function run(first: 'disk' | 'network', host: Host) {
  const directory = mkdtempSync(join(tmpdir(), 'hakube-boot-order-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  const at = (name: string): string => join(directory, name)
  mkdirSync(at('efi'))
  mkdirSync(at('bin'))
  writeFileSync(at('listing'), host.listing ?? '')
  writeFileSync(at('partitions'), host.partitions ?? own)
  const programs = {
    efibootmgr: `case $1 in
--verbose) ${host.listing === null ? 'echo "EFI variables are not supported on this system." >&2; exit 2' : `cat ${at('listing')}`} ;;
*) ${host.refuses ? 'echo "Could not set BootOrder: Read-only file system" >&2; exit 30' : `echo "$@" >${at('set')}`} ;;
esac`,
    findmnt: 'echo /dev/vda1',
    lsblk: `cat ${at('partitions')}`,
  }
  for (const [name, text] of Object.entries(programs)) {
    writeFileSync(at(`bin/${name}`), `#!/bin/bash\n${text}\n`)
    chmodSync(at(`bin/${name}`), 0o755)
  }
  const script = render('cloud-init/boot-order/step.sh.ejs', { first }).text.replaceAll(
    '/sys/firmware/efi',
    host.listing === '' ? at('bios') : at('efi'),
  )
  const { status, stdout, stderr } = spawnSync('bash', ['-c', script], {
    encoding: 'utf8',
    env: { ...process.env, PATH: `${at('bin')}:${process.env['PATH'] ?? ''}` },
  })
  let set: string | null = null
  try {
    set = readFileSync(at('set'), 'utf8').trim()
  } catch {
    // Nothing was set.
  }
  return { status, said: `${stdout}${stderr}`.trim(), set }
}

describe('the step boot-order', () => {
  it('puts the entries of the disk first, and keeps the order of the others', () => {
    expect(run('disk', { listing })).toEqual({
      status: 0,
      said: 'changed the boot order from 0003,0004,0000,0006,0005 to 0005,0003,0004,0000,0006',
      set: '--quiet --bootorder 0005,0003,0004,0000,0006',
    })
  })

  it('knows both disks of a mirror', () => {
    const partitions = `${own}99999999-0f0e-4b5f-9d0c-5c3bde9a0001\n`
    expect(run('disk', { listing, partitions }).set).toBe('--quiet --bootorder 0006,0005,0003,0004,0000')
  })

  it('puts all entries of the network first', () => {
    const disk = listing.replace('0003,0004,0000,0006,0005', '0005,0000,0004,0003')
    expect(run('network', { listing: disk }).set).toBe('--quiet --bootorder 0004,0003,0005,0000')
  })

  it('changes nothing if the order is right already', () => {
    expect(run('network', { listing })).toEqual({
      status: 0,
      said: 'the boot order is 0003,0004,0000,0006,0005',
      set: null,
    })
  })

  it.each([
    ['this machine did not boot with UEFI, so it has no boot order', { listing: '' }],
    [
      'cannot read the boot order, so it stays unchanged: EFI variables are not supported on this system.',
      { listing: null },
    ],
    [
      'the firmware has no boot order',
      { listing: 'BootCurrent: 0003\nNo BootOrder is set; firmware will attempt recovery\n' },
    ],
    ['no EFI system partition is mounted, so the boot order stays unchanged', { listing, partitions: '\n' }],
    [
      'no boot entry of the firmware is for this disk, so the boot order stays unchanged',
      { listing, partitions: '77777777-0f0e-4b5f-9d0c-5c3bde9a0001\n' },
    ],
    [
      'the firmware rejects the boot order 0005,0003,0004,0000,0006, so it stays 0003,0004,0000,0006,0005: Could not set BootOrder: Read-only file system',
      { listing, refuses: true },
    ],
  ])('reports that %s', (said, host) => {
    expect(run('disk', host)).toEqual({ status: 0, said, set: null })
  })

  it('exists for installed systems with UEFI if the profile sets the order', () => {
    const cluster = exampleCluster()
    const has = (changes: Partial<Machine>): boolean =>
      assemble(components, cluster, { ...cluster.machines[0]!, ...changes }).steps.some(
        ({ name }) => name === 'boot-order',
      )
    const { system } = cluster.machines[0]!
    expect(has({ firmware: 'uefi', bootFirst: null })).toBe(false)
    expect(has({ firmware: 'uefi', bootFirst: 'network' })).toBe(true)
    expect(has({ firmware: 'bios', bootFirst: 'disk' })).toBe(false)
    const inMemory = { ...system, install: { ...system.install, keepsDisk: false } }
    expect(has({ firmware: 'uefi', bootFirst: 'disk', system: inMemory })).toBe(false)
  })
})
