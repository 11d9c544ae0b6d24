import { describe, expect, it } from 'vitest'
import { machineBootFiles } from '../../src/boot/index.ts'
import { ipxeMachineScript } from '../../src/boot/ipxe.ts'
import { ipxeMenu, menuAssets, menuPath } from '../../src/boot/menu.ts'
import type { BootMenu, Cluster, Machine } from '../../src/cluster/cluster.ts'
import { exampleCluster } from '../example.ts'

const asset = (path: string) => ({ path, sha256: 'ab'.repeat(32) })
const whole: BootMenu = {
  timeout: 5,
  rescue: true,
  memoryTest: { bios: asset('memtest86+x64.bin'), uefi: asset('memtest86+x64.efi') },
}
const example = exampleCluster()
const cluster = (bootMenu: BootMenu | null): Cluster => ({ ...example, bootMenu })
const machine = (changes: Partial<Machine> = {}): Machine => ({ ...example.machines[0]!, ...changes })

/** What starts the memory test. */
const tested = (changes: Partial<Machine>) =>
  /^kernel (\S+memtest\S+.*) \|\| goto failed$/m.exec(
    ipxeMenu(cluster(whole), machine({ console: null, ...changes })) ?? '',
  )?.[1]

/** Lines that choose what happens. */
const lines = (of: Machine) =>
  (ipxeMenu(cluster(whole), of) ?? '').split('\n').filter((line) => /set choice/.test(line))

describe('the boot menu', () => {
  it('offers all choices of the profile, on the console of the machine', async () => {
    await expect(ipxeMenu(cluster(whole), machine({ console: 'ttyS1,115200n8' }))).toMatchFileSnapshot(
      '../fixtures/boot/menu.ipxe',
    )
  })

  it('offers the memory test for the firmware of the machine, and none for arm64', () => {
    expect(tested({ firmware: 'bios' })).toBe(`${example.server}/assets/memtest86+x64.bin`)
    expect(tested({ firmware: 'uefi' })).toBe(`${example.server}/assets/memtest86+x64.efi`)
    expect(tested({ firmware: 'uefi', architecture: 'arm64' })).toBe(undefined)
  })

  it('offers only the disk and a report if the profile sets nothing else', () => {
    const none = { timeout: 1, rescue: false, memoryTest: { bios: null, uefi: null } }
    const script = ipxeMenu(cluster(none), machine()) ?? ''
    expect(script.match(/^(?:isset \S+ && )?item .*/gm)).toEqual([
      'isset ${due} && item due ${due} ||',
      'item --key d disk Boot from disk (d)',
      'item --key a again Ask the server again (a)',
      'item --key h hardware Send a hardware report to the server (h)',
    ])
    expect(script).not.toMatch(/^(?:kernel|boot)/m)
    expect(menuAssets(cluster(none), machine())).toEqual([])
  })

  it('lists its files', () => {
    expect(menuAssets(cluster(whole), machine({ firmware: 'bios' }))).toMatchInlineSnapshot(`
      [
        {
          "path": "ram-system-amd64/vmlinuz",
          "source": "hakube image PROFILE --type ram",
          "what": "kernel",
        },
        {
          "path": "ram-system-amd64/initrd.img",
          "source": "hakube image PROFILE --type ram",
          "what": "initrd",
        },
        {
          "from": [
            "bootMenu",
            "memoryTest",
            "bios",
          ],
          "path": "memtest86+x64.bin",
          "sha256": "abababababababababababababababababababababababababababababababab",
          "source": "Debian's package memtest86+, in /boot",
          "what": "memory test",
        },
      ]
    `)
  })

  it('returns to the default if nobody uses the menu of a machine without a disk', () => {
    const live = machine()
    const inMemory = {
      ...live,
      system: { ...live.system, install: { ...live.system.install, keepsDisk: false } },
    }
    expect(lines(inMemory).slice(0, 2)).toEqual(['set choice disk', 'isset ${due} && set choice due ||'])
    expect(lines(live).slice(0, 2)).toEqual(['set choice disk', 'set choice due'])
  })

  it('is a file of the site if the profile has a menu, and nothing differs without one', async () => {
    const paths = (bootMenu: BootMenu | null): string[] =>
      machineBootFiles(cluster(bootMenu), machine(), []).map(({ path }) => path)
    const path = menuPath(machine().macs[0])
    expect(paths(whole).filter((each) => !paths(null).includes(each))).toEqual([path])
    const script = (bootMenu: BootMenu | null) =>
      ipxeMachineScript(cluster(bootMenu), machine(), machine().macs[0], [])
    expect(script(null)).not.toContain('choice')
    await expect(script(whole)).toMatchFileSnapshot('../fixtures/boot/machine-with-menu.ipxe')
  })
})
