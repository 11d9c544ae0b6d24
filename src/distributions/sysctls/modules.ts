/** Keys that exist only when a module is loaded: systemd-sysctl would silently skip them at boot. */
const modulesByPrefix: readonly [prefix: string, module: string][] = [
  ['net.bridge.bridge-nf-', 'br_netfilter'],
  ['net.netfilter.nf_conntrack_', 'nf_conntrack'],
  ['net.nf_conntrack_max', 'nf_conntrack'],
  ['net.ipv4.vs.', 'ip_vs'],
]

/** @returns null for keys that every kernel has */
export const moduleOfSysctl = (key: string): string | null =>
  modulesByPrefix.find(([prefix]) => key.startsWith(prefix))?.[1] ?? null

/**
 * Modules that modprobe loads before a module: modules.dep of Debian's linux-image-6.1.0-57-cloud-amd64. If one of them is refused, so is
 * the module.
 */
const dependencies: Readonly<Record<string, readonly string[]>> = {
  br_netfilter: ['bridge', 'stp', 'llc'],
  nf_conntrack: ['nf_defrag_ipv6', 'nf_defrag_ipv4', 'libcrc32c'],
  ip_vs: ['nf_conntrack', 'nf_defrag_ipv6', 'nf_defrag_ipv4', 'libcrc32c'],
  ip_vs_rr: ['ip_vs', 'nf_conntrack', 'nf_defrag_ipv6', 'nf_defrag_ipv4', 'libcrc32c'],
  ip_vs_wrr: ['ip_vs', 'nf_conntrack', 'nf_defrag_ipv6', 'nf_defrag_ipv4', 'libcrc32c'],
  ip_vs_sh: ['ip_vs', 'nf_conntrack', 'nf_defrag_ipv6', 'nf_defrag_ipv4', 'libcrc32c'],
  nf_conntrack_netlink: ['nfnetlink', 'nf_conntrack', 'nf_defrag_ipv6', 'nf_defrag_ipv4', 'libcrc32c'],
  vxlan: ['ip6_udp_tunnel', 'udp_tunnel'],
  ipip: ['tunnel4', 'ip_tunnel'],
}

/** Modules that a module depends on, without itself. */
export const modulesBelow = (module: string): readonly string[] => dependencies[moduleName(module)] ?? []

/** The kernel treats both spellings alike: nf-conntrack is nf_conntrack. */
export const moduleName = (written: string): string => written.replaceAll('-', '_')
