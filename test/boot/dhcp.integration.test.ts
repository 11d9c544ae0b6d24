import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it, onTestFailed } from 'vitest'
import { dhcpConfiguration, type DhcpFormat } from '../../src/boot/dhcp/index.ts'
import { exampleNames, exampleProfile, testCluster, writeUpNames } from '../example.ts'
import { describeWith, findProgram } from '../prerequisites.ts'
import { openNetwork, type Network } from '../support/namespaces.ts'
import { dhcpClient } from '../support/dhcp-client.ts'
import { hostileCluster } from './hostile-cluster.ts'

const directory = mkdtempSync(join(tmpdir(), 'hakube-dhcp-'))
afterAll(() => rmSync(directory, { recursive: true }))

/** What reads a file of each format and says whether it is right, without answering anyone. */
const readers: Readonly<Partial<Record<DhcpFormat, (file: string) => [string, ...string[]]>>> = {
  dnsmasq: (file) => ['dnsmasq', '--test', `--conf-file=${file}`],
  'dnsmasq-proxy': (file) => ['dnsmasq', '--test', `--conf-file=${file}`],
  kea: (file) => ['kea-dhcp4', '-t', file],
  dhcpd: (file) => ['dhcpd', '-t', '-cf', file, '-lf', join(directory, 'leases')],
}

describeWith({ programs: ['dnsmasq', 'kea-dhcp4', 'dhcpd'] }, 'the configuration of a DHCP server', () => {
  it.each([...exampleNames, ...writeUpNames, 'hostile'] as const)(
    'is accepted by the real server, for %s',
    async (name) => {
      const cluster = name === 'hostile' ? hostileCluster() : await testCluster(exampleProfile(name))
      writeFileSync(join(directory, 'leases'), '')
      const answers = Object.entries(readers).map(([format, commandFor]) => {
        const file = join(directory, `${name}-${format}`)
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion
        writeFileSync(file, dhcpConfiguration(cluster, format as DhcpFormat))
        const [program, ...words] = commandFor(file)
        const { status, stdout, stderr } = spawnSync(findProgram(program) ?? '', words, { encoding: 'utf8' })
        return { format, status, complaints: `${stdout}${stderr}`.match(/.*(?:ERROR|WARN|error|warning).*/g) }
      })
      expect(answers).toEqual(Object.keys(readers).map((format) => ({ format, status: 0, complaints: null })))
    },
  )
})

/** How each server is started on its machine, with the file that it reads. */
const servers = {
  dnsmasq: {
    file: '/etc/dnsmasq.d/hakube.conf',
    command: [
      'dnsmasq',
      '--keep-in-foreground',
      '--conf-file=/etc/dnsmasq.d/hakube.conf',
      '--user=root',
      '--leasefile-ro',
      '--log-facility=-',
      '--log-dhcp',
    ],
  },
  kea: {
    file: '/etc/kea/hakube.json',
    command: ['sh', '-c', 'mkdir -p /run/kea /var/lib/kea && exec kea-dhcp4 -c /etc/kea/hakube.json'],
  },
  dhcpd: {
    file: '/etc/dhcp/hakube.conf',
    command: [
      'sh',
      '-c',
      'mkdir -p /var/lib/dhcp && : >/var/lib/dhcp/leases && exec dhcpd -f -d -cf /etc/dhcp/hakube.conf -lf /var/lib/dhcp/leases',
    ],
  },
} as const

const mac = '52:54:00:00:00:11'

describeWith(
  {
    root: true,
    linux: true,
    programs: ['unshare', 'nsenter', 'setpriv', 'ip', 'python3', 'dnsmasq', 'kea-dhcp4', 'dhcpd'],
  },
  'a machine that asks a DHCP server',
  () => {
    const networks: Network[] = []
    afterAll(() => Promise.all(networks.map((network) => network.close())))

    async function serverAndClient(format: 'dnsmasq' | 'dnsmasq-proxy' | 'kea' | 'dhcpd') {
      const cluster = await testCluster(exampleProfile('rack-test'))
      const network = await openNetwork()
      networks.push(network)
      const server = await network.machine('server')
      await server.connect({ name: 'eth0', addresses: ['10.10.10.1/24'] })
      const client = await network.machine('client')
      await client.connect({ name: 'eth0', addresses: [] })
      const { file, command } = servers[format === 'dnsmasq-proxy' ? 'dnsmasq' : format]
      const text = dhcpConfiguration(cluster, format)
      await server.put(file, text.replace('tftp-root=/srv/tftp', 'tftp-root=/run'))
      const running = server.start(command)
      onTestFailed(() => void process.stderr.write(running.output()))
      return { ask: dhcpClient(client), client }
    }

    it.each(['dnsmasq', 'kea', 'dhcpd'] as const)(
      'receives its own address and the loader for its firmware from %s',
      async (format) => {
        const { ask } = await serverAndClient(format)
        const answers = {
          bios: await ask({ mac, architecture: 0 }),
          uefi: await ask({ mac, architecture: 7 }),
          'uefi, before the erratum': await ask({ mac, architecture: 9 }),
          http: await ask({ mac, architecture: 16 }),
          'ipxe from bios': await ask({ mac, architecture: 0, ipxe: true }),
          'ipxe from uefi': await ask({ mac, architecture: 7, ipxe: true }),
        }
        const own = { address: '10.10.10.11', server: '10.10.10.1', vendorClass: null }
        expect(answers).toEqual({
          bios: { ...own, file: 'undionly.kpxe' },
          uefi: { ...own, file: 'ipxe.efi' },
          'uefi, before the erratum': { ...own, file: 'ipxe.efi' },
          http: { ...own, file: 'http://10.10.10.1:8080/assets/ipxe.efi', vendorClass: 'HTTPClient' },
          'ipxe from bios': { ...own, file: 'hakube.ipxe' },
          'ipxe from uefi': { ...own, file: 'hakube.ipxe' },
        })
        // A machine of nobody's is left alone.
        expect(await ask({ mac: '52:54:00:00:00:99', architecture: 0 })).toBe(null)
      },
    )

    it('learns from dnsmasq what to boot, and gets its address from the other server', async () => {
      const { ask, client } = await serverAndClient('dnsmasq-proxy')
      const first = {
        bios: await ask({ mac, architecture: 0 }),
        http: await ask({ mac, architecture: 16 }),
        ipxe: await ask({ mac, architecture: 7, ipxe: true }),
      }
      // UEFI asks again, when another server has given it an address.
      const proxy = { from: '10.10.10.11', server: '10.10.10.1' }
      await client.ask(['ip', 'address', 'add', `${proxy.from}/24`, 'dev', 'eth0'])
      const answers = {
        ...first,
        uefi: await ask({ mac, architecture: 7, proxy }),
        'bios, again': await ask({ mac, architecture: 0, proxy }),
      }
      const own = { address: '0.0.0.0', server: '10.10.10.1', vendorClass: 'PXEClient' }
      expect(answers).toEqual({
        bios: { ...own, file: 'undionly.kpxe' },
        uefi: { ...own, file: 'ipxe.efi' },
        'bios, again': { ...own, file: 'undionly.kpxe' },
        http: { ...own, file: 'http://10.10.10.1:8080/assets/ipxe.efi', vendorClass: 'HTTPClient' },
        ipxe: { ...own, file: 'hakube.ipxe' },
      })
    })
  },
)
