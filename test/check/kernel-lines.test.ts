import { describe, expect, it } from 'vitest'
import { findConflicts } from '../../src/check/conflicts.ts'
import { findLongKernelLines } from '../../src/check/kernel-lines.ts'
import { kernelLines } from '../../src/boot/kernel-lines.ts'
import { machineBootFiles } from '../../src/boot/index.ts'
import { argumentsFor } from '../../src/assembly/kernel-arguments.ts'
import { assemble } from '../../src/assembly/assemble.ts'
import { components } from '../../src/components/index.ts'
import type { Cluster } from '../../src/cluster/cluster.ts'
import type { InstallMethodName } from '../../src/distributions/install-methods.ts'
import { distributions } from '../../src/distributions/index.ts'
import type { Profile } from '../../src/profile/schema.ts'
import { changedCluster } from '../components/host.ts'
import { exampleNames, exampleProfile, installedBy, testCluster, writeUpNames } from '../example.ts'

const everyInstall = distributions.flatMap((distribution) =>
  distribution.installs.map(
    (install) => [`${distribution.title} by ${install}`, distribution, install] as const,
  ),
)

type Given = NonNullable<NonNullable<Profile['kernel']>['arguments']>

function cluster(
  distribution: { name: string; version: string },
  install: InstallMethodName,
  list: Given,
  change: (profile: Profile) => void = () => undefined,
): Cluster {
  return changedCluster((profile) => {
    profile.distribution = installedBy(distribution, install)
    profile.hardware = { ...profile.hardware, disk: '/dev/sda', firmware: 'bios' }
    profile.kernel = { arguments: list }
    change(profile)
  })
}

const allLines = (one: Cluster) =>
  one.machines.flatMap((machine) => kernelLines(one, machine, machine.settings))
const hasLongWord = (words: readonly string[]) => words.some((word) => word.startsWith('x.y='))

describe.each(everyInstall)('kernel lines of %s', (_, distribution, install) => {
  it('have the length that boot loaders produce from what is rendered for them', () => {
    const made = cluster(distribution, install, ['quiet'])
    const machine = made.machines[0]!
    const [ipxe, pxelinux] = kernelLines(made, machine, machine.settings)
    const files = machineBootFiles(made, machine, argumentsFor(machine.settings, 'installer'))
    const text = (start: string) => files.find(({ path }) => path.startsWith(start))!.body.toString()
    const [, afterKernel = ''] = /^kernel \S+ (.*) \|\| goto failed$/m.exec(text('ipxe/')) ?? []
    expect(ipxe?.words.join(' ')).toBe(afterKernel.replace('${bootif}', machine.macs[0]))
    const field = (name: string) => new RegExp(`^  ${name} (.*)$`, 'm').exec(text('pxelinux.cfg/'))?.[1]
    expect(pxelinux?.words.join(' ')).toBe(
      `BOOT_IMAGE=${field('LINUX')} ${field('APPEND')} initrd=${field('INITRD')} BOOTIF=01-${machine.macs[0]}`,
    )
  })

  it.each(['installer', 'installed'] as const)(
    'may have the length that the kernel accepts, and not a character more: %s',
    (appliesTo) => {
      const live = install === 'live'
      if (live && appliesTo === 'installer') return
      const argument = (length: number) => ({ argument: `x.y=${'a'.repeat(length - 4)}`, appliesTo })
      const at = (length: number) => cluster(distribution, install, [argument(length)])
      // The line that is nearest to its limit decides.
      const room = Math.min(
        ...allLines(at(100))
          .filter(({ words }) => hasLongWord(words))
          .map(({ length, limit }) => limit - length),
      )
      const found = (more: number) => findLongKernelLines(at(100 + room + more)).map(({ code }) => code)
      expect([found(0), found(1)]).toEqual([[], ['kernel/line-too-long']])
    },
  )
})

