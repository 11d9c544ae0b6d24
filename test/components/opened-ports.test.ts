import { describe, expect, it } from 'vitest'
import { assemble } from '../../src/assembly/assemble.ts'
import { components } from '../../src/components/index.ts'
import { sshPorts } from '../../src/components/ssh-ports.ts'
import type { Profile } from '../../src/profile/schema.ts'
import { changedCluster, fileText, machineOf } from './host.ts'

/** The rules of a machine for ports, as they are rendered for nftables. */
function rulesOf(change: (profile: Profile) => void, machine = 'k8s-node-01'): string[] {
  const cluster = changedCluster(change, 'load-balancers-on-control-planes')
  const assembly = assemble(components, cluster, machineOf(cluster, machine))
  const text = fileText(assembly, '/etc/hakube/firewall.nft')
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => / dport .* accept$/.test(line))
}

const usual = (machine?: string) => new Set(rulesOf(() => {}, machine))

/** What a change opens and closes. */
function changes(change: (profile: Profile) => void, machine?: string): string[] {
  const before = usual(machine)
  const after = new Set(rulesOf(change, machine))
  return [
    ...[...after].filter((rule) => !before.has(rule)).map((rule) => `+ ${rule}`),
    ...[...before].filter((rule) => !after.has(rule)).map((rule) => `- ${rule}`),
  ]
}

const kubelet =
  (list: Record<string, string>) =>
  (profile: Profile): void => {
    profile.kubeletArguments = list
  }

const inside = 'ip saddr { 10.0.3.0/24, 10.244.0.0/16 }'

const ofMachine = (profile: Profile): void => {
  profile.machines.find(({ name }) => name === 'k8s-node-01')!.kubeletArguments = {
    'read-only-port': '10255',
  }
}

const ofRole = (profile: Profile): void => {
  profile.roles = { 'control-plane': { kubeletArguments: { 'read-only-port': '10255' } } }
}

const measured = (profile: Profile): void => {
  profile.kubernetes.controllerManagerArguments = { 'bind-address': '0.0.0.0' }
  profile.kubernetes.schedulerArguments = { 'bind-address': '0.0.0.0' }
}

const moved = (profile: Profile): void => {
  profile.files = [{ path: '/etc/ssh/sshd_config.d/10-port.conf', content: 'Port 2222\n' }]
}

const own = (profile: Profile): void => {
  profile.firewall = {
    ports: [
      '7946/udp',
      9100,
      '8000-8010/sctp',
      {
        name: 'etcd-metrics',
        ports: 2381,
        roles: ['control-plane'],
        sources: ['10.0.3.9', '10.0.3.0/24'],
      },
      { ports: [5000, '6000-6001'], machines: ['k8s-node-01'], sources: ['10.0.3.9/32', 'fd00::/64'] },
      { ports: 7000, roles: ['control-plane'], machines: ['k8s-node-02'] },
    ],
  }
}

const portsOf = (path: string, content: string): number[] =>
  sshPorts([{ path, content, mode: '0644', owner: 'root:root', secret: false }])
const dropIn = '/etc/ssh/sshd_config.d/50-port.conf'

