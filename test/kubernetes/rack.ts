import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse } from 'yaml'
import { openContainers, type ContainerMachine } from '../support/container-machine.ts'
import { openNetwork, type NamespacedMachine, type Running } from '../support/namespaces.ts'
import { until } from '../support/processes.ts'

/*
 * A rack: a server with `hakube serve`, DHCP and the time, and the machines of a profile as systemd containers on its network.
 */

const top = new URL('../..', import.meta.url).pathname

export type ClusterRack = {
  server: NamespacedMachine
  machine(name: string): ContainerMachine
  machines: readonly ContainerMachine[]
  /**
   * Switches a machine on: it fetches its boot script by its MAC. One that runs from memory takes the address of its seed from there. With
   * an installer, the answers are fetched and the seed is put on the disk, as the installer does (pxe/preseed); after that it starts its disk.
   */
  powerOn(name: string): Promise<void>
  /** Lets a machine be installed once more. */
  arm(name: string): Promise<void>
  /** Copies consoles and logs of all machines. */
  keepLogs(directory: string): Promise<void>
  /** What all have said lately, for a message. */
  lastWords(): Promise<string>
  close(): Promise<void>
}

type ProfileMachines = {
  machines: { name: string; mac: string; address: string }[]
  network?: { subnet6?: string }
}

const program = join(top, 'dist/cli.js')

export type RackProfile = {
  file: string
  /** Words that say where the secrets come from. */
  secrets: readonly string[]
  remove(): void
}

/** Secrets for one run: nobody but the server has them. */
const withEphemeralSecrets = (file: string): RackProfile => ({
  file,
  secrets: ['--ephemeral-secrets'],
  remove: () => undefined,
})

/** A copy of a profile with a bundle of its own, which is there for whoever has the key: needs age-keygen. */
export function withBundle(profile: string): RackProfile {
  const directory = mkdtempSync(join(tmpdir(), 'hakube-rack-'))
  const file = join(directory, 'profile.yaml')
  const key = join(directory, 'key')
  copyFileSync(profile, file)
  execFileSync('age-keygen', ['-o', key], { stdio: 'pipe' })
  const recipient = execFileSync('age-keygen', ['-y', key], { encoding: 'utf8' }).trim()
  const words = [program, 'secrets', 'init', file, '--recipient', recipient]
  execFileSync(process.execPath, words, { stdio: 'pipe' })
  return { file, secrets: ['--age-key-file', key], remove: () => rmSync(directory, { recursive: true }) }
}

const clusterImage = (kubernetes: string, suite = 'bookworm'): string =>
  execFileSync(join(top, 'scripts/cluster-image.sh'), [kubernetes, suite], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  }).trim()

/**
 * @param kubernetes the directory that scripts/cluster-image.sh takes, or the image of machines without Kubernetes
 * @param suites of Debian that machines have in place of 12, by their names
 * @param given the profile, whose server is 10.10.10.1:8080; with ephemeral secrets where it is a path
 */
