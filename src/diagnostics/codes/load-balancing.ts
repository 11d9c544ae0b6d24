import type { CodeSection } from './section.ts'

export const loadBalancingCodes = {
  title: 'Load balancing',
  codes: {
    'load-balancing/missing': {
      severity: 'error',
      what: 'Several control planes or load balancers without `loadBalancing`',
      remedy: '`loadBalancing.api.address`',
      source: 'kubeadm, high availability',
    },
    'load-balancing/no-balancers': {
      severity: 'error',
      what: '`placement: dedicated` without load-balancer machines',
      remedy: 'Two of them, or `placement: control-plane`',
    },
    'load-balancing/idle-balancers': {
      severity: 'error',
      what: 'Another placement than `dedicated` with load-balancer machines',
      remedy: 'Remove `placement`',
    },
    'load-balancing/one-balancer': { severity: 'warning', what: 'One load balancer', remedy: 'A second one' },
    'load-balancing/old-haproxy': {
      severity: 'error',
      what: "haproxy is older than 2.0: the distribution's, or that of `haproxyPackage`",
      remedy: 'A newer release, e.g. Rocky Linux 9, or a package of your own as `haproxyPackage`',
      source: 'haproxy 2.0',
    },
    'load-balancing/package-version': {
      severity: 'error',
      what: 'Not a version of haproxy',
      remedy: 'All three numbers, in quotes',
    },
    'load-balancing/package-format': {
      severity: 'error',
      what: 'A package file of another family of distributions',
      remedy: 'An `.rpm` or a `.deb`',
    },
    'load-balancing/unused-package': {
      severity: 'warning',
      what: '`haproxyPackage` where no machine installs haproxy',
      remedy: 'Remove it',
    },
    'load-balancing/port-taken': {
      severity: 'error',
      what: 'A port that another program of the same machine has, e.g. 6443 on control planes',
      remedy: 'Another port',
      source: 'Kubernetes, ports and protocols',
    },
    'load-balancing/same-port': { severity: 'error', what: 'Two equal ports', remedy: 'Different ones' },
    'load-balancing/virtual-router-id': {
      severity: 'error',
      what: 'Not from 1 to 255',
      remedy: 'Remove it, or write such a number',
      source: 'RFC 5798, 5.2.3',
    },
    'load-balancing/external': {
      severity: 'error',
      what: "A field of hakube's own load balancers where the load balancer is somebody else's",
      remedy: 'Remove it',
    },
    'load-balancing/ipv6-first': {
      severity: 'error',
      what: 'The first address of the API is IPv6, and the machines have IPv4',
      remedy: 'An IPv4 address first',
    },
    'load-balancing/ipv6-off': {
      severity: 'error',
      what: 'A setting switches IPv6 off where a virtual address is IPv6',
      remedy: 'Remove one of the two',
    },
    'load-balancing/no-keepalived-image': {
      severity: 'error',
      what: '`placement: static-pod` without `images.keepalived`: its project has no image, and that of most guides is stale',
      remedy: 'An image that you keep up to date, or `placement: control-plane`',
      source: 'osixia/docker-keepalived',
    },
    'load-balancing/image': {
      severity: 'error',
      what: 'Not the name of an image',
      remedy: '`registry/name:tag`',
    },
    'load-balancing/old-image': {
      severity: 'error',
      what: 'An image of haproxy before 2.6, by its tag',
      remedy: 'A newer one, e.g. `docker.io/library/haproxy:3.2.6`',
      source: 'haproxy 2.6',
    },
    'load-balancing/old-keepalived-image': {
      severity: 'warning',
      what: 'An image of keepalived before 1.4, by its tag',
      remedy: "A newer one; nothing where the tag is not keepalived's version",
      source: 'keepalived 1.4',
    },
    'load-balancing/image-unpinned': {
      severity: 'warning',
      what: 'An image without a tag, or `latest`',
      remedy: 'A tag, or better a digest',
    },
    'load-balancing/images-unused': {
      severity: 'error',
      what: '`images` for another placement than `static-pod`',
      remedy: 'Remove `images`',
    },
    'load-balancing/not-in-pods': {
      severity: 'error',
      what: '`sourceAddress` or `connectionSync` with `placement: static-pod`',
      remedy: '`placement: control-plane`, or load-balancer machines',
    },
    'load-balancing/sync-alone': {
      severity: 'warning',
      what: '`connectionSync` with one load balancer',
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
