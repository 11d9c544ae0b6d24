import type { CodeSection } from './section.ts'

export const loadBalancingCodes = {
  title: 'Load balancing',
  codes: {
    'load-balancing/missing': {
      severity: 'error',
      what: 'Several control planes or load balancers without `loadBalancing`',
      remedy: 'Set `loadBalancing.api.address`',
      source: 'kubeadm, high availability',
    },
    'load-balancing/no-balancers': {
      severity: 'error',
      what: '`placement: dedicated` without load-balancer machines',
      remedy: 'Add two of them, or use `placement: control-plane`',
    },
    'load-balancing/idle-balancers': {
      severity: 'error',
      what: 'Load-balancer machines with a placement other than `dedicated`',
      remedy: 'Remove `placement`',
    },
    'load-balancing/one-balancer': {
      severity: 'warning',
      what: 'Only one load balancer',
      remedy: 'Add a second one',
    },
    'load-balancing/old-haproxy': {
      severity: 'error',
      what: "haproxy is older than 2.0: the distribution's, or that of `haproxyPackage`",
      remedy: 'Use a newer release, e.g. Rocky Linux 9, or a package of your own as `haproxyPackage`',
      source: 'haproxy 2.0',
    },
    'load-balancing/package-version': {
      severity: 'error',
      what: 'Not a version of haproxy',
      remedy: 'Write all three numbers, in quotes',
    },
    'load-balancing/package-format': {
      severity: 'error',
      what: 'A package file for another family of distributions',
      remedy: 'Use an `.rpm` or a `.deb`',
    },
    'load-balancing/unused-package': {
      severity: 'warning',
      what: '`haproxyPackage` where no machine installs haproxy',
      remedy: 'Remove it',
    },
    'load-balancing/across-routers': {
      severity: 'error',
      what: 'Machines that hold virtual addresses, in several subnets',
      remedy: 'Use `placement: external`, or put them into one subnet',
      source: 'RFC 5798, 5.1.1.3',
    },
    'load-balancing/holder-outside': {
      severity: 'error',
      what: 'A virtual address, or `loadBalancing.network`, in a network that some of the machines that hold it are not in',
      remedy: 'Give each of them an address of the network',
    },
    'load-balancing/mixed-keepalived': {
      severity: 'error',
      what: 'Load balancers with releases of keepalived that reject each other’s packets',
      remedy: 'Give all of them releases with keepalived 1.4 or later',
      source: 'keepalived.conf(5)',
    },
    'load-balancing/interface-name': {
      severity: 'error',
      what: 'A virtual address on a second card with keepalived before 1.4, which cannot read the name of the card from another file',
      remedy: 'Use a bond, VLAN or bridge, or a newer release',
    },
    'load-balancing/port-taken': {
      severity: 'error',
      what: 'A port that another program on the same machine uses, e.g. 10250 on control planes',
      remedy: 'Use another port',
      source: 'Kubernetes, ports and protocols',
    },
    'load-balancing/same-port': {
      severity: 'error',
      what: 'The same port twice',
      remedy: 'Use different ports',
    },
    'load-balancing/virtual-router-id': {
      severity: 'error',
      what: 'Not a number from 1 to 255',
      remedy: 'Remove it, or write such a number',
      source: 'RFC 5798, 5.2.3',
    },
    'load-balancing/external': {
      severity: 'error',
      what: "A field of hakube's own load balancers while the load balancer is external",
      remedy: 'Remove it',
    },
    'load-balancing/ipv6-first': {
      severity: 'error',
      what: 'The first address of the API is IPv6, but the machines have IPv4',
      remedy: 'Write an IPv4 address first',
    },
    'load-balancing/name': {
      severity: 'error',
      what: 'A name of the API that is not a DNS name, belongs to a machine, or exists only inside the cluster',
      remedy: 'Use a separate name, e.g. `api.example.com`',
    },
    'load-balancing/two-names': {
      severity: 'error',
      what: 'An external load balancer with a name as its address and another one',
      remedy: 'Keep one; add the other to `kubernetes.certificateNames`',
    },
    'load-balancing/ipv6-off': {
      severity: 'error',
      what: 'A setting disables IPv6 while a virtual address is IPv6',
      remedy: 'Remove one of the two',
    },
    'load-balancing/no-route6': {
      severity: 'warning',
      what: 'A machine that holds a virtual IPv6 address, but has none of its own, gets no IPv6 default route',
      remedy: 'Write an address of `subnet6` in `addresses` of the machine',
    },
    'load-balancing/no-keepalived-image': {
      severity: 'error',
      what: '`placement: static-pod` without `images.keepalived`: the keepalived project publishes no image, and the image that most guides use is stale',
      remedy: 'Use an image that you keep up to date, or `placement: control-plane`',
      source: 'osixia/docker-keepalived',
    },
    'load-balancing/image': {
      severity: 'error',
      what: 'Not an image name',
      remedy: 'Write `registry/name:tag`',
    },
    'load-balancing/old-image': {
      severity: 'error',
      what: 'An image of haproxy before 2.6, by its tag',
      remedy: 'Use a newer one, e.g. `docker.io/library/haproxy:3.2.6`',
      source: 'haproxy 2.6',
    },
    'load-balancing/old-keepalived-image': {
      severity: 'warning',
      what: 'An image of keepalived before 1.4, by its tag',
      remedy: "Use a newer one; ignore this if the tag is not keepalived's version",
      source: 'keepalived 1.4',
    },
    'load-balancing/image-unpinned': {
      severity: 'warning',
      what: 'An image without a tag, or with `latest`',
      remedy: 'Write a tag, or better a digest',
    },
    'load-balancing/images-unused': {
      severity: 'error',
      what: '`images` with a placement other than `static-pod`',
      remedy: 'Remove `images`',
    },
    'load-balancing/not-in-pods': {
      severity: 'error',
      what: '`sourceAddress` or `connectionSync` with `placement: static-pod`',
      remedy: 'Use `placement: control-plane`, or load-balancer machines',
    },
    'load-balancing/sync-alone': {
      severity: 'warning',
      what: '`connectionSync` with only one load balancer',
      remedy: 'Remove it',
    },
    'load-balancing/sync-without-source': {
      severity: 'warning',
      what: '`connectionSync` without `sourceAddress`',
      remedy: 'Remove it',
      source: 'conntrackd(8)',
    },
  },
} as const satisfies CodeSection
