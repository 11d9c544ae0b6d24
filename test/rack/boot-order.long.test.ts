import { spawn } from 'node:child_process'
import { copyFileSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { expect, it, onTestFinished } from 'vitest'
import { render } from '../../src/templates/template.ts'
import { describeWith } from '../prerequisites.ts'
import { ramSystem } from '../support/ram-system.ts'

/*
 * The step `boot-order` with the real efibootmgr on the variables of real firmware (OVMF), which has made the entries of its network
 * interface itself. The RAM system gives the shell.
 */

const code = '/usr/share/OVMF/OVMF_CODE_4M.fd'
const variables = '/usr/share/OVMF/OVMF_VARS_4M.fd'

/** Switches the machine on and types each text when the one before it is on the screen, until the last. @returns the screen */
async function powerOn(
  directory: string,
  words: readonly string[],
  typed: readonly (readonly [shown: string, keys: string])[],
  end: string,
): Promise<string> {
  const child = spawn('qemu-system-x86_64', [
    '-machine',
    'q35,accel=tcg',
    '-cpu',
    'max',
    '-m',
    '2048',
    '-nodefaults',
    '-display',
    'none',
    '-drive',
    `if=pflash,format=raw,readonly=on,file=${code}`,
    '-drive',
    `if=pflash,format=raw,file=${join(directory, 'variables')}`,
    '-netdev',
    'user,id=n0',
    '-device',
    'virtio-net-pci,netdev=n0,mac=52:54:00:00:00:11,romfile=',
    '-drive',
    `file=${join(directory, 'disk')},format=raw,if=virtio`,
    '-serial',
    'stdio',
    '-no-reboot',
    ...words,
  ])
  const limit = setTimeout(() => child.kill('SIGKILL'), 900_000)
  let [all, text, from] = ['', '', 0]
  const left = [...typed]
  for await (const chunk of child.stdout) {
    all += String(chunk)
    // Of the whole: a control sequence may come in pieces.
    text = stripVTControlCharacters(all)
    const next = left[0]
    if (next && text.includes(next[0], from)) {
      from = text.length
      child.stdin.write(next[1])
      left.shift()
    }
    if (left.length === 0 && text.includes(end, from)) child.kill('SIGKILL')
  }
  clearTimeout(limit)
  return text.replaceAll('\r', '')
}

/** A shell takes this line by line; the end is a line of its own. */
const typedScript = (name: string, first: 'disk' | 'network'): string =>
  `base64 -d >${name} <<'END'\n${(
    Buffer.from(render('cloud-init/boot-order/step.sh.ejs', { first }).text)
      .toString('base64')
      .match(/.{1,76}/g) ?? []
  ).join('\n')}\nEND\necho "have"-${name}\n`

/** The command that shows the order under a name, and then that it has. */
const show = (name: string): string => `efibootmgr | sed -n 's/^BootOrder/${name}/p'; echo "shown"-${name}`

describeWith(
  {
    root: true,
    linux: true,
    programs: ['qemu-system-x86_64', 'mmdebstrap', 'zstd', 'cpio'],
    files: [code, variables],
  },
  'the boot order of UEFI',
  () => {
    it('has the disk or the network first, as set in the profile, and otherwise keeps its order', async () => {
      const directory = mkdtempSync(join(tmpdir(), 'hakube-boot-order-'))
      onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
      copyFileSync(variables, join(directory, 'variables'))
      writeFileSync(join(directory, 'disk'), '')
      truncateSync(join(directory, 'disk'), 256 * 2 ** 20)
      // The firmware makes its entries.
      await powerOn(directory, [], [], 'Start PXE over IPv4')
      const ram = join(ramSystem(), 'ram-system-amd64')
      const shell = ['-kernel', join(ram, 'vmlinuz'), '-initrd', join(ram, 'initrd.img')]
      const prepare = [
        'sgdisk --new 1:0:0 --typecode 1:ef00 /dev/vda; udevadm settle; mkfs.vfat /dev/vda1',
        'mount -t efivarfs efivarfs /sys/firmware/efi/efivars; mkdir -p /boot/efi; mount /dev/vda1 /boot/efi',
        // As installers make it; then the firmware has put the network first again.
        "efibootmgr --quiet --create --disk /dev/vda --part 1 --label debian --loader '\\EFI\\debian\\shimx64.efi'",
        'old=$(efibootmgr | sed -n "s/^BootOrder: //p"); efibootmgr --quiet --bootorder "${old#*,},${old%%,*}"',
        'efibootmgr --verbose',
        show('before'),
      ].join('; ')
      const screen = await powerOn(
        directory,
        [
          ...shell,
          '-append',
          'hakube.rescue hakube.card=52:54:00:00:00:11 hakube.address=dhcp console=ttyS0,115200',
        ],
        [
          ['Type exit to restart the machine', typedScript('disk', 'disk')],
          ['have-disk', typedScript('network', 'network')],
          ['have-network', `${prepare}\n`],
          ['shown-before', `bash disk; echo "status"-$?; bash disk; ${show('with-disk')}\n`],
          ['shown-with-disk', `bash network; bash network; ${show('with-network')}\n`],
          [
            'shown-with-network',
            `mount -o remount,ro /sys/firmware/efi/efivars; bash disk; echo "read-only"-$?; umount /boot/efi; bash disk; echo "no-partition"-$?; echo "end-of"-test\n`,
          ],
        ],
        'end-of-test',
      )
      const entries = [...screen.matchAll(/^Boot([0-9A-F]{4})\* (.*)$/gm)].map(
        ([, number = '', line = '']) => ({ number, line }),
      )
      const order = (name: string): string[] =>
        (new RegExp(`^${name}: (.*)$`, 'm').exec(screen)?.[1] ?? '').split(',')
      const [disk = ''] = entries
        .filter(({ line }) => line.includes('shimx64.efi'))
        .map(({ number }) => number)
      const network = entries.filter(({ line }) => line.includes('MAC(')).map(({ number }) => number)
      const before = order('before')
      expect(network.length).toBeGreaterThan(0)
      expect(before.at(-1)).toBe(disk)
      expect(order('with-disk')).toEqual([disk, ...before.slice(0, -1)])
      expect(order('with-network')).toEqual([
        ...before.filter((number) => network.includes(number)),
        disk,
        ...before.slice(0, -1).filter((number) => !network.includes(number)),
      ])
      const said = screen
        .split('\n')
        .filter((line) => /^(?:the |no EFI|status|read-only|no-partition)/.test(line))
      const again = [disk, ...order('with-network').filter((number) => number !== disk)]
      const [one, two, three, four] = [before, order('with-disk'), order('with-network'), again].map((each) =>
        each.join(','),
      )
      expect(said).toEqual([
        `changed the boot order from ${one} to ${two}`,
        'status-0',
        `the boot order is ${two}`,
        `changed the boot order from ${two} to ${three}`,
        `the boot order is ${three}`,
        expect.stringMatching(
          `^the firmware rejects the boot order ${four}, so it stays ${three}: .*Read-only`,
        ),
        'read-only-0',
        'no EFI system partition is mounted, so the boot order stays unchanged',
        'no-partition-0',
      ])
    }, 3_600_000)
  },
)
