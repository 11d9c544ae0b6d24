import type { CodeSection } from './section.ts'

export const networksCodes = {
  title: 'Networks and addresses',
  codes: {
    'mac/malformed': {
      severity: 'error',
      what: 'Not a MAC address',
      remedy: 'Write six pairs of hexadecimal digits',
    },
    'mac/multicast': {
      severity: 'error',
      what: 'A multicast MAC address',
      remedy: "The second digit of a network interface's own address is even",
      source: 'IEEE 802, 8.2',
    },
    'mac/duplicate': {
      severity: 'error',
      what: 'The same MAC address twice',
      remedy: 'Give each network interface its own',
    },
    'address/malformed': {
      severity: 'error',
      what: 'Not an IPv4 address',
      remedy: 'Write four numbers from 0 to 255, without leading zeros',
    },
    'address/ipv6': {
      severity: 'error',
      what: 'An IPv6 address where only IPv4 is supported: only virtual addresses can be IPv6 yet',
      remedy: 'Use IPv4',
    },
    'address/no-subnet6': {
      severity: 'error',
      what: 'A virtual IPv6 address without `network.subnet6`',
      remedy: 'Set `network.subnet6` to the IPv6 network of the address',
    },
    'address/outside-subnet': {
      severity: 'error',
      what: 'An address that is not in `network.subnet`, or a virtual IPv6 address that is not in `network.subnet6`',
      remedy: 'Use an address of the subnet, or widen the subnet',
    },
    'address/reserved': {
      severity: 'error',
      what: 'The network or broadcast address',
      remedy: 'Use another address',
    },
    'address/duplicate': {
      severity: 'error',
      what: 'An address that two machines share, or a machine and a virtual address or the gateway',
      remedy: 'Give each its own address',
    },
    'address/virtual': {
      severity: 'error',
      what: 'The server, a name server, a time server or a mirror at a virtual address',
      remedy: 'Use its own address: no machine holds the virtual one during installation',
    },
    'address/name-server-twice': {
      severity: 'warning',
      what: 'The same name server or time server twice in the list',
      remedy: 'Remove one',
    },
    'address/many-name-servers': {
      severity: 'warning',
      what: 'More than three name servers',
      remedy: 'Keep three',
      source: 'resolv.conf(5); kubernetes/kubernetes#82756',
    },
    'address/time-server': {
      severity: 'error or warning',
      what: 'A time server that is neither a name nor an address, both a server and a pool, or with options that do not fit',
      remedy: 'Write a name or an address; the defaults of the polls are 6 and 10',
    },
    'proxy/address': {
      severity: 'error',
      what: 'Not the address of an HTTP proxy',
      remedy: 'Write e.g. `http://proxy.example.com:3128`',
    },
    'proxy/password': {
      severity: 'error',
      what: 'A user or a password in the address of a proxy',
      remedy: 'Write `username` and `passwordSecret` below `proxy`',
    },
    'proxy/login': {
      severity: 'error',
      what: 'A user of the proxy without a password, a password without a user, or one with characters that apt cannot read',
      remedy: 'Write `username` and `passwordSecret`; choose a password without blanks',
    },
    'proxy/installer': {
      severity: 'error',
      what: 'An installer that would need the password of the proxy, which anyone could read in its answers',
      remedy:
        'Use a mirror in `mirrors.distribution` that `proxy.except` names, or a proxy that admits the machines by their addresses',
    },
    'proxy/place': {
      severity: 'error',
      what: 'A proxy that is a machine or a virtual address of the cluster, or in the network of pods or services',
      remedy: 'Write the proxy of the site',
    },
    'proxy/except': {
      severity: 'error',
      what: 'Not a name, domain, address or network in `proxy.except`',
      remedy: 'Write e.g. `.example.com` or `10.0.0.0/8`',
    },
    'network/malformed': {
      severity: 'error',
      what: 'Not a network',
      remedy: 'Write an address and a prefix length, e.g. `10.10.10.0/24`',
    },
    'network/host-bits': {
      severity: 'error',
      what: 'Bits set after the prefix',
      remedy: 'The message names the network',
    },
    'network/reserved': {
      severity: 'error',
      what: 'A network that machines cannot use: multicast, loopback, link-local or reserved',
      remedy: 'Use the network that the machines are in',
      source: 'IANA, IPv4 special-purpose addresses',
    },
    'network/not-private': {
      severity: 'error or warning',
      what: 'A network of pods, services (error) or machines (warning) that is not private, e.g. 172.168.0.0/12',
      remedy: 'Use a network within 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16',
      source: 'RFC 1918, 3',
    },
    'network/overlap': {
      severity: 'error',
      what: "Two of the networks of machines, pods and services, or one of them and Docker's bridge, share addresses",
      remedy: 'Move one of the two',
    },
    'network/address-inside': {
      severity: 'error',
      what: "The server, a name server, a time server, a mirror, a registry or an external load balancer lies in the network of pods, services or Docker's bridge",
      remedy: 'Move one of the two: a node would look for the address locally',
    },
    'network/subnet6': {
      severity: 'error',
      what: 'Not an IPv6 network that machines can share',
      remedy: 'Write e.g. `fd00:10:10::/64`',
      source: 'RFC 4193',
    },
    'network/too-small': {
      severity: 'error',
      what: 'A subnet without room for machines',
      remedy: 'Use a prefix length of 30 or less',
    },
    'network/pod-network-size': {
      severity: 'error',
      what: 'The pod network is too small for one part per node (/24, or `node-cidr-mask-size`; /26 with Calico), or has more than 65,536 parts',
      remedy: 'Use a shorter prefix',
      source: 'kube-controller-manager, `--node-cidr-mask-size`',
    },
    'network/pods-per-node': {
      severity: 'warning',
      what: 'A node may start more pods than it has addresses',
      remedy: 'Lower `max-pods`, or use a shorter `node-cidr-mask-size`',
      source: 'kube-controller-manager, `--node-cidr-mask-size`',
    },
    'network/service-network-size': {
      severity: 'error',
      what: 'A service network outside /12 to /29',
      remedy: 'Use another prefix',
      source: 'kube-apiserver, options/validation.go',
    },
    'server/malformed': {
      severity: 'error',
      what: '`server` is not a web address, or has a path or credentials',
      remedy: 'Write `http://ADDRESS:PORT`',
    },
    'server/host-name': {
      severity: 'warning',
      what: '`server` is a name: installers may have no DNS',
      remedy: 'Use the IP address',
    },
    'server/loopback': {
      severity: 'warning',
      what: '`server` is a loopback address',
      remedy: 'Use the address that machines reach',
    },
    'server/https': {
      severity: 'warning',
      what: '`server` begins with https, and `hakube serve` has no TLS yet',
      remedy: 'Use `http://`, or a proxy whose certificate firmware and installers trust',
    },
    'server/outside-subnet': {
      severity: 'warning',
      what: '`server` is in a private network that contains no machine and nothing else that machines contact',
      remedy: 'Use the address at which machines reach it',
    },
    'server/is-a-machine': {
      severity: 'error',
      what: '`server` is one of the machines to install',
      remedy: 'Use another machine',
    },
  },
} as const satisfies CodeSection
