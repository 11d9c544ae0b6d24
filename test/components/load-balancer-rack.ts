import forge from 'node-forge'
import type { Cluster, Machine } from '../../src/cluster/cluster.ts'
import type { Secrets } from '../../src/secrets/secrets.ts'
import { textOf } from '../../src/templates/template.ts'
import { privateKeyOf } from '../example.ts'
import { openNetwork, type NamespacedMachine, type Running } from '../support/namespaces.ts'
import { assembleBalancer } from './balancers.ts'

const synced = '/etc/conntrackd/conntrackd.conf'
/** Where keepalived is older than 1.4. */
const configureKeepalived = '/usr/libexec/hakube/configure-keepalived'
const rules = '/etc/hakube/source-address.nft'

/** A load balancer of the cluster as it is on a machine, without systemd: the test starts what the units would start. */
export type Balancer = NamespacedMachine & {
  machine: Machine
  startHaproxy(): Promise<void>
  /** As if the power went for haproxy only. */
  killHaproxy(): Promise<void>
  holds(address: string): Promise<boolean>
  /** Scripts of hakube-verify, by name. */
  checks: ReadonlyMap<string, string>
  logs(): string
}

export type Rack = {
  balancers: readonly [Balancer, Balancer]
  /** Two machines of the subnet that reach the outside through the source address. */
  clients: readonly [NamespacedMachine, NamespacedMachine]
  /** Has the addresses of all control planes and workers; `/run/not-ready` names API servers that are to be not ready. */
  servers: NamespacedMachine
  /** The cluster's gateway, and behind it `outside`, where an echo server says who is asking. */
  router: NamespacedMachine
  close(): Promise<void>
}

export const outside = { address: '192.0.2.80', port: 7000 } as const

/** A certificate of the cluster's authority, as kubeadm makes one for an API server. */
export function certificateFor(
  secrets: Secrets,
  names: readonly string[],
): { certificate: string; key: string } {
  const authority = secrets.authorities.kubernetes
  const issuer = forge.pki.certificateFromPem(authority.certificate)
  const key = privateKeyOf('etcd')
  const privateKey = forge.pki.privateKeyFromPem(key)
  const certificate = forge.pki.createCertificate()
  certificate.serialNumber = '02'
  certificate.publicKey = forge.pki.setRsaPublicKey(privateKey.n, privateKey.e)
  certificate.validity.notBefore = issuer.validity.notBefore
  certificate.validity.notAfter = issuer.validity.notAfter
  certificate.setSubject([{ name: 'commonName', value: 'kube-apiserver' }])
  certificate.setIssuer(issuer.subject.attributes)
  certificate.setExtensions([
    { name: 'extKeyUsage', serverAuth: true },
    { name: 'subjectAltName', altNames: names.map((value) => ({ type: 2, value })) },
  ])
  certificate.sign(forge.pki.privateKeyFromPem(authority.key), forge.md.sha256.create())
  return { certificate: forge.pki.certificateToPem(certificate), key }
}

/** API servers at all control planes, ingress controllers at all workers; each answers with the address it was asked at. */
const serversScript = `
const { createServer } = require('node:http')
const https = require('node:https')
const { readFileSync } = require('node:fs')
const notReady = () => { try { return readFileSync('/run/not-ready', 'utf8').split('\\n') } catch { return [] } }
for (const { address, port, directory } of JSON.parse(process.argv[1])) {
  const answer = (request, response) => {
    const ready = request.url !== '/readyz' || !notReady().includes(address)
    response.writeHead(ready ? 200 : 500, { connection: 'close' }).end(address + '\\n')
  }
  const server = directory
    ? https.createServer({ cert: readFileSync(directory + '/certificate'), key: readFileSync(directory + '/key') }, answer)
    : createServer(answer)
  server.listen(port, address)
}
`

/** Says with each line that it gets where the connection came from, as seen from here. */
const echoScript = `
const [address, port] = process.argv.slice(1)
require('node:net').createServer((socket) => {
  socket.on('error', () => {})
  socket.on('data', () => socket.write(socket.remoteAddress + ':' + socket.remotePort + '\\n'))
}).listen(Number(port), address)
`

/** @param cluster with two load balancers of their own */
export async function openRack(cluster: Cluster): Promise<Rack> {
  const network = await openNetwork()
  try {
    return await buildRack(cluster, network)
  } catch (error) {
    await network.close()
    throw error
  }
}

