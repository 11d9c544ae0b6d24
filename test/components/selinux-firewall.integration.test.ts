import { withSystem } from '../example.ts'
import { expect, it } from 'vitest'
import type { Port } from '../../src/assembly/component.ts'
import { describeWith } from '../prerequisites.ts'
import { inOverlay } from '../support/overlay.ts'
import { assembleHost, changedCluster, treeOf } from './host.ts'

const ports: Port[] = [
  { protocol: 'tcp', port: 6443, purpose: 'API' },
  { protocol: 'tcp', port: 30_000, lastPort: 30_002, purpose: 'a range' },
  { protocol: 'tcp', port: 2379, sources: ['10.0.0.2'], purpose: 'etcd' },
  { protocol: 'udp', port: 8472, purpose: 'VXLAN' },
  { protocol: 'vrrp', sources: ['10.0.0.2'], purpose: 'keepalived' },
  // As the profile may open them: ports of a range that is open already, and sources that lie in each other.
  { protocol: 'tcp', port: 30_001, purpose: 'in the range' },
  { protocol: 'tcp', port: 30_002, lastPort: 30_002, purpose: 'one port as a range' },
  { protocol: 'sctp', port: 5000, sources: ['10.0.0.0/24', '10.0.0.2'], purpose: 'another protocol' },
]

/**
 * There is no systemd here: what it would do is done by the tests, and what the step asks of it is written down. The path stands
 * before that of the real one.
 */
const systemctl = { text: '#!/bin/sh\necho "systemctl $*"\n', mode: 0o755 }

const listening = [22, 2379, 6443, 7777, 30_001, 30_003]

/** A second namespace with two addresses and one of a pod, and a server that answers on all of `listening`. */
const network = `
set -euo pipefail
unshare --net sleep 600 &
client=$!
until other=$(readlink "/proc/$client/ns/net") && [[ $other != $(readlink /proc/self/ns/net) ]]; do sleep 0.05; done
ip link add server type veth peer name client netns "$client"
ip address add 10.0.0.1/24 dev server
ip link set server up
in_client() { nsenter --target "$client" --net "$@"; }
in_client ip link set client up
for address in 10.0.0.2/24 10.0.0.3/24 10.244.1.7/16; do in_client ip address add "$address" dev client; done
ip route add 10.244.0.0/16 dev server
cat >/tmp/server.mjs <<'END'
import { createServer } from 'node:net'
for (const port of ${JSON.stringify(listening)})
  createServer((socket) => socket.end('here\\n')).listen(port, '0.0.0.0')
END
cat >/tmp/ask.mjs <<'END'
import { connect } from 'node:net'
const [port, from] = process.argv.slice(2)
const socket = connect({ host: '10.0.0.1', port: Number(port), localAddress: from, timeout: 700 })
const say = (text) => { console.log(from, port, text); socket.destroy() }
socket.on('data', () => say('open')).on('timeout', () => say('closed')).on('error', (error) => say(error.code))
END
node=${process.execPath}
"$node" /tmp/server.mjs &
until ss -ltn | grep -q ':${listening.at(-1)} '; do sleep 0.1; done
ask() { in_client "$node" /tmp/ask.mjs "$1" "$2" & }
`

