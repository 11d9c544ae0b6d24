import { expect, it } from 'vitest'
import type { NetworkPluginName } from '../../src/profile/schema.ts'
import { podFirewall } from '../../src/components/pod-firewall.ts'
import { networkPlugin } from '../../src/components/network-plugin.ts'
import { selinuxFirewall } from '../../src/components/selinux-firewall.ts'
import { describeWith } from '../prerequisites.ts'
import { assembleOnly } from '../support/assemble-only.ts'
import { inOverlay, type Tree } from '../support/overlay.ts'
import { changedCluster, declares, machineOf, treeOf } from './host.ts'

/**
 * One switch with a node, another node and a stranger. Node 10.0.3.21 has two pods behind `cali1` and `cali2`, a node port, a host
 * port, a service and an address that a load balancer gave to it, all as kube-proxy and portmap write them; node 10.0.3.22 has the pod
 * 10.244.2.9 behind a tunnel. The stranger is what anyone can be who has a cable: with routes through the node, the addresses of
 * pods, and a tunnel of its own.
 */
const network = `
set -euo pipefail
node=${process.execPath}
declare -A inside
make() { unshare --net sleep 120 & inside[$1]=$!; until [[ $(readlink /proc/$!/ns/net) != $(readlink /proc/self/ns/net) ]]; do sleep 0.05; done; in_ $1 ip link set lo up; }
in_() { local name=$1; shift; if [[ $name == node ]]; then "$@"; else nsenter --target "\${inside[$name]}" --net "$@"; fi; }
for name in lan other stranger pod pod2 far; do make $name; done
in_ lan ip link add switch type bridge
in_ lan ip link set switch up
plug() { # NAME MAC ADDRESS
  ip link add card-$1 type veth peer name lan-$1
  ip link set lan-$1 netns "\${inside[lan]}"
  in_ lan ip link set lan-$1 master switch up
  if [[ $1 != node ]]; then ip link set card-$1 netns "\${inside[$1]}"; fi
  in_ $1 ip link set card-$1 address $2 up
  in_ $1 ip address add $3/24 dev card-$1
}
plug node 52:54:00:00:03:21 10.0.3.21
plug other 52:54:00:00:03:22 10.0.3.22
plug stranger 52:54:00:99:99:99 10.0.3.99
pod() { # NAME OF ITS NODE, INTERFACE, ITS ADDRESS
  ip link add inner-$1 type veth peer name $3
  ip link set inner-$1 netns "\${inside[$1]}" name eth0
  if [[ $2 != node ]]; then ip link set $3 netns "\${inside[$2]}"; fi
  in_ $2 ip link set $3 address ee:ee:ee:ee:ee:ee up
  in_ $2 ip route add $4 dev $3
  in_ $2 sysctl -qw net.ipv4.ip_forward=1
  in_ $1 ip link set eth0 up
  in_ $1 ip address add $4/32 dev eth0
  in_ $1 ip route add 169.254.1.1 dev eth0
  in_ $1 ip neigh add 169.254.1.1 lladdr ee:ee:ee:ee:ee:ee dev eth0
  in_ $1 ip route add default via 169.254.1.1
}
pod pod node cali1 10.244.1.7
pod pod2 node cali2 10.244.1.8
pod far other cali3 10.244.2.9
ip route add default via 10.0.3.99
tunnel() { # NAME, THE OTHER END, ITS OWN ADDRESS, ITS POD NETWORK
  in_ $1 ip link add flannel.1 type vxlan id 1 remote $2 dstport "\${vxlan:-8472}" dev card-$1
  in_ $1 ip link set flannel.1 up
  in_ $1 ip address add $3/32 dev flannel.1
  in_ $1 sysctl -qw net.ipv4.conf.flannel/1.proxy_arp=1 net.ipv4.ip_forward=1
}
tunnel node 10.0.3.22 10.244.1.0
tunnel other 10.0.3.21 10.244.2.0
ip route add 10.244.2.0/24 dev flannel.1 src 10.244.1.0
in_ other ip route add 10.244.1.0/24 dev flannel.1 src 10.244.2.0
in_ stranger ip route add 10.244.0.0/16 via 10.0.3.21
in_ stranger ip route add 10.96.0.0/16 via 10.0.3.21
in_ stranger ip address add 10.244.9.77/32 dev lo
nft -f - <<'END'
table ip kube {
  chain prerouting {
    type nat hook prerouting priority -100;
    jump services
  }
  chain output {
    type nat hook output priority -100;
    jump services
  }
  chain services {
    ip daddr 10.0.3.21 tcp dport 30001 dnat to 10.244.1.7:80
    ip daddr 10.0.3.21 tcp dport 8081 dnat to 10.244.1.8:80
    ip daddr { 10.96.0.50, 10.0.3.50 } tcp dport 80 dnat to 10.244.1.7:80
  }
}
END
ip address add 10.0.3.50/32 dev card-node
cat >/tmp/server.mjs <<'END'
import { createServer } from 'node:net'
for (const port of process.argv.slice(2)) createServer((socket) => socket.end('here\\n')).listen(Number(port), '0.0.0.0')
END
serve() { local name=$1; shift; in_ $name "$node" /tmp/server.mjs "$@" & until in_ $name ss -ltn | grep -q ":\${!#} "; do sleep 0.1; done; }
# As the plugins do it (FLANNELD_IP_MASQ, natOutgoing, enable-ipv4-masquerade).
in_ other nft -f - <<'END'
table ip of_plugin {
  chain postrouting {
    type nat hook postrouting priority 100;
    ip saddr 10.244.0.0/16 ip daddr != 10.244.0.0/16 masquerade
  }
}
END
serve node 7777 10250
serve pod 80
serve pod2 80
serve stranger 9000
cat >/tmp/ask.mjs <<'END'
import { connect } from 'node:net'
const asks = process.argv.slice(2).map((text) => text.split(' '))
for (const line of await Promise.all(asks.map(([what, host, port, from]) => new Promise((done) => {
  const socket = connect({ host, port: Number(port), ...(from ? { localAddress: from } : {}), timeout: 1000 })
  const say = (text) => { done(what + ' ' + text); socket.destroy() }
  socket.on('data', () => say('open')).on('timeout', () => say('closed')).on('error', (error) => say(error.code))
})))) console.log(line)
END
ask() { local name=$1; shift; in_ $name "$node" /tmp/ask.mjs "$@"; }
all() {
  ask stranger 'stranger→node-port 10.0.3.21 30001' 'stranger→host-port 10.0.3.21 8081' 'stranger→load-balancer-address 10.0.3.50 80' \\
    'stranger→pod 10.244.1.7 80 10.0.3.99' 'stranger→service 10.96.0.50 80 10.0.3.99' 'stranger→closed 10.0.3.21 7777' \\
    'stranger-as-pod→closed 10.0.3.21 7777 10.244.9.77' 'stranger-as-pod→pod 10.244.1.7 80 10.244.9.77'
  ask pod2 'pod→service 10.96.0.50 80'
  ask pod 'pod→pod 10.244.1.8 80' 'pod→node 10.0.3.21 7777' 'pod→stranger 10.0.3.99 9000'
  ask node 'node→service 10.96.0.50 80' 'node→pod 10.244.1.8 80'
  ask other 'other-node→pod 10.244.1.7 80' 'other-node→node-port 10.0.3.21 30001'
  ask far 'far-pod→pod 10.244.1.7 80' 'far-pod→node 10.0.3.21 10250'
  # The network plugin routes by the card, without a tunnel.
  in_ other ip route replace 10.244.1.0/24 via 10.0.3.21
  ip route replace 10.244.2.0/24 via 10.0.3.22
  ask other 'other-node→pod-by-card 10.244.1.7 80'
  ask far 'far-pod→pod-by-card 10.244.1.7 80'
  # A tunnel of the stranger's own.
  ip route replace 10.244.2.0/24 dev flannel.1 src 10.244.1.0
  tunnel stranger 10.0.3.21 10.244.2.78
  in_ stranger ip route replace 10.244.1.0/24 dev flannel.1 src 10.244.2.78
  in_ node bridge fdb append 00:00:00:00:00:00 dev flannel.1 dst 10.0.3.99
  ask stranger 'stranger-in-tunnel→pod 10.244.1.7 80'
}
`

