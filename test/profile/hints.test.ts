import { describe, expect, it } from 'vitest'
import { parse, stringify } from 'yaml'
import type { Path } from '../../src/diagnostics/diagnostic.ts'
import { parseProfile } from '../../src/profile/load.ts'
import { valueAt } from '../../src/text/data.ts'
import { good, mistakes, replace } from './mistakes.ts'

/** The good profile in another subnet than that of the examples of the schema. */
const elsewhere = good.replaceAll('10.10.10.', '172.20.5.')

const hints = (...changes: [from: string, to: string][]): (string | undefined)[] =>
  parseProfile(replace(elsewhere, ...changes), 'profile.yaml').diagnostics.map(({ hint }) => hint)

describe('hints with an example', () => {
  it.each<[what: string, from: string, to: string, hint: string]>([
    [
      'an address of a machine that is missing',
      '    address: 172.20.5.16\n',
      '',
      'write address: 172.20.5.16 (Address of the machine in network.subnet)',
    ],
    [
      'an address of a machine without a value',
      'address: 172.20.5.14',
      'address:',
      'write address: 172.20.5.17 (Address of the machine in network.subnet)',
    ],
    [
      'a name that is missing',
      '  - name: worker-1\n    role: worker',
      '  - role: worker',
      'write name: worker-1 (Host name: one lowercase label (RFC 1123))',
    ],
    ['a gateway that is missing', '  gateway: 172.20.5.1\n', '', 'write gateway: 172.20.5.1 (Default route)'],
    [
      'a subnet that is missing',
      '  subnet: 172.20.5.0/24\n',
      '',
      'write subnet: 172.20.5.0/24 (The network of the machines)',
    ],
    [
      'name servers that are missing',
      '  nameServers: [172.20.5.1]\n',
      '',
      'write nameServers: ["172.20.5.1"] (DNS servers)',
    ],
    [
      'a server that is missing',
      'server: http://172.20.5.5:8080\n',
      '',
      'write server: http://172.20.5.17:8080 (URL at which machines reach `hakube serve`. Use an IP address, because installers may not have DNS yet)',
    ],
    [
      'a virtual address that is missing',
      '  ingress:\n    address: 172.20.5.20\n',
      '  ingress: {}\n',
      'write address: 172.20.5.18 (Virtual address of the ingress, or a list of them)',
    ],
    [
      'a server that is none',
      'http://172.20.5.5:8080',
      'ftp://172.20.5.5',
      'write e.g. http://172.20.5.17:8080, with the address of the machine that runs hakube serve',
    ],
    [
      'an address that is none',
      'address: 172.20.5.16',
      'address: here!',
      'write four numbers from 0 to 255, e.g. 172.20.5.16',
    ],
    [
      'an address that is used twice',
      'address: 172.20.5.16',
      'address: 172.20.5.15',
      'give each its own address, e.g. 172.20.5.16',
    ],
    [
      'an address outside',
      'address: 172.20.5.16',
      'address: 10.0.0.16',
      'write an address of 172.20.5.0/24, e.g. 172.20.5.16, or widen the subnet; the subnet of another rack belongs in network.subnets, an address in an additional network in addresses',
    ],
    [
      'the network address',
      'address: 172.20.5.16',
      'address: 172.20.5.0',
      'write another address of the subnet, e.g. 172.20.5.16',
    ],
    [
      'a subnet without its length',
      'subnet: 172.20.5.0/24',
      'subnet: 172.20.5.0',
      'write the prefix length as well, e.g. 172.20.5.0/24',
    ],
    [
      'a subnet that is none',
      'subnet: 172.20.5.0/24',
      'subnet: 172.20.5.0/240',
      'write an address and a prefix length from 0 to 32, e.g. 172.20.5.0/24',
    ],
    [
      'a subnet without room',
      'subnet: 172.20.5.0/24',
      'subnet: 172.20.5.0/31',
      'write the network of the machines, e.g. 172.20.5.0/24',
    ],
    [
      'a subnet that nobody is in',
      'subnet: 172.20.5.0/24',
      'subnet: 10.10.10.0/24',
      'write their network, e.g. 172.20.5.0/24',
    ],
  ])('%s', (_what, from, to, hint) => {
    expect(hints([from, to])).toEqual([hint])
  })

  it('shows a different address for each of several machines', () => {
    expect(hints(['    address: 172.20.5.16\n', ''], ['    address: 172.20.5.14\n', ''])).toEqual([
      'write address: 172.20.5.16 (Address of the machine in network.subnet)',
      'write address: 172.20.5.17 (Address of the machine in network.subnet)',
    ])
  })

  it('shows a low address if the top of the subnet is in use', () => {
    expect(
      hints(['address: 172.20.5.16', 'address: 172.20.5.254'], ['address: 172.20.5.15', 'address: here!']),
    ).toEqual(['write four numbers from 0 to 255, e.g. 172.20.5.2'])
  })

  it('suggests a network that the profile does not use', () => {
    expect(mistakes(['  version: "1.36.4"\n', '  version: "1.36.4"\n  podNetwork: 10.96.0.0/16\n']))
      .toMatchInlineSnapshot(`
      "profile.yaml:45:15: error[network/overlap]: the pod network 10.96.0.0/16 overlaps the service network 10.96.0.0/16, the default [$.kubernetes.podNetwork]
         45 |   podNetwork: 10.96.0.0/16
            |               ^^^^^^^^^^^^
        hint: set kubernetes.serviceNetwork to another network, e.g. 10.244.0.0/16; a machine cannot tell to which of the two an address belongs
      "
    `)
  })
})

