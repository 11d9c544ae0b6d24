import type { CodeSection } from './section.ts'

export const networksCodes = {
  title: 'Networks and addresses',
  codes: {
    'mac/malformed': {
      severity: 'error',
      what: 'Not a MAC address',
      remedy: 'Six pairs of hexadecimal digits',
    },
    'mac/multicast': {
      severity: 'error',
      what: 'The address of a group of cards',
      remedy: 'The second digit of a card is even',
      source: 'IEEE 802, 8.2',
    },
    'mac/duplicate': {
      severity: 'error',
      what: 'A card that is used twice',
      remedy: 'Each card has its own',
    },
    'address/malformed': {
      severity: 'error',
      what: 'Not an IPv4 address',
      remedy: 'Four numbers from 0 to 255, without leading zeros',
    },
    'address/ipv6': {
      severity: 'error',
      what: 'IPv6, which only virtual addresses can have yet',
      remedy: 'IPv4',
    },
    'address/no-subnet6': {
      severity: 'error',
      what: 'A virtual address of IPv6, and no `network.subnet6`',
      remedy: '`network.subnet6`, the IPv6 network that it is in',
    },
    'address/outside-subnet': {
      severity: 'error',
      what: 'An address that is not in `network.subnet`, or a virtual one of IPv6 that is not in `network.subnet6`',
      remedy: 'An address of the subnet, or a wider subnet',
    },
    'address/reserved': {
      severity: 'error',
      what: 'The network or broadcast address',
      remedy: 'Another one',
    },
    'address/duplicate': {
      severity: 'error',
      what: 'An address of two machines, or of a machine and a virtual address or the gateway',
      remedy: 'Each its own',
    },
    'address/virtual': {
      severity: 'error',
      what: 'The server, a name or time server or a mirror at a virtual address',
      remedy: 'Its own address: nobody has the virtual one while machines are installed',
    },
    'address/name-server-twice': {
      severity: 'warning',
      what: 'A name server that is in the list twice',
      remedy: 'Remove one',
    },
    'address/many-name-servers': {
      severity: 'warning',
      what: 'More than three name servers',
      remedy: 'Keep three',
      source: 'resolv.conf(5); kubernetes/kubernetes#82756',
    },
    'address/time-server': {
      severity: 'error',
      what: 'A time server that is neither name nor address',
      remedy: 'Write one of both',
    },
    'network/malformed': {
      severity: 'error',
      what: 'Not a network',
      remedy: 'Address and prefix length, e.g. `10.10.10.0/24`',
    },
    'network/host-bits': {
      severity: 'error',
      what: 'Bits set behind the prefix',
      remedy: 'The message says what the network is',
    },
    'network/not-private': {
      severity: 'error or warning',
      what: 'A network of pods, services (error) or machines (warning) that is not private, e.g. 172.168.0.0/12',
      remedy: 'A network of 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16',
      source: 'RFC 1918, 3',
    },
    'network/overlap': {
      severity: 'error',
      what: "Two of the networks of machines, pods and services, or one of them and Docker's bridge, share addresses",
      remedy: 'Move one',
    },
    'network/address-inside': {
      severity: 'error',
      what: "The server, a name or time server, a mirror, a registry or an external load balancer in the network of pods, services or Docker's bridge",
      remedy: 'Move one of the two: a node looks for the address among its own',
    },
    'network/subnet6': {
      severity: 'error',
      what: 'Not a network of IPv6 that machines share',
      remedy: 'e.g. `fd00:10:10::/64`',
      source: 'RFC 4193',
    },
    'network/too-small': {
      severity: 'error',
      what: 'A subnet without room for machines',
      remedy: 'A prefix of 30 or shorter',
    },
    'network/pod-network-size': {
      severity: 'error',
      what: 'No part of the pod network for each node (/24, or as `node-cidr-mask-size` says; /26 with Calico), or more than 65,536 parts',
      remedy: 'A shorter prefix',
      source: 'kube-controller-manager, `--node-cidr-mask-size`',
    },
    'network/pods-per-node': {
      severity: 'warning',
      what: 'A node may start more pods than it has addresses for',
      remedy: 'Fewer `max-pods`, or a shorter `node-cidr-mask-size`',
      source: 'kube-controller-manager, `--node-cidr-mask-size`',
    },
    'network/service-network-size': {
      severity: 'error',
      what: 'Service network outside of /12 to /29',
      remedy: 'Another prefix',
      source: 'kube-apiserver, options/validation.go',
    },
    'server/malformed': {
      severity: 'error',
      what: '`server` is no web address, or has a path or a login',
      remedy: '`http://ADDRESS:PORT`',
    },
    'server/host-name': {
      severity: 'warning',
      what: '`server` is a name: installers may have no name service',
      remedy: 'The IP address',
    },
    'server/loopback': {
      severity: 'warning',
      what: '`server` is 127.0.0.1',
      remedy: 'The address that machines reach',
    },
    'server/https': {
      severity: 'warning',
      what: '`server` begins with https, and `hakube serve` has no TLS yet',
      remedy: '`http://`, or a proxy whose certificate firmware and installers trust',
    },
    'server/outside-subnet': {
      severity: 'warning',
      what: '`server` is in a private network that no machine is in, and nothing else that machines ask is there',
      remedy: 'The address that machines reach it by',
    },
    'server/is-a-machine': {
      severity: 'error',
      what: '`server` is one of the machines to install',
      remedy: 'Another machine',
    },
    'mirrors/malformed': {
      severity: 'error',
      what: 'A mirror that is no web address',
      remedy: '`http://…` or `https://…`',
    },
    'mirrors/security': {
      severity: 'error',
      what: '`mirrors.security` for a distribution that has no archive of its own for security updates',
      remedy: 'Remove it',
    },
    'mirrors/one-for-two': {
      severity: 'warning',
      what: 'One mirror address for machines of two architectures, which Ubuntu has in two archives',
      remedy: 'An address for each below `mirrors.distribution`, unless the mirror has both',
      source: 'Ubuntu wiki, Ports',
    },
    'mirrors/repository': {
      severity: 'error',
      what: 'A key of `mirrors.repositories` that no package comes from',
      remedy: '`docker`, `cri-o` or `elrepo`',
    },
    'mirrors/key': {
      severity: 'error',
      what: 'An entry of `mirrors.keys` that is neither a fingerprint nor a public key, or names an unknown repository',
      remedy: 'The 40 digits of `gpg --show-keys`, or the whole public key',
      source: 'RFC 9580, Key IDs and Fingerprints',
    },
    'mirrors/unverified-key': {
      severity: 'warning',
      what: 'Packages and their key come without TLS, and hakube does not know the fingerprint of the key',
      remedy: '`mirrors.keys.cri-o`, or `https://`',
    },
    'mirrors/docker': {
      severity: 'warning',
      what: 'A mirror of another registry than docker.io, for Docker',
      remedy: 'Remove it; name images where they are',
      source: 'Docker docs, registry mirrors',
    },
    'mirrors/docker-path': {
      severity: 'error',
      what: 'A mirror with a path, for Docker',
      remedy: 'Scheme, host and port only',
      source: 'moby, daemon/pkg/registry/config.go',
    },
    'mirrors/default': {
      severity: 'error',
      what: 'A mirror for all registries, for CRI-O',
      remedy: 'One mirror for each registry',
      source: 'containers-registries.conf(5)',
    },
    'mirrors/registry': {
      severity: 'error',
      what: 'A key of `mirrors.images` that is no registry',
      remedy: 'The host as in image names',
    },
  },
} as const satisfies CodeSection