export async function openClusterRack(
  kubernetes: string | { image: string },
  given: string | RackProfile,
  suites: Readonly<Record<string, 'trixie'>> = {},
): Promise<ClusterRack> {
  const profile = typeof given === 'string' ? withEphemeralSecrets(given) : given
  const image = typeof kubernetes === 'string' ? clusterImage(kubernetes) : kubernetes.image
  const cache = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'hakube')
  const network = await openNetwork()
  const containers = await openContainers(network, image, cache)
  const server = await network.machine('server')
  const services: Record<string, Running> = {}
  const closeAll = async () => {
    await containers.close()
    await network.close()
    profile.remove()
  }
  try {
    await server.connect({ name: 'eth0', addresses: ['10.10.10.1/24'] })
    // Read here and not by hakube: what DHCP gives out does not come from what is tested.
    const { machines: listed, network: given } = parse(
      await server.ask(['cat', profile.file]),
    ) as ProfileMachines
    const usesIPv6 = given?.subnet6 !== undefined
    await server.put(
      '/etc/rack-dnsmasq.conf',
      [
        'no-resolv',
        'no-hosts',
        'user=root',
        'leasefile-ro',
        'dhcp-range=10.10.10.200,10.10.10.250,1h',
        'dhcp-option=3,10.10.10.1',
        'dhcp-option=6,10.10.10.1',
        ...listed.map(({ mac, address }) => `dhcp-host=${mac},${address}`),
        '',
      ].join('\n'),
    )
    services['dnsmasq'] = server.start([
      'dnsmasq',
      '--keep-in-foreground',
      '--conf-file=/etc/rack-dnsmasq.conf',
      '--log-facility=-',
    ])
    // A time server that leaves this machine's own clock alone (-x).
    await server.put('/etc/rack-chrony.conf', 'local stratum 8\nallow 10.10.10.0/24\ncmdport 0\n')
    services['chronyd'] = server.start(['chronyd', '-x', '-d', '-U', '-f', '/etc/rack-chrony.conf'])
    const files = ['--assets', join(top, 'test/kubernetes/assets')]
    const listen = ['--arm', 'all', '--listen', '10.10.10.1:8080']
    const serve = ['serve', profile.file, ...profile.secrets, ...files, ...listen]
    services['serve'] = server.start([process.execPath, program, ...serve])
    const fetchText = (path: string) =>
      server.run(['curl', '--silent', '--fail', '--max-time', '5', `http://10.10.10.1:8080/${path}`])
    await until(
      'hakube serve answers',
      60,
      async () => ((await fetchText('boot.ipxe')).status === 0 ? true : null),
      () => services['serve']?.output() ?? '',
    )
    const machines: ContainerMachine[] = []
    for (const { name, mac } of listed) {
      const suite = suites[name]
      const system = suite && typeof kubernetes === 'string' ? clusterImage(kubernetes, suite) : image
      machines.push(await containers.machine(name, mac, system))
    }
    const machine = (name: string): ContainerMachine => {
      const found = machines.find((each) => each.name === name)
      if (!found) throw new Error(`no machine ${name}`)
      return found
    }
    const fetched = async (path: string): Promise<string> => {
      const { status, stdout } = await fetchText(path)
      if (status !== 0) throw new Error(`no ${path}`)
      return stdout
    }
    /** What Debian's installer leaves of the seed. */
    const installedSeed = async (mac: string, names: readonly string[]) => {
      await fetched(`preseed/${mac}.cfg`)
      const files = names.map(
        async (name) =>
          [`/var/lib/cloud/seed/nocloud/${name}`, await fetched(`seed/${mac}/${name}`)] as const,
      )
      return {
        ...Object.fromEntries(await Promise.all(files)),
        '/etc/cloud/cloud.cfg.d/90-hakube.cfg': 'datasource_list: ["NoCloud"]\n',
      }
    }
    const collect = [
      'sh',
      '-c',
      'journalctl --no-pager --output=short-precise >/tmp/journal.log; tar -C / -cf - tmp/journal.log var/log/hakube var/lib/hakube var/log/cloud-init.log var/log/cloud-init-output.log | base64',
    ]
    return {
      server,
      machines,
      machine,
      async powerOn(name) {
        const mac = machine(name).mac.replaceAll(':', '-')
        const { stdout } = await fetchText(`ipxe/${mac}`)
        const seed = /\bds=\S+/.exec(stdout)?.[0]
        // DHCP of this rack gives IPv4 only, and the cloud-init of Debian 13 asks for IPv6 addresses too and waits for them.
        const needsNetwork = usesIPv6 || suites[name] !== undefined
        if (!seed) {
          if (stdout.includes(`/preseed/${mac}.cfg`)) {
            const files = [
              'meta-data',
              'user-data',
              'vendor-data',
              ...(needsNetwork ? ['network-config'] : []),
            ]
            await machine(name).write(await installedSeed(mac, files))
          } else if (!stdout.includes('sanboot')) throw new Error(`the boot script of ${name}: ${stdout}`)
          await machine(name).powerOn([])
          return
        }
        const config = needsNetwork ? (/\bnetwork-config=\S+/.exec(stdout)?.[0] ?? '') : ''
        await machine(name).powerOn([seed, config].filter(Boolean))
      },
      async arm(name) {
        await server.ask([process.execPath, program, 'arm', profile.file, name])
      },
      async keepLogs(directory) {
        mkdirSync(directory, { recursive: true })
        for (const [name, service] of Object.entries(services))
          writeFileSync(join(directory, `${name}.log`), service.output())
        for (const each of machines) {
          writeFileSync(join(directory, `${each.name}.console`), each.console())
          if (!each.isOn()) continue
          const { stdout } = await each.run(collect)
          const own = join(directory, each.name)
          mkdirSync(own, { recursive: true })
          execFileSync('tar', ['-xf', '-', '-C', own], { input: Buffer.from(stdout, 'base64') })
        }
      },
      async lastWords() {
        const words = machines.map(async (each) => {
          const said = each.console().split('\n').slice(-8).join('\n')
          const step = await each.run(['sh', '-c', 'tail -n 15 /var/log/hakube/kubeadm.log'], 5000)
          return `--- ${each.name}\n${said}\n${step.stdout}`
        })
        return (await Promise.all(words)).join('\n')
      },
      close: closeAll,
    }
  } catch (error) {
    await closeAll()
    throw error
  }
}