describe('the firewall follows the profile', () => {
  it('opens the range of node ports', () => {
    expect(
      changes((profile) => {
        profile.kubernetes.apiServerArguments = { 'service-node-port-range': '20000-22767' }
      }),
    ).toEqual([
      '+ tcp dport 20000-22767 accept',
      '+ udp dport 20000-22767 accept',
      '- tcp dport 30000-32767 accept',
      '- udp dport 30000-32767 accept',
    ])
    expect(
      changes((profile) => {
        profile.kubernetes.apiServerArguments = { 'service-node-port-range': '30080' }
      }).slice(0, 2),
    ).toEqual(['+ tcp dport 30080 accept', '+ udp dport 30080 accept'])
  })

  it.each<[Record<string, string>, string[]]>([
    [{ port: '10260' }, [`+ ${inside} tcp dport 10260 accept`, `- ${inside} tcp dport 10250 accept`]],
    [{ 'read-only-port': '10255' }, [`+ ${inside} tcp dport 10255 accept`]],
    [{ 'read-only-port': '0' }, []],
    [{ 'healthz-bind-address': '0.0.0.0' }, [`+ ${inside} tcp dport 10248 accept`]],
    [{ 'healthz-bind-address': '127.0.0.1' }, []],
    [{ 'max-pods': '200' }, []],
  ])('opens the ports of the kubelet with %j', (list, expected) => {
    expect(changes(kubelet(list))).toEqual(expected)
  })

  it('opens the ports of the kubelet of one machine, or of one role', () => {
    expect(changes(ofMachine)).toEqual([`+ ${inside} tcp dport 10255 accept`])
    expect(changes(ofMachine, 'k8s-node-02')).toEqual([])
    expect(changes(ofRole)).toEqual([])
    expect(changes(ofRole, 'k8s-master-02')).toEqual([`+ ${inside} tcp dport 10255 accept`])
  })

  it('opens the ports of controller manager and scheduler for metrics', () => {
    expect(changes(measured, 'k8s-master-01')).toEqual([
      `+ ${inside} tcp dport 10257 accept`,
      `+ ${inside} tcp dport 10259 accept`,
    ])
    expect(changes(measured)).toEqual([])
  })

  it('opens the port to which a drop-in moves sshd, and keeps port 22 open until sshd has read it', () => {
    expect(changes(moved)).toEqual(['+ tcp dport 2222 accept'])
    expect(rulesOf(moved)).toContain('tcp dport 22 accept')
  })

  it('opens ports for all machines, for roles, and for single machines', () => {
    expect(changes(own)).toEqual([
      '+ sctp dport 8000-8010 accept',
      '+ ip saddr { 10.0.3.9 } tcp dport 5000 accept',
      '+ ip6 saddr { fd00::/64 } tcp dport 5000 accept',
      '+ ip saddr { 10.0.3.9 } tcp dport 6000-6001 accept',
      '+ ip6 saddr { fd00::/64 } tcp dport 6000-6001 accept',
      '+ tcp dport 9100 accept',
      '+ udp dport 7946 accept',
    ])
    expect(changes(own, 'k8s-node-02')).toContain('+ tcp dport 7000 accept')
    // A source that lies in another: nft takes no set whose members overlap.
    expect(changes(own, 'k8s-master-01')).toContain('+ ip saddr { 10.0.3.0/24 } tcp dport 2381 accept')
  })

  it('merges overlapping ranges', () => {
    expect(
      changes((profile) => {
        profile.firewall = { ports: ['30080/tcp', '32000-33000/tcp', '32768-32800/udp'] }
      }),
    ).toEqual([
      '+ tcp dport 30000-33000 accept',
      '+ udp dport 32768-32800 accept',
      '- tcp dport 30000-32767 accept',
    ])
  })

  it('names their purpose', () => {
    const cluster = changedCluster((profile) => {
      profile.firewall = { ports: [{ name: 'node-exporter', ports: 9100 }, '9200/tcp'] }
      profile.distribution = { name: 'rocky', version: '9' }
    }, 'load-balancers-on-control-planes')
    const zone = fileText(
      assemble(components, cluster, machineOf(cluster, 'k8s-node-01')),
      '/etc/firewalld/zones/hakube.xml',
    )
    expect(zone).toContain(
      '  <!-- opened by the profile: node-exporter -->\n  <port protocol="tcp" port="9100"/>\n  <!-- opened by the profile -->\n  <port protocol="tcp" port="9200"/>\n',
    )
  })

  it('can be disabled in the mapping too', () => {
    const cluster = changedCluster((profile) => {
      profile.firewall = { enabled: false, ports: ['9100/tcp'] }
    }, 'load-balancers-on-control-planes')
    const { files } = assemble(components, cluster, machineOf(cluster, 'k8s-node-01'))
    expect(files.map(({ path }) => path)).not.toContain('/etc/hakube/firewall.nft')
  })
})

describe('where sshd listens', () => {
  it.each<[string, string, number[]]>([
    [dropIn, 'Port 2222', [2222]],
    [dropIn, 'Port 22', []],
    [dropIn, 'Port 2222\nPort 22\n  port=2022\nPORT "2200"', [2022, 2200, 2222]],
    [dropIn, '#Port 2222\n# Port 2223', []],
    [
      dropIn,
      'ListenAddress 10.0.0.1:2222\nListenAddress [fd00::1]:2223\nListenAddress fd00::2',
      [2222, 2223],
    ],
    [dropIn, 'PermitRootLogin no\nMatch User ops\n  Port 2222', []],
    [dropIn, 'GatewayPorts yes\nPort 70000\nPort none', []],
    ['/etc/ssh/sshd_config', 'Port 2222\r\n', [2222]],
    ['/etc/ssh/sshd_config.d/50-port', 'Port 2222', []],
    ['/etc/ssh/ssh_config.d/50-port.conf', 'Port 2222', []],
    [
      '/etc/systemd/system/ssh.socket.d/port.conf',
      '[Socket]\nListenStream=\nListenStream=2222\nListenStream=[::]:2223',
      [2222, 2223],
    ],
    [
      '/etc/systemd/system/sshd.socket',
      '[Socket]\nListenStream=/run/ssh\nListenStream = 0.0.0.0:2222',
      [2222],
    ],
  ])('%s: %j', (path, content, ports) => {
    expect(portsOf(path, content)).toEqual(ports)
  })
})
