import { execFileSync } from 'node:child_process'
import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { describeWith } from '../prerequisites.ts'
import { onDisk } from '../support/bootable-disk.ts'
import { key, menuRack, opened } from '../support/menu-rack.ts'
import { ramSystem } from '../support/ram-system.ts'

const programs = ['qemu-system-x86_64', 'mmdebstrap', 'zstd', 'cpio', 'apt-get', 'dpkg-deb']

const directoryFor = (): string => {
  const directory = mkdtempSync(join(tmpdir(), 'hakube-menu-assets-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

/** The memory test of Debian, which apt verifies; nothing is installed. */
function memoryTest(): string {
  const directory = directoryFor()
  execFileSync('apt-get', ['-q', '-o', 'APT::Sandbox::User=root', 'download', 'memtest86+'], {
    cwd: directory,
  })
  const [archive = ''] = readdirSync(directory)
  execFileSync('dpkg-deb', ['--extract', archive, '.'], { cwd: directory })
  return join(directory, 'boot')
}

describeWith({ root: true, linux: true, programs }, 'choices of the boot menu', () => {
  it('offer a shell in the RAM system, and restart the machine at its end', async () => {
    const assets = directoryFor()
    cpSync(ramSystem(), assets, { recursive: true })
    const { boot, asked } = await menuRack({}, { assets, memory: 2048 })
    const screen = await boot(
      [
        [key, ' '],
        [opened, 'r'],
        [
          'Type exit to restart the machine',
          'cat /proc/cmdline; ip -brief address; tty; echo the "shell" reads\n',
        ],
        ['the shell reads', 'exit\n'],
      ],
      'restarting the machine',
    )
    expect(screen).toContain('hakube.rescue')
    expect(screen).toMatch(/UP +10\.0\.2\.15\/24/)
    expect(screen).toContain('/dev/ttyS0')
    expect(screen).not.toContain(onDisk)
    // It asks for nothing of the machine.
    expect(asked()).toEqual(['disk 200', 'menu 200'])
  }, 3_600_000)

  it('start the memory test of Debian', async () => {
    const sha256 = '00'.repeat(32)
    const choice = { bios: { path: 'memtest86+x64.bin', sha256 }, uefi: null }
    const { boot } = await menuRack({ memoryTest: choice }, { assets: memoryTest() })
    const typed = [
      [key, ' '],
      [opened, 'm'],
    ] as const
    expect(await boot(typed, 'Memtest86+')).toContain('Memtest86+')
  }, 1_200_000)
})