/** What a worker is given by the firewall for a plugin, and by the plugin itself. */
function workerTree(name: NetworkPluginName, version?: string): Tree {
  const cluster = changedCluster((profile) => {
    profile.networkPlugin = { name }
    if (version !== undefined) profile.distribution = { name: 'rocky', version }
  }, 'load-balancers-on-control-planes')
  const kubelet = {
    ports: [
      { protocol: 'tcp', port: 10_250, sources: ['10.0.3.0/24', '10.244.0.0/16'], purpose: 'kubelet' },
      { protocol: 'tcp', port: 30_000, lastPort: 32_767, purpose: 'node ports' },
    ],
  } as const
  const machine = machineOf(cluster, 'k8s-node-01')
  return treeOf(
    assembleOnly(
      [selinuxFirewall, podFirewall, networkPlugin, declares('kubelet', kubelet)],
      cluster,
      machine,
    ),
  )
}

const always = [
  'stranger→node-port open',
  'stranger→host-port open',
  'stranger→load-balancer-address open',
  'stranger→closed closed',
  'pod→service open',
  'pod→pod open',
  'pod→node open',
  'pod→stranger open',
  'node→service open',
  'node→pod open',
  'other-node→pod open',
  'other-node→node-port open',
  'far-pod→pod open',
  'far-pod→node open',
  'other-node→pod-by-card open',
  'stranger→pod closed',
  'stranger→service closed',
  'stranger-in-tunnel→pod closed',
]