const wide = `${good}
containerRuntime: {name: containerd}
firewall: {enabled: true, ports: [7946/udp, {name: x, protocol: tcp, ports: [9100], sources: [10.10.10.0/24], roles: [worker], machines: [worker-1]}]}
mirrors: {distribution: "http://10.10.10.7/x", images: {docker.io: "http://10.10.10.7:5000"}}
roles: {worker: {labels: {a: b}, taints: ["a=b:NoSchedule"], kubeletArguments: {max-pods: "100"}, sysctls: {vm.swappiness: 1}}}
files: [{path: /etc/motd, content: x}]
commands: [{name: x, run: "true"}]
packages: [tcpdump]
limits: [{domain: "*", type: soft, item: nofile, value: 1000}]
networkPlugin: {name: calico, manifest: {path: calico.yaml, sha256: "${'0'.repeat(64)}"}}
kernel: {modules: [br_netfilter], arguments: [mitigations=auto]}
secrets: {keyBits: 2048}
`

function* placesOf(value: unknown, path: Path = []): Generator<Path> {
  if (path.length > 0) yield path
  if (typeof value !== 'object' || value === null) return
  for (const [key, each] of Object.entries(value))
    yield* placesOf(each, [...path, Array.isArray(value) ? Number(key) : key])
}

describe('one mistake, one message', () => {
  const profile: unknown = parse(wide)
  const places = [...placesOf(profile)]

  it('has a valid profile to start from', () => {
    expect(parseProfile(wide, 'profile.yaml').diagnostics).toEqual([])
  })

  const wrongs: { wrong: unknown }[] = [7, true, null, [], 'zz', [[1]], 1.5].map((wrong) => ({ wrong }))
  it.each(wrongs)('reports $wrong once in each place of a profile', ({ wrong }) => {
    const several = places.flatMap((path) => {
      const copy: unknown = structuredClone(profile)
      const parent = valueAt(copy, path.slice(0, -1))
      if (typeof parent !== 'object' || parent === null) throw new Error(`nothing at ${path.join('.')}`)
      Reflect.set(parent, path.at(-1) ?? '', wrong)
      const { diagnostics } = parseProfile(stringify(copy), 'profile.yaml')
      const refused = diagnostics.filter(({ code }) => code.startsWith('schema/'))
      // What the schema takes is for the rules: a wrong role has many consequences.
      if (refused.length === 0 || diagnostics.length === 1) return []
      return [{ path: path.join('.'), found: diagnostics.map(({ code, message }) => `${code}: ${message}`) }]
    })
    expect(several).toEqual([])
  })
})