describe('findLongKernelLines', () => {
  const rocky = { name: 'rocky', version: '9' }

  it('reports the machines, the length, and the longest arguments', () => {
    const list = Array.from(
      { length: 60 },
      (_, index) => `some_module.option_${index}=${'a'.repeat(10 + index)}`,
    )
    expect(findConflicts(cluster(rocky, 'kickstart', list))).toMatchInlineSnapshot(`
      [
        {
          "code": "kernel/line-too-long",
          "hint": "remove 1884 characters: write module options in a file below /etc/modprobe.d, and kernel settings under sysctls",
          "message": "the kernel command line of the installer, by iPXE, is too long on sample-haproxy-001, sample-haproxy-002, sample-kube-master-001 and 5 more, the longest on sample-haproxy-001: it has 3931 characters instead of at most 2047; the longest of kernel.arguments are some_module.option_59=aaaaaaaaaaaaaaaaa… (91), some_module.option_58=aaaaaaaaaaaaaaaaa… (90), some_module.option_57=aaaaaaaaaaaaaaaaa… (89)",
          "path": [
            "kernel",
            "arguments",
            59,
          ],
          "severity": "error",
          "source": "https://docs.kernel.org/arch/x86/boot.html",
        },
      ]
    `)
  })

  it('reports the installed system, with room for what the boot loader adds', () => {
    const list: Given = [{ argument: `some_module.option=${'a'.repeat(1800)}`, appliesTo: 'installed' }]
    expect(findConflicts(cluster(rocky, 'kickstart', list)).map(({ message }) => message))
      .toMatchInlineSnapshot(`
        [
          "the kernel command line of the installed system, with 256 characters that its boot loader adds, is too long on sample-haproxy-001, sample-haproxy-002, sample-kube-master-001 and 5 more, the longest on sample-haproxy-001: it has 2075 characters instead of at most 2047; the longest of kernel.arguments are some_module.option=aaaaaaaaaaaaaaaaaaaa… (1819)",
        ]
      `)
  })

  it('points at the list of the machine for a single machine', () => {
    const found = findConflicts(
      cluster(rocky, 'kickstart', ['quiet'], ({ machines }) => {
        machines[2]!.kernel = { arguments: [`some_module.option=${'a'.repeat(2000)}`] }
      }),
    )
    expect(found.map(({ message, path }) => [message, path])).toMatchInlineSnapshot(`
      [
        [
          "the kernel command line of the installer, by iPXE, is too long on sample-kube-master-001: it has 2217 characters instead of at most 2047; the longest of kernel.arguments are some_module.option=aaaaaaaaaaaaaaaaaaaa… (2019), quiet (5)",
          [
            "machines",
            2,
            "kernel",
            "arguments",
            0,
          ],
        ],
      ]
    `)
  })

  it('points at the address of the mirror if that is too long', () => {
    const found = findConflicts(
      cluster(rocky, 'kickstart', [], (profile) => {
        profile.mirrors = { distribution: `http://10.10.10.5/${'a'.repeat(2000)}` }
      }),
    )
    expect(found.map(({ message, path, hint }) => [message, path, hint])).toMatchInlineSnapshot(`
      [
        [
          "the kernel command line of the installer, by iPXE, is too long on sample-haproxy-001, sample-haproxy-002, sample-kube-master-001 and 5 more, the longest on sample-haproxy-001: it has 2174 characters instead of at most 2047; the longest arguments are inst.repo=http://10.10.10.5/aaaaaaaaaaa… (2048), inst.ks=http://10.10.10.5:8080/kickstar… (61), BOOTIF=01-52-54-00-aa-bb-01 (27)",
          [
            "mirrors",
            "distribution",
          ],
          "shorten the values that it is derived from by 127 characters",
        ],
      ]
    `)
  })

  it('applies the limits of pxelinux and GRUB only to machines that boot with them', () => {
    const made = cluster(rocky, 'kickstart', [])
    const machine = made.machines[0]!
    const names = (one: typeof machine) => kernelLines(made, one, one.settings).map(({ whose }) => whose)
    const own = [
      'the installer, by iPXE,',
      'the installed system, with 256 characters that its boot loader adds,',
    ]
    const byGrub = [own[0], 'the installer, by GRUB,', own[1]]
    expect(names({ ...machine, firmware: 'uefi' })).toEqual(byGrub)
    expect(names({ ...machine, architecture: 'arm64' })).toEqual(own)
    expect(names(machine)).toEqual([own[0], 'the installer, by pxelinux,', own[1]])
  })

  it('may read only the profile: no component has kernel arguments of its own', async () => {
    for (const name of [...exampleNames, ...writeUpNames]) {
      const made = await testCluster(exampleProfile(name))
      for (const machine of made.machines.slice(0, 8)) {
        const { declared } = assemble(components, made, machine)
        expect(declared.kernelArguments.map(({ argument }) => argument)).toEqual(
          machine.settings.kernelArguments.map(({ argument }) => argument),
        )
      }
    }
  })
})