describeWith({ root: true, linux: true, programs: ['nft', 'unshare', 'ip', 'ss'] }, 'nftables', () => {
  // With a plugin that hakube knows, packets of pods are taken from its interfaces only: pod-firewall.integration.test.ts.
  const cluster = changedCluster((profile) => {
    profile.networkPlugin = { name: 'other' }
  }, 'load-balancers-on-control-planes')
  const tree = { ...treeOf(assembleHost(cluster, { ports })), '/usr/local/sbin/systemctl': systemctl }

  it('answers on declared ports and on no others, and leaves the tables of others alone', () => {
    const { output } = inOverlay(
      tree,
      `${network}
      nft add table ip kube-proxy
      /steps/selinux-firewall
      nft -f /etc/hakube/firewall.nft
      nft -f /etc/hakube/firewall.nft
      nft list tables
      for port in ${listening.join(' ')}; do ask "$port" 10.0.0.3; done
      ask 2379 10.0.0.2
      ask 7777 10.244.1.7
      wait $(jobs -p | tail -n 8) || true
      nft delete table inet hakube
      ask 7777 10.0.0.3
      wait $!`,
    )
    expect(output.trim().split('\n').toSorted()).toMatchInlineSnapshot(`
      [
        "10.0.0.2 2379 open",
        "10.0.0.3 22 open",
        "10.0.0.3 2379 closed",
        "10.0.0.3 30001 open",
        "10.0.0.3 30003 closed",
        "10.0.0.3 6443 open",
        "10.0.0.3 7777 closed",
        "10.0.0.3 7777 open",
        "10.244.1.7 7777 open",
        "systemctl daemon-reload",
        "systemctl restart hakube-firewall.service",
        "table inet hakube",
        "table ip kube-proxy",
      ]
    `)
  })

  it('reports the line of a mistake before anything changes', () => {
    const broken = { ...tree, '/etc/hakube/firewall.nft': 'table inet hakube {\n  nonsense\n}\n' }
    const { status, output } = inOverlay(broken, '/steps/selinux-firewall')
    expect(status).not.toBe(0)
    expect(output).toContain('/etc/hakube/firewall.nft:2:')
  })

  it('is loaded by a unit that systemd accepts', () => {
    const { units } = assembleHost(cluster, { ports })
    const unit = units.find(({ name }) => name === 'hakube-firewall.service')?.content
    const text = typeof unit === 'string' ? unit : (unit?.text ?? '')
    const { status, output } = inOverlay(
      { ...tree, '/etc/systemd/system/hakube-firewall.service': text },
      'systemd-analyze verify --man=no /etc/systemd/system/hakube-firewall.service',
    )
    expect({ status, output }).toEqual({ status: 0, output: '' })
  })
})

describeWith(
  { root: true, linux: true, programs: ['firewalld', 'firewall-offline-cmd', 'firewall-cmd', 'dbus-daemon'] },
  'firewalld',
  () => {
    const cluster = changedCluster((profile) => {
      delete profile.selinux
    })
    // Without SELinux: this machine's kernel has none.
    const withoutSelinux = withSystem(cluster, { selinux: null })

    it('reads the zones, and the check passes', () => {
      const worker = withoutSelinux.machines.find(({ role }) => role === 'worker')
      const { output } = inOverlay(
        {
          ...treeOf(assembleHost(withoutSelinux, { ports }, worker)),
          '/usr/local/sbin/systemctl': systemctl,
        },
        `set -euo pipefail
        /steps/selinux-firewall
        /steps/selinux-firewall
        firewall-offline-cmd --check-config
        mkdir -p /run/dbus
        dbus-daemon --system --fork
        firewalld --nofork --nopid >/tmp/log 2>&1 &
        for try in {1..100}; do firewall-cmd --state >/dev/null 2>&1 && break; sleep 0.1; done
        firewall-cmd --zone=hakube --list-all | sort
        firewall-cmd --zone=hakube-pods --list-all | sort
        /checks/selinux-firewall && echo checked
        firewall-cmd --zone=hakube --remove-port=6443/tcp
        firewall-cmd --set-default-zone=public
        /checks/selinux-firewall || echo "status $?"`,
      )
      expect(output).toMatchInlineSnapshot(`
        "success
        systemctl daemon-reload
        systemctl restart firewalld.service
        systemctl daemon-reload
        systemctl restart firewalld.service
        	rule family="ipv4" source address="10.0.0.0/24" port port="5000" protocol="sctp" accept
        	rule family="ipv4" source address="10.0.0.2" port port="2379" protocol="tcp" accept
        	rule family="ipv4" source address="10.0.0.2" protocol value="vrrp" accept
          forward-ports: 
          forward: no
          icmp-block-inversion: no
          icmp-blocks: 
          interfaces: 
          masquerade: no
          ports: 6443/tcp 30000-30002/tcp 8472/udp
          protocols: 
          rich rules: 
          services: ssh
          source-ports: 
          sources: 
          target: default
        hakube
          forward-ports: 
          forward: no
          icmp-block-inversion: no
          icmp-blocks: 
          interfaces: 
          masquerade: no
          ports: 
          protocols: 
          rich rules: 
          services: 
          source-ports: 
          sources: 10.244.0.0/16
          target: ACCEPT
        hakube-pods (active)
        checked
        success
        success
        firewalld's default zone is public, not hakube
        firewalld has not opened port=6443/tcp
        status 1
        "
      `)
    })
  },
)