async function buildRack(cluster: Cluster, network: Awaited<ReturnType<typeof openNetwork>>): Promise<Rack> {
  const { prefixLength, gateway, subnet, subnet6 } = cluster.network
  const onSubnet = (address: string) => `${address}/${prefixLength}`
  const base = subnet.replace(/\.\d+\/.*$/, '')

  const router = await network.machine('router')
  await router.connect({ name: 'eth0', addresses: [onSubnet(gateway), `${outside.address}/32`] })
  router.start(['node', '-e', echoScript, outside.address, String(outside.port)])

  const servers = await network.machine('servers')
  const machines = [...cluster.controlPlanes, ...cluster.workers]
  await servers.connect({ name: 'eth0', addresses: machines.map(({ address }) => onSubnet(address)) })
  await startServers(cluster, servers)

  const client = async (last: number) => {
    const machine = await network.machine(`client-${last}`)
    await machine.connect({
      name: 'eth0',
      addresses: [onSubnet(`${base}.${last}`), ...(subnet6 ? [subnet6.replace('::/', `::${last}/`)] : [])],
      gateway: cluster.loadBalancing?.sourceAddress ?? gateway,
    })
    return machine
  }
  const clients = [await client(50), await client(51)] as const
  const [first, second] = cluster.balancers
  if (!first || !second) throw new Error('the cluster has less than two load balancers')
  const balancers = [
    await openBalancer(cluster, first, network),
    await openBalancer(cluster, second, network),
  ] as const
  return { balancers, clients, servers, router, close: () => network.close() }
}

async function startServers(cluster: Cluster, servers: NamespacedMachine): Promise<void> {
  const kinds = { '/run/api-server': ['kubernetes', 'kubernetes.default'], '/run/impostor': ['worker'] }
  for (const [directory, names] of Object.entries(kinds)) {
    const { certificate, key } = certificateFor(cluster.secrets, names)
    await servers.put(`${directory}/certificate`, certificate)
    await servers.put(`${directory}/key`, key)
  }
  const lastControlPlane = cluster.controlPlanes.at(-1)
  const { ingress } = cluster.loadBalancing ?? {}
  const list = cluster.controlPlanes.map((machine) => ({
    address: machine.address,
    port: 6443,
    // One has a certificate of the cluster, but not that of an API server.
    directory: machine === lastControlPlane ? '/run/impostor' : '/run/api-server',
  }))
  const workers = cluster.workers.flatMap(({ address }) => [
    { address, port: ingress?.workerHttpPort },
    { address, port: ingress?.workerHttpsPort },
  ])
  servers.start(['node', '-e', serversScript, JSON.stringify([...list, ...workers])])
}

export async function openBalancer(
  cluster: Cluster,
  machine: Machine,
  network: Awaited<ReturnType<typeof openNetwork>>,
): Promise<Balancer> {
  const space = await network.machine(machine.name)
  const assembly = assembleBalancer(cluster, machine)
  for (const file of assembly.files) await space.put(file.path, textOf(file.content), file.mode)
  const settings: string[] = []
  for (const { key, value } of assembly.declared.sysctls)
    // Others, and what only the first network namespace has, are not ours to set.
    if (/^net\.ipv[46]\./.test(key)) settings.push(`${key} = ${value}`)
  const mac = machine.macs[0].replaceAll('-', ':')
  // Not eth0: the name must come from the MAC.
  const addresses = [`${machine.address}/${cluster.network.prefixLength}`]
  await space.connect({ name: 'lan7', mac, addresses, gateway: cluster.network.gateway })
  await space.ask(['sysctl', '--quiet', '--load=-'], `${settings.join('\n')}\n`)
  if (assembly.files.some(({ path }) => path === rules)) await space.ask(['nft', '-f', rules])
  await space.ask(['/usr/libexec/hakube/find-interface'])
  const started: [string, Running][] = []
  const start = (...command: string[]) => {
    const running = space.start(command)
    started.push([command.join(' '), running])
    return running
  }
  const startHaproxy = async () => {
    // As leader of a group, to be killed with its workers at once.
    start('setsid', 'haproxy', '-W', '-f', '/etc/haproxy/haproxy.cfg', '-p', '/run/haproxy.pid')
  }
  await startHaproxy()
  if (assembly.files.some(({ path }) => path === synced)) {
    await space.ask(['/usr/libexec/hakube/configure-conntrackd'])
    start('conntrackd', '-C', '/run/hakube/conntrackd.conf')
  }
  const configures = assembly.files.some(({ path }) => path === configureKeepalived)
  if (configures) await space.ask([configureKeepalived])
  const configuration = configures ? ['--use-file', '/run/hakube/keepalived.conf'] : []
  start('keepalived', '--dont-fork', '--log-console', '--log-detail', ...configuration)
  return {
    ...space,
    machine,
    startHaproxy,
    checks: new Map(assembly.checks.map(({ name, script }) => [name, textOf(script)])),
    async killHaproxy() {
      await space.ask(['bash', '-c', 'kill -KILL -- -$(</run/haproxy.pid) && rm /run/haproxy.pid'])
    },
    async holds(address) {
      return (await space.ask(['ip', '-o', 'address', 'show', 'to', address])) !== ''
    },
    logs: () =>
      started.map(([program, running]) => `== ${machine.name}: ${program}\n${running.output()}`).join('\n'),
  }
}
