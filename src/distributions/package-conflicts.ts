import { firewallUnit, firewalldUnit } from './unit-names.ts'
import type { Distribution } from './distribution.ts'

/** Packages that conflict with something that hakube installs. */
export type PackageConflict = {
  names: readonly string[]
  /** A package, a unit or the path of a file of hakube's components. */
  against: string
  /** Replaces `conflicts with AGAINST`; the reason then continues after `and COMPONENT `. */
  does?: string
  /** Continues `the package NAME conflicts with AGAINST, and COMPONENT needs AGAINST: `. */
  reason: string
  hint: string
  source: string
}

/** A file of the component `swap`, which exists only where swap must be off. */
const swapFile = '/etc/systemd/zram-generator.conf'
const noSwap = {
  against: swapFile,
  does: 'turns swap on',
  reason: 'turns it off: the kubelet does not start with swap',
  hint: 'remove it, or write kubeletArguments: {fail-swap-on: "false"} to keep swap',
  source: 'https://kubernetes.io/docs/concepts/architecture/nodes/#swap-memory',
}

const noRuntime = 'remove it: containerRuntime selects the container runtime'
const noFirewall =
  'remove it, and write the ports that you need under firewall.ports, or write firewall: false'
const twoFirewalls = 'each of two firewalls drops what the other allows'

const moby = ['moby-containerd', 'moby-engine', 'moby-runc']
const dockers = 'https://docs.docker.com/engine/install/debian/#uninstall-old-versions'

/** In every family: packages with another runtime, kubelet or CNI configuration than that of the profile. */
const everywhere: readonly PackageConflict[] = [
  {
    names: ['cri-o'],
    against: 'containerd.io',
    reason: 'cri-o has a CNI configuration of its own, and pods get their addresses from that',
    hint: 'remove it, or write containerRuntime: { name: cri-o }',
    source: 'https://github.com/cri-o/cri-o/tree/main/contrib/cni',
  },
  {
    names: ['cri-o'],
    against: 'containerd',
    reason: 'cri-o has a CNI configuration of its own, and pods get their addresses from that',
    hint: 'remove it, or write containerRuntime: { name: cri-o }',
    source: 'https://github.com/cri-o/cri-o/tree/main/contrib/cni',
  },
  {
    names: [
      'k3s',
      'k3s-selinux',
      'microk8s',
      'kubernetes',
      'kubernetes-master',
      'kubernetes-node',
      'rke2-server',
      'rke2-agent',
    ],
    against: 'kubelet',
    reason: 'each brings a kubelet, and a machine runs one',
    hint: 'remove it: hakube installs the kubelet of kubernetes.version',
    source: 'https://kubernetes.io/docs/setup/production-environment/tools/kubeadm/install-kubeadm/',
  },
]

/* Conflicts: and Provides: of the packages of Debian 12 and 13 (apt-cache show); those of Docker's own from its documentation. */
const debian: readonly PackageConflict[] = [
  { names: ['zram-tools', 'zram-config', 'dphys-swapfile', 'swapspace'], ...noSwap },
  {
    names: ['ntp', 'ntpsec', 'openntpd', 'systemd-timesyncd'],
    against: 'chrony',
    reason: 'both provide time-daemon, of which apt installs only one',
    hint: 'remove it: chrony synchronizes the clock with network.timeServers',
    source: 'Conflicts: time-daemon, of the package chrony',
  },
  {
    names: ['containerd', 'runc', 'docker.io', ...moby],
    against: 'containerd.io',
    reason: 'containerd.io contains containerd and runc, and apt installs no others alongside',
    hint: noRuntime,
    source: dockers,
  },
  {
    names: ['containerd.io', 'docker-ce', ...moby],
    against: 'containerd',
    reason: 'containerd.io contains another containerd, and apt installs only one',
    hint: noRuntime,
    source: dockers,
  },
  {
    names: [
      'docker-ce',
      'docker-ce-cli',
      'docker-ce-rootless-extras',
      'podman-docker',
      'containerd.io',
      ...moby,
    ],
    against: 'docker.io',
    reason: 'both contain Docker, and apt installs only one',
    hint: noRuntime,
    source: 'Conflicts: of the packages docker.io and podman-docker',
  },
  {
    names: ['docker.io', 'docker-cli', 'podman-docker'],
    against: 'docker-ce',
    reason: 'both contain the command docker, and apt installs only one',
    hint: noRuntime,
    source: dockers,
  },
  {
    names: [
      'arno-iptables-firewall',
      'ferm',
      'firewalld',
      'iptables-persistent',
      'netfilter-persistent',
      'shorewall',
      'shorewall6',
      'ufw',
    ],
    against: firewallUnit,
    reason: twoFirewalls,
    hint: noFirewall,
    source: 'https://wiki.nftables.org/wiki-nftables/index.php/Configuring_chains#Base_chain_priority',
  },
]

const rhel: readonly PackageConflict[] = [
  { names: ['zram', 'systemd-swap', 'dphys-swapfile'], ...noSwap },
  {
    names: ['ntp', 'ntpsec', 'openntpd', 'systemd-timesyncd'],
    against: 'chrony',
    reason: 'each stops the other when it starts',
    hint: 'remove it: chrony synchronizes the clock with network.timeServers',
    source: 'Conflicts= of chronyd.service',
  },
  {
    names: ['containerd', 'runc', 'docker', 'docker-engine', ...moby],
    against: 'containerd.io',
    reason: 'containerd.io contains containerd and runc, and conflicts with others',
    hint: noRuntime,
    source: 'https://docs.docker.com/engine/install/rhel/#uninstall-old-versions',
  },
  {
    names: ['podman-docker'],
    against: 'docker-ce-cli',
    reason: 'both contain the command docker',
    hint: noRuntime,
    source: 'https://docs.docker.com/engine/install/rhel/#uninstall-old-versions',
  },
  {
    names: ['ebtables-services', 'iptables-services', 'shorewall', 'shorewall6', 'ufw'],
    against: firewalldUnit,
    reason: twoFirewalls,
    hint: noFirewall,
    source: 'Conflicts= of firewalld.service',
  },
]

/** Packages that cannot be installed, or do not work, together with those of hakube. */
export const packageConflicts = ({ family }: Pick<Distribution, 'family'>): readonly PackageConflict[] => [
  ...everywhere,
  ...(family === 'debian' ? debian : rhel),
]
