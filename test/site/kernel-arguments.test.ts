import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { argumentsFor, grubDropIn } from '../../src/assembly/kernel-arguments.ts'
import { assemble } from '../../src/assembly/assemble.ts'
import { bootArguments } from '../../src/boot/kernel-arguments.ts'
import { components } from '../../src/components/index.ts'
import { distributions } from '../../src/distributions/index.ts'
import { installMethod, type InstallMethodName } from '../../src/distributions/install-methods.ts'
import { machineSite } from '../../src/site/build.ts'
import { textOf } from '../../src/templates/template.ts'
import { changedCluster } from '../components/host.ts'
import { installedBy } from '../example.ts'
import { readPreseed } from '../schemas/preseed.ts'

const everyInstall = distributions.flatMap((distribution) =>
  distribution.installs.map(
    (install) => [`${distribution.title} by ${install}`, distribution, install] as const,
  ),
)

type Given = NonNullable<
  NonNullable<Parameters<Parameters<typeof changedCluster>[0]>[0]['kernel']>['arguments']
>

const given: Given = [
  'nomodeset',
  { argument: 'installer.only=1', appliesTo: 'installer' },
  { argument: 'crashkernel=256M', appliesTo: 'installed' },
  { argument: 'modprobe.blacklist=nouveau', appliesTo: 'both' },
]

/** All that is fetched for a machine whose profile has these arguments and a serial console. */
function render(distribution: { name: string; version: string }, install: InstallMethodName, list = given) {
  const cluster = changedCluster((profile) => {
    profile.distribution = installedBy(distribution, install)
    profile.hardware = { ...profile.hardware, disk: '/dev/sda', console: 'ttyS0,115200' }
    profile.kernel = { arguments: list }
  })
  const machine = cluster.machines[0]!
  const assembly = assemble(components, cluster, machine)
  const files = new Map(machineSite(cluster, assembly).map(({ path, body }) => [path, body.toString('utf8')]))
  const text = (pattern: RegExp): string => [...files].find(([path]) => pattern.test(path))?.[1] ?? ''
  return { cluster, machine, assembly, text }
}

/** Words of a line, without those that hakube and the boot loader put there. */
const declaredOn = (line: string): string[] => {
  const names = new Set([
    'console',
    ...given.map((each) => (typeof each === 'string' ? each : each.argument).split('=')[0]),
  ])
  return line.split(' ').filter((word) => names.has(word.split('=')[0]))
}

const installed = ['nomodeset', 'crashkernel=256M', 'modprobe.blacklist=nouveau']