/** @param vxlan port of the tunnels */
const asked = (tree: Tree, load: string, vxlan = 8472): string[] => {
  const { output } = inOverlay(tree, `vxlan=${vxlan}\n${network}\n${load}\nall\nkill $(jobs -p)`)
  return output.trim().split('\n').toSorted()
}

describeWith(
  { root: true, linux: true, programs: ['nft', 'unshare', 'nsenter', 'ip', 'bridge', 'ss', 'sysctl'] },
  'the firewall of a node, asked by a stranger, another node and pods',
  () => {
    it('without rules, the network of this test lets all packets through', () => {
      const lines = asked({}, '')
      expect(lines.filter((line) => line.endsWith(' closed'))).toEqual([])
      expect(lines.length).toBe(21)
    }, 120_000)

    it.each([
      ['calico', 4789],
      ['cilium', 8472],
      ['flannel', 8472],
    ] as const)(
      '%s: pods of other nodes come by a tunnel, or from the cards of nodes',
      (name, vxlan) => {
        expect(asked(workerTree(name), 'nft -f /etc/hakube/firewall.nft', vxlan)).toEqual(
          [
            ...always,
            'far-pod→pod-by-card open',
            'stranger-as-pod→closed closed',
            'stranger-as-pod→pod closed',
          ].toSorted(),
        )
      },
      120_000,
    )

    it('with flannel as a service, packets of pods on other nodes arrive only through the tunnel', () => {
      expect(asked(workerTree('flannel-service'), 'nft -f /etc/hakube/firewall.nft')).toEqual(
        [
          ...always,
          'far-pod→pod-by-card closed',
          'stranger-as-pod→closed closed',
          'stranger-as-pod→pod closed',
        ].toSorted(),
      )
    }, 120_000)

    it('beside firewalld, the same rules are a separate table', () => {
      const lines = asked(workerTree('flannel-service', '9'), 'nft -f /etc/hakube/pods.nft')
      expect(lines.filter((line) => line.endsWith(' closed'))).toEqual([
        'far-pod→pod-by-card closed',
        'stranger-as-pod→closed closed',
        'stranger-as-pod→pod closed',
        'stranger→pod closed',
        'stranger→service closed',
      ])
    }, 120_000)

    it('with another plugin, packets of pods arrive from anywhere, and strangers still do not reach pods', () => {
      expect(asked(workerTree('other'), 'nft -f /etc/hakube/firewall.nft')).toEqual(
        [
          ...always,
          'far-pod→pod-by-card open',
          // Where pods of an unknown plugin come from is unknown too.
          'stranger-as-pod→closed open',
          'stranger-as-pod→pod open',
        ].toSorted(),
      )
    }, 120_000)
  },
)
