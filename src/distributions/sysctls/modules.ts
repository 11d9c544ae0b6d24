/** Keys that appear only when a module is loaded: systemd-sysctl at boot would pass them over in silence. */
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
 * What modprobe loads before a module: modules.dep of Debian's linux-image-6.1.0-57-cloud-amd64. Where one of them is refused, so is
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

/** Modules that have to be there for a module, without itself. */
export const modulesBelow = (module: string): readonly string[] => dependencies[moduleName(module)] ?? []

/** The kernel takes both spellings for one: nf-conntrack is nf_conntrack. */
export const moduleName = (written: string): string => written.replaceAll('-', '_')
