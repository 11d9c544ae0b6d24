import type { RefusedSysctl } from '../assembly/refused.ts'

/* Kernel settings whose values are valid, but with which a machine of a cluster cannot work. */

/** The `conf` keys of ip-sysctl: the values for `all`, `default` and each interface count, but not that of loopback. */
const ofCards = (name: string, rest: Pick<RefusedSysctl, 'value' | 'reason'>): RefusedSysctl => ({
  key: `net.ipv4.conf.*.${name}`,
  except: [`net.ipv4.conf.lo.${name}`],
  ...rest,
})

/** https://docs.kernel.org/networking/ip-sysctl.html: arp_ignore=8 is the only value with which a machine answers no ARP request. */
export const refusedByReachable: readonly RefusedSysctl[] = [
  ofCards('arp_ignore', {
    value: '8',
    reason: 'the machine answers no ARP request, so no other machine reaches its addresses',
  }),
  {
    key: 'net.ipv4.ip_default_ttl',
    below: 16,
    reason: 'packets are dropped by routers on their way',
  },
]

/** keepalived announces a moved virtual address by gratuitous ARP (RFC 5798, 8.2.1). */
export const refusedByVirtualAddresses: readonly RefusedSysctl[] = [
  ofCards('drop_gratuitous_arp', {
    value: '1',
    reason:
      'the machine does not learn that a virtual address has moved, and sends to the load balancer that failed',
  }),
]

/** LimitNOFILE of cloud-init/haproxy/drop-in.conf.ejs: a process cannot open more files than these limits allow. */
export const refusedByHaproxy: readonly RefusedSysctl[] = ['fs.file-max', 'fs.nr_open'].map((key) => ({
  key,
  below: 131_072,
  reason: 'haproxy opens two files for each connection, and hakube lets it open 131072',
}))

/** LimitNOFILE of cloud-init/etcd/etcd.service.ejs. */
export const refusedByEtcd: readonly RefusedSysctl[] = ['fs.file-max', 'fs.nr_open'].map((key) => ({
  key,
  below: 65_536,
  reason: 'etcd opens a file for each connection, and hakube lets it open 65536',
}))

/**
 * The minimum of connection tracking for machines that balance load or run pods: kube-proxy's value for one processor
 * (conntrack.maxPerCore, https://kubernetes.io/docs/reference/config-api/kube-proxy-config.v1alpha1/).
 */
export const refusedByConnections: readonly RefusedSysctl[] = [
  {
    key: 'net.netfilter.nf_conntrack_max',
    below: 32_768,
    reason: 'the kernel drops packets of new connections while its table is full',
  },
]

const namespaces: readonly RefusedSysctl[] = ['cgroup', 'ipc', 'mnt', 'net', 'pid', 'uts'].map((kind) => ({
  // The limit also applies to root: user_namespaces(7), namespaces(7).
  key: `user.max_${kind}_namespaces`,
  below: 256,
  reason: `every pod needs a namespace of its own (${kind})`,
}))

/** Limits that all pods of a node share. */
export const refusedByNodes: readonly RefusedSysctl[] = [
  ...namespaces,
  {
    key: 'fs.file-max',
    below: 65_535,
    reason: 'the kubelet, the container runtime and all pods of the node together open more files',
  },
  {
    key: 'fs.nr_open',
    below: 65_535,
    reason: 'the container runtime and programs in pods, such as databases, open more files each',
  },
  {
    // The kernel's default, https://docs.kernel.org/admin-guide/sysctl/kernel.html
    key: 'kernel.pid_max',
    below: 32_768,
    reason: 'all threads of all pods of the node have a number each',
  },
  {
    key: 'kernel.threads-max',
    below: 8192,
    reason: 'the kubelet, the container runtime and all pods of the node together have more threads',
  },
  {
    // Half of the kernel's default, DEFAULT_MAX_MAP_COUNT in include/linux/mm.h.
    key: 'vm.max_map_count',
    below: 32_765,
    reason: 'the API server, etcd and databases in pods map more parts of memory, and end without them',
  },
  {
    // The kernel's default, https://docs.kernel.org/security/keys/core.html
    key: 'kernel.keys.maxkeys',
    below: 200,
    reason: 'runc makes a keyring for each container, and containers of one user share them',
  },
  {
    // The minimum of the kernel's default (fs/notify/inotify/inotify_user.c).
    key: 'fs.inotify.max_user_watches',
    below: 8192,
    reason: "kubelet, container runtime and log collectors share those of root's",
  },
  {
    // The kernel's default until 5.4, https://docs.kernel.org/networking/ip-sysctl.html
    key: 'net.core.somaxconn',
    below: 128,
    reason: 'connections that come at once are lost',
  },
  {
    // The kernel's default, https://docs.kernel.org/networking/ip-sysctl.html
    key: 'net.ipv4.neigh.default.gc_thresh3',
    below: 512,
    reason: 'the node knows each machine and each of its pods by an entry ("neighbour table overflow")',
  },
]