describe.each(everyInstall)('kernel arguments of %s', (_, distribution, install) => {
  const { text, assembly, cluster } = render(distribution, install)
  const booted =
    install === 'live' ? installed : ['nomodeset', 'installer.only=1', 'modprobe.blacklist=nouveau']

  it('are on the command line of what boots from the network, before the consoles', () => {
    const expected = [...booted, 'console=tty0', 'console=ttyS0,115200']
    expect(declaredOn(/^kernel .*$/m.exec(text(/^ipxe\//))![0])).toEqual(expected)
    expect(declaredOn(/^ +APPEND .*$/m.exec(text(/^pxelinux\.cfg\//))![0])).toEqual(expected)
  })

  it('are in the boot loader that the installer writes, before the first boot', () => {
    const words = {
      kickstart: () => {
        const [, line = ''] = /^bootloader --location=mbr --append='(.*)'$/m.exec(text(/^kickstart\//)) ?? []
        return line.split(' ')
      },
      preseed: () => {
        const { answers } = readPreseed(text(/^preseed\//))
        expect(answers.get('preseed/late_command')).toMatch(
          /\/target\/etc\/default\/grub\.d\/hakube\.cfg; +in-target update-grub;/,
        )
        return [
          ...grubWords(answers.get('preseed/late_command')!),
          ...answers.get('debian-installer/add-kernel-opts')!.split(' '),
        ]
      },
      autoinstall: () => {
        const seed = parse(text(/\/user-data$/)) as { autoinstall: { 'late-commands': string[][] } }
        const [[shell, option, script = ''] = []] = seed.autoinstall['late-commands']
        expect([shell, option]).toEqual(['bash', '-c'])
        expect(script).toMatch(
          />\/target\/etc\/default\/grub\.d\/hakube\.cfg\ncurtin in-target --target=\/target -- update-grub\n$/,
        )
        // curtin itself copies consoles of the installer.
        return [...grubWords(script), 'console=tty0', 'console=ttyS0,115200']
      },
      // Only the installed system can change its boot loader: a step does, and restarts it.
      image: () => {
        const step = textOf(assembly.steps.find(({ name }) => name === 'kernel')!.script)
        expect(step).toMatch(/^(?:update-grub|grubby --update-kernel=ALL --args=.*)$/m)
        const [, words = ''] = /^arguments=\((.*)\)$/m.exec(step) ?? []
        return [...words.split(' '), 'console=tty0', 'console=ttyS0,115200']
      },
      // Nothing is installed.
      live: () => [...installed, 'console=tty0', 'console=ttyS0,115200'],
    }[install]()
    expect(words).toEqual([...installed, 'console=tty0', 'console=ttyS0,115200'])
  })

  it('are written once: the first boot writes the same file, and requires nothing more', () => {
    const dropIn = grubDropIn(cluster.machines[0]!, assembly.declared)
    const own = assembly.files.filter(({ path }) => path.startsWith('/etc/default/grub'))
    expect(own.map(({ path, content }) => [path, textOf(content)])).toEqual(
      dropIn === null ? [] : [[dropIn.path, textOf(dropIn.content)]],
    )
    const check = textOf(assembly.checks.find(({ name }) => name === 'kernel')!.script)
    expect(check).toContain('arguments=(nomodeset crashkernel=256M modprobe.blacklist=nouveau)')
  })

  it('are refused in a profile if hakube sets them itself', () => {
    const names = bootArguments(cluster, cluster.machines[0]!, []).map(({ name }) => name)
    expect(
      names.filter((name) => name !== 'console' && !installMethod(install).ownArguments.includes(name)),
    ).toEqual([])
  })
})

/** What the file in a script gives GRUB. */
function grubWords(script: string): string[] {
  const [, line = ''] = /GRUB_CMDLINE_LINUX=(?:'\\'')?([^'"\\]*)/.exec(script) ?? []
  return line.split(' ')
}

describe('argumentsFor', () => {
  it('has no line break, which would begin another line', () => {
    const kernelArguments = [{ argument: 'a\nb' }]
    expect(() => argumentsFor({ kernelArguments }, 'installed')).toThrow(
      String.raw`a line of a file cannot contain "a\nb"`,
    )
  })
})

describe('grubDropIn', () => {
  const { cluster } = render({ name: 'debian', version: '13' }, 'preseed')
  it.each([
    ['a=b', 'quiet', 'a=b quiet'],
    ["it's", '', "it's "],
    ['a="$(reboot)`reboot`"', '', 'a="$(reboot)`reboot`" '],
    ['memmap=1G$2G;x&&y|z>w', 'console=ttyS0', 'memmap=1G$2G;x&&y|z>w console=ttyS0'],
    ['back\\slash!*?[a-z]{1,2}~#%', '', 'back\\slash!*?[a-z]{1,2}~#% '],
  ])('passes %j to GRUB unchanged, before %j', (argument, before, after) => {
    const file = grubDropIn(cluster.machines[0]!, { kernelArguments: [{ argument }] })
    const script = `GRUB_CMDLINE_LINUX='${before}'\n${textOf(file!.content)}printf %s "$GRUB_CMDLINE_LINUX"`
    expect(spawnSync('sh', ['-euc', script], { encoding: 'utf8' }).stdout).toBe(after)
  })
})
