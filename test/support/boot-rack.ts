import { execFileSync } from 'node:child_process'
import {
  cpSync,
  existsSync,
  linkSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { onTestFailed } from 'vitest'
import { assetsToBoot, bootedFrom } from '../../src/boot/booted-files.ts'
import { type BootLoader, wordOf } from '../../src/boot/command-line.ts'
import { dhcpConfiguration } from '../../src/boot/dhcp/index.ts'
import type { DhcpLoader } from '../../src/boot/dhcp/plan.ts'
import { bootScripts, machineBootFiles } from '../../src/boot/index.ts'
import { ipxeStickScript } from '../../src/boot/ipxe.ts'
import { bootArguments } from '../../src/boot/kernel-arguments.ts'
import type { Cluster, Machine } from '../../src/cluster/cluster.ts'
import { writeBootDisk } from '../../src/media/boot-disk.ts'
import { writeSite } from '../../src/site/write.ts'
import { exampleCluster } from '../example.ts'
import { start, stop, until } from './processes.ts'

/*
 * One machine on a separate network: real firmware, a real boot loader, dnsmasq with the configuration from hakube, `hakube serve`, and
 * a small kernel whose initrd writes the command line to the serial port. Everything is in a network namespace.
 */

const root = new URL('../..', import.meta.url).pathname

/** Kernels, initrds and boot loaders; the first call fetches them. */
export const bootLoaderFiles = (): string =>
  execFileSync(join(root, 'scripts/boot-loaders.sh'), {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    cwd: root,
  }).trim()

export type Firmware = 'bios' | 'uefi' | 'secure-boot' | 'arm64-uefi' | 'arm64-u-boot'

const mac = '52:54:00:00:00:11'

/** QEMU with each firmware; `nvram` is where UEFI keeps its variables. Boots from the network, where it has no `media`. */
function qemu(firmware: Firmware, nvram: string, media: boolean): string[] {
  const order = media ? '' : ',bootindex=0'
  const card = `virtio-net-pci,netdev=n0,mac=${mac}`
  const flash = (code: string, variables: string): string[] => {
    copyFileSync(variables, nvram)
    return [
      '-drive',
      `if=pflash,format=raw,readonly=on,file=${code}`,
      '-drive',
      `if=pflash,format=raw,file=${nvram}`,
    ]
  }
  // Without a ROM, the firmware's own drivers boot from the network.
  const uefiCard = ['-device', `${card}${order},romfile=`]
  const arm64 = ['qemu-system-aarch64', '-machine', 'virt', '-cpu', 'cortex-a57']
  if (firmware === 'arm64-u-boot')
    return [...arm64, '-bios', '/usr/lib/u-boot/qemu_arm64/u-boot.bin', '-device', `${card},romfile=`]
  if (firmware === 'bios')
    return [
      'qemu-system-x86_64',
      '-machine',
      'pc,accel=tcg',
      '-cpu',
      'max',
      '-device',
      `${card}${order}${media ? ',romfile=' : ''}`,
    ]
  if (firmware === 'uefi')
    return [
      'qemu-system-x86_64',
      '-machine',
      'q35,accel=tcg',
      '-cpu',
      'max',
      ...uefiCard,
      ...flash('/usr/share/OVMF/OVMF_CODE_4M.fd', '/usr/share/OVMF/OVMF_VARS_4M.fd'),
    ]
  if (firmware === 'arm64-uefi')
    return [
      ...arm64,
      ...uefiCard,
      ...flash('/usr/share/AAVMF/AAVMF_CODE.fd', '/usr/share/AAVMF/AAVMF_VARS.fd'),
    ]
  // Its variables contain Microsoft's keys.
  return [
    'qemu-system-x86_64',
    '-machine',
    'q35,accel=tcg,smm=on',
    '-cpu',
    'max',
    ...uefiCard,
    '-global',
    'driver=cfi.pflash01,property=secure,value=on',
    ...flash('/usr/share/OVMF/OVMF_CODE_4M.secboot.fd', '/usr/share/OVMF/OVMF_VARS_4M.ms.fd'),
  ]
}

/** A disk that firmware tries first. */
const mediaWords = (as: 'cd' | 'stick', file: string): string[] =>
  as === 'cd'
    ? [
        '-drive',
        `file=${file},if=none,id=boot,format=raw,media=cdrom`,
        '-device',
        'ide-cd,drive=boot,bootindex=0',
      ]
    : [
        '-drive',
        `file=${file},if=none,id=boot,format=raw`,
        '-device',
        'qemu-xhci',
        '-device',
        'usb-storage,drive=boot,bootindex=0',
      ]

/** Words that a boot loader could interpret. */
export const hostileWords = [
  'ds=nocloud;s=http://10.10.10.1:8080/seed/52-54-00-00-00-11/',
  'a#b',
  'a=#b',
  'a=$b',
  'a=$(b)',
  'a=$',
  'a={b}',
  'a||b',
  'a&&b',
  'a=*?[c]~<d>|e',
  '--name=x',
  'a=b,c:d/e@f%20+g!',
]

export type BootPlan = {
  firmware: Firmware
  loader?: DhcpLoader
  /** Boots from a boot disk of hakube instead of the network, with the loaders of a release of Debian; `fixed`: in a network without DHCP. */
  media?: { as: 'cd' | 'stick'; suite: 'bookworm' | 'trixie' | 'sid'; fixed: boolean }
  /** Files of TFTP, by name: below scripts/boot-loaders.sh's, or the site's. */
  tftp?: Readonly<Record<string, string>>
  /** Files below assets/ besides kernel and initrd. */
  assets?: Readonly<Record<string, string>>
  /** The machine has been armed. */
  armed?: boolean
  words?: readonly string[]
  /** Changes the site's DHCP configuration. */
  dhcp?: (text: string) => string
  /** The site's GRUB menus are copied to TFTP, and the assets, as for a GRUB that has no HTTP. */
  menusByTftp?: boolean
  /** A disk with this content. */
  disk?: string
  seconds: number
  /** Text on the serial port that ends the wait. Default: the machine has printed its kernel command line. */
  enough?: RegExp
}

export type Booted = {
  /** The content of /proc/cmdline. Null: no kernel came up. */
  line: string | null
  screen: string
  /** The requests: `GET /boot.ipxe 200`. */
  requests: string[]
  cluster: Cluster
  machine: Machine
}

const read = (file: string): string => (existsSync(file) ? readFileSync(file, 'utf8') : '')

export function rackCluster(firmware: Firmware): { cluster: Cluster; machine: Machine } {
  const base = exampleCluster('rack-test')
  const [first] = base.machines
  if (!first) throw new Error('no machine')
  const arm = firmware.startsWith('arm64')
  const machine: Machine = {
    ...first,
    macs: ['52-54-00-00-00-11'],
    firmware: firmware === 'bios' ? 'bios' : 'uefi',
    architecture: arm ? 'arm64' : 'amd64',
    console: arm ? 'ttyAMA0,115200' : 'ttyS0,115200',
  }
  return { cluster: { ...base, machines: [machine] }, machine }
}

const ip = (...args: string[]) => execFileSync('ip', args, { stdio: 'pipe' })

/** Puts a file in place, as a link if the disk allows it. */
const put = (path: string, from: string): void => {
  mkdirSync(dirname(path), { recursive: true })
  try {
    linkSync(from, path)
  } catch {
    copyFileSync(from, path)
  }
}

/** Switches a machine on, and waits until it has printed its kernel command line, or `enough`. */
export async function powerOn(plan: BootPlan): Promise<Booted> {
  const { firmware, loader = 'ipxe', media, seconds, words = hostileWords } = plan
  const files = bootLoaderFiles()
  const { cluster, machine } = rackCluster(firmware)
  const directory = mkdtempSync(join(tmpdir(), 'hakube-boot-'))
  const namespace = `hakube-boot-${process.pid}`
  const inside = ['netns', 'exec', namespace]
  const at = (name: string): string => join(directory, name)
  const processes: ReturnType<typeof start>[] = []
  const run = (log: string, program: string, ...args: string[]) => {
    const child = start('ip', [...inside, program, ...args], at(log), { cwd: root })
    processes.push(child)
    return child
  }
  try {
    const site = [...bootScripts(cluster), ...machineBootFiles(cluster, machine, words)]
    const about = { hakube: '0', profile: 'boot', commit: null, ephemeralSecrets: true, keepsDisk: false }
    await writeSite(site, { ...about, machines: [machine] }, at('site'))
    for (const { path, what } of assetsToBoot(cluster, machine))
      if (what !== 'image')
        put(
          at(`assets/${path}`),
          join(files, `${what === 'kernel' ? 'vmlinuz' : 'initrd'}-${machine.architecture}`),
        )
    for (const [name, from] of Object.entries(plan.assets ?? {})) put(at(`assets/${name}`), join(files, from))
    mkdirSync(at('tftp'))
    for (const [name, from] of Object.entries(plan.tftp ?? {}))
      put(at(`tftp/${name}`), from.startsWith('site/') ? at(from) : join(files, from))
    if (plan.menusByTftp) {
      cpSync(at('site/grub'), at('tftp/grub'), { recursive: true })
      cpSync(at('assets'), at('tftp/assets'), { recursive: true })
    }
    execFileSync('chmod', ['-R', 'a+rX', directory])

    ip('netns', 'add', namespace)
    ip('-n', namespace, 'link', 'set', 'lo', 'up')
    ip('-n', namespace, 'link', 'add', 'br0', 'type', 'bridge')
    ip('-n', namespace, 'address', 'add', '10.10.10.1/24', 'dev', 'br0')
    ip('-n', namespace, 'link', 'set', 'br0', 'up')
    ip('-n', namespace, 'tuntap', 'add', 'tap0', 'mode', 'tap')
    ip('-n', namespace, 'link', 'set', 'tap0', 'master', 'br0', 'up')

    const dhcp = dhcpConfiguration(cluster, 'dnsmasq', loader).replace('/srv/tftp', at('tftp'))
    writeFileSync(at('dnsmasq.conf'), plan.dhcp?.(dhcp) ?? dhcp)
    if (!media?.fixed)
      run(
        'dnsmasq.log',
        'dnsmasq',
        '--keep-in-foreground',
        `--conf-file=${at('dnsmasq.conf')}`,
        '--bind-interfaces',
        '--user=root',
        '--leasefile-ro',
        '--log-facility=-',
        '--log-dhcp',
      )
    if (media) {
      const script = ipxeStickScript(cluster, {
        fixed: media.fixed ? [machine] : [],
        firstDisk: media.as === 'stick' ? '0x81' : null,
      })
      const disk = { script, machines: [machine], loaders: join(files, `ipxe-${media.suite}`) }
      const means = { environment: process.env, repository: null, signal: new AbortController().signal }
      await writeBootDisk(at('boot.iso'), disk, means)
    }
    const serve = ['serve', at('site'), '--listen', '10.10.10.1:8080', '--assets', at('assets')]
    const arm = plan.armed === false ? [] : ['--arm', 'all']
    run('serve.log', process.execPath, join(root, 'dist/cli.js'), ...serve, '--state', at('state'), ...arm)
    const logs = () =>
      ['serve.log', 'dnsmasq.log', 'qemu.log', 'serial']
        .map((name) => `--- ${name}\n${stripVTControlCharacters(read(at(name))).slice(-4000)}`)
        .join('\n')
    await until('the server runs', 120, () => (existsSync(at('state/server.json')) ? true : null), logs)
    const [program = '', ...firmwareWords] = qemu(firmware, at('nvram'), media !== undefined)
    const child = run(
      'qemu.log',
      program,
      ...firmwareWords,
      '-m',
      '1024',
      '-smp',
      '2',
      '-nodefaults',
      '-display',
      'none',
      '-no-reboot',
      '-netdev',
      'tap,id=n0,ifname=tap0,script=no,downscript=no',
      '-serial',
      `file:${at('serial')}`,
      ...(media === undefined ? [] : mediaWords(media.as, at('boot.iso'))),
      ...(plan.disk === undefined ? [] : ['-drive', `file=${plan.disk},format=raw,if=virtio`]),
    )
    const enough = plan.enough ?? /hakube-test-end/
    // Firmware writes some of it in the middle of its own lines.
    const screen = (): string => stripVTControlCharacters(read(at('serial'))).replaceAll('\r', '')
    await until(
      'the machine has booted',
      seconds,
      () => (enough.test(screen()) || child.exitCode !== null ? true : null),
      logs,
    )
    const line = /hakube-test: ([^\n]*)\n/.exec(screen())?.[1] ?? null
    const last = logs()
    onTestFailed(() => void process.stderr.write(last))
    const requests = read(at('serve.log')).matchAll(/ ((?:GET|HEAD) \S+ \d+) /g)
    return {
      line,
      screen: screen(),
      requests: [...requests].map(([, request = '']) => request),
      cluster,
      machine,
    }
  } finally {
    for (const child of processes.toReversed()) await stop(child)
    try {
      ip('netns', 'delete', namespace)
    } catch {
      // It was never made.
    }
    rmSync(directory, { recursive: true, force: true })
  }
}

/** The expected kernel command line, from the model of the boot loader. */
export function expectedLine({ cluster, machine }: Booted, loader: BootLoader): string {
  const words = bootArguments(cluster, machine, hostileWords).map(wordOf)
  return loader.lineOf(words, bootedFrom(cluster, machine, machine.macs[0])).join(' ')
}
