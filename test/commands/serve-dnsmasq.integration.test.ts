import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { exampleFile } from '../example.ts'
import { describeWith } from '../prerequisites.ts'
import { dhcpClient, dhcpOffers } from '../support/dhcp-client.ts'
import { openNetwork, type NamespacedMachine, type Network } from '../support/namespaces.ts'
import { until } from '../support/processes.ts'
import { program } from './hakube.ts'

const networks: Network[] = []
const directories: string[] = []
afterEach(async () => {
  await Promise.all(networks.splice(0).map((network) => network.close()))
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true, force: true })
})

/** The machine that serves, one that could, and one with a network interface and no address. */
async function rack(): Promise<{
  server: NamespacedMachine
  router: NamespacedMachine
  client: NamespacedMachine
  serve: string[]
}> {
  const network = await openNetwork()
  networks.push(network)
  const server = await network.machine('server')
  await server.connect({ name: 'eth0', addresses: ['10.10.10.1/24'] })
  const router = await network.machine('router')
  await router.connect({ name: 'eth0', addresses: ['10.10.10.2/24'] })
  const client = await network.machine('client')
  await client.connect({ name: 'eth0', addresses: [] })
  const state = mkdtempSync(join(tmpdir(), 'hakube-served-'))
  directories.push(state)
  const serve = [process.execPath, program, 'serve', exampleFile('rack-test'), '--ephemeral-secrets']
  serve.push('--listen', '10.10.10.1:8080', '--state', state, '--with-dnsmasq', 'eth0')
  return { server, router, client, serve }
}

const dnsmasqs = async (server: NamespacedMachine): Promise<number> =>
  (await server.run(['pgrep', '-x', 'dnsmasq'])).stdout.split('\n').filter(Boolean).length

describeWith(
  { root: true, linux: true, programs: ['dnsmasq', 'ip', 'python3', 'curl', 'pgrep'] },
  'hakube serve --with-dnsmasq',
  () => {
    it('gives machines their addresses and loaders, restarts dnsmasq when it dies, and stops it at its own end', async () => {
      const { server, client, serve } = await rack()
      const running = server.start(serve)
      const says = (words: RegExp) =>
        until(String(words), 120, () => (words.test(running.output()) ? true : null), running.output)
      await says(/hakube serves/)
      const ask = dhcpClient(client)
      const question = { mac: '52:54:00:00:00:11', architecture: 0 }
      const offer = { address: '10.10.10.11', server: '10.10.10.1', file: 'undionly.kpxe', vendorClass: null }
      expect(await ask(question)).toEqual(offer)
      const script = await server.ask(['curl', '--silent', '--show-error', 'tftp://10.10.10.1/hakube.ipxe'])
      expect(script).toContain('set base http://10.10.10.1:8080\n')

      await server.ask(['pkill', '-x', '-KILL', 'dnsmasq'])
      await says(/warning: dnsmasq ended: .*; it is started again in 5 s/)
      await until('dnsmasq runs again', 120, async () => ((await dnsmasqs(server)) === 1 ? true : null))
      expect(await ask(question, 20)).toEqual(offer)

      await server.ask(['pkill', '-TERM', '-f', '--', '--with-dnsmasq'])
      await until('both have ended', 120, async () => ((await dnsmasqs(server)) === 0 ? true : null))
    })

    it('tells machines what to boot beside a server that assigns addresses, and assigns none itself', async () => {
      const { server, router, client, serve } = await rack()
      const words = ['dnsmasq', '--keep-in-foreground', '--conf-file=/dev/null', '--port=0', '--user=root']
      words.push('--dhcp-range=10.10.10.0,static,255.255.255.0', '--dhcp-host=52:54:00:00:00:11,10.10.10.11')
      words.push('--interface=eth0', '--log-facility=-', '--leasefile-ro', '--pid-file=')
      const other = router.start(words)
      await until('the router runs', 120, () => (/started/.test(other.output()) ? true : null), other.output)
      const running = server.start([...serve, '--proxy-dhcp'])
      await until(
        'the server runs',
        120,
        () => (/hakube serves/.test(running.output()) ? true : null),
        running.output,
      )
      const ask = dhcpOffers(client)
      const mac = '52:54:00:00:00:11'
      const address = { address: '10.10.10.11', server: '10.10.10.2', file: '', vendorClass: null }
      const boot = { address: '0.0.0.0', server: '10.10.10.1', vendorClass: 'PXEClient' }
      expect({
        bios: await ask({ mac, architecture: 0 }),
        ipxe: await ask({ mac, architecture: 0, ipxe: true }),
      }).toEqual({
        bios: [{ ...boot, file: 'undionly.kpxe' }, address],
        ipxe: [{ ...boot, file: 'hakube.ipxe' }, address],
      })
      // As firmware does with the address: it asks the proxy for the file, and loads it.
      await client.ask(['ip', 'address', 'add', '10.10.10.11/24', 'dev', 'eth0'])
      const proxy = { from: '10.10.10.11', server: '10.10.10.1' }
      expect(await dhcpClient(client)({ mac, architecture: 0, proxy })).toEqual({
        ...boot,
        file: 'undionly.kpxe',
      })
      const script = await client.ask(['curl', '--silent', '--show-error', 'tftp://10.10.10.1/hakube.ipxe'])
      expect(script).toContain('set base http://10.10.10.1:8080\n')
      await client.ask([
        'curl',
        '--silent',
        '--fail',
        '--output',
        '/dev/null',
        'tftp://10.10.10.1/undionly.kpxe',
      ])

      await server.ask(['pkill', '-TERM', '-f', '--', '--with-dnsmasq'])
      await until('both have ended', 120, async () => ((await dnsmasqs(server)) === 0 ? true : null))
    })

    it('is a proxy only with a network interface', async () => {
      const { server, serve } = await rack()
      const words = serve.filter((word) => word !== '--with-dnsmasq' && word !== 'eth0')
      expect(await server.run([...words, '--proxy-dhcp'])).toEqual({
        status: 2,
        stdout: '',
        stderr: 'hakube: --proxy-dhcp needs --with-dnsmasq IFACE\nSee hakube serve --help.\n',
      })
    })

    it('reports that another server has the port', async () => {
      const { server, serve } = await rack()
      const other = server.start(
        ['dnsmasq', '--keep-in-foreground', '--conf-file=/dev/null', '--port=0'].concat(
          '--dhcp-range=10.10.10.0,static,255.255.255.0',
          '--interface=eth0',
          '--log-facility=-',
          '--user=root',
        ),
      )
      await until('the other runs', 120, () => (/started/.test(other.output()) ? true : null), other.output)
      const { status, stderr } = await server.run(serve)
      expect(status).toBe(1)
      expect(stderr).toContain(
        'error[serve/dnsmasq]: cannot run dnsmasq on eth0: failed to bind DHCP server socket',
      )
      expect(stderr).toContain('another DHCP or TFTP server runs on this machine')
    })

    it('reports that dnsmasq is not installed', async () => {
      const { server, serve } = await rack()
      await server.ask(['rm', '/usr/sbin/dnsmasq'])
      const { status, stderr } = await server.run(serve)
      expect(status).toBe(1)
      expect(stderr).toContain('cannot run dnsmasq on eth0: the program dnsmasq is not installed')
    })
  },
)
