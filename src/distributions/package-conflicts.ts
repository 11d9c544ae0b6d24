import type { Distribution } from './distribution.ts'

/** Packages that conflict with something of hakube's. */
export type PackageConflict = {
  names: readonly string[]
  /** A package or a unit that hakube's components bring. */
  against: string
  /** Goes on behind `the package NAME conflicts with AGAINST, and COMPONENT needs AGAINST: `. */
  reason: string
  hint: string
  source: string
}

const noRuntime = 'remove it: containerRuntime says what runs containers'
const noFirewall = 'remove it, and write ports that you need under firewall.ports; or write firewall: false'
const twoFirewalls = 'each of two firewalls drops what the other lets through'

const moby = ['moby-containerd', 'moby-engine', 'moby-runc']
const dockers = 'https://docs.docker.com/engine/install/debian/#uninstall-old-versions'

/* Conflicts: and Provides: of the packages of Debian 12 and 13 (apt-cache show); those of Docker's own from its documentation. */
const debian: readonly PackageConflict[] = [
  {
    names: ['ntp', 'ntpsec', 'openntpd', 'systemd-timesyncd'],
    against: 'chrony',
    reason: 'each is a time-daemon, of which apt installs one only',
    hint: 'remove it: chrony keeps the clock, by network.timeServers',
    source: 'Conflicts: time-daemon, of the package chrony',
  },
  {
    names: ['containerd', 'runc', 'docker.io', ...moby],
    against: 'containerd.io',
    reason: 'containerd.io has a containerd and a runc of its own, and apt installs no others beside them',
    hint: noRuntime,
    source: dockers,
  },
  {
    names: ['containerd.io', 'docker-ce', ...moby],
    against: 'containerd',
    reason: 'containerd.io brings another containerd, and apt installs no two',
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
    reason: 'both bring Docker, and apt installs one only',
    hint: noRuntime,
    source: 'Conflicts: of the packages docker.io and podman-docker',
  },
  {
    names: ['docker.io', 'docker-cli', 'podman-docker'],
    against: 'docker-ce',
    reason: 'both bring the command docker, and apt installs one only',
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
    against: 'hakube-firewall.service',
    reason: twoFirewalls,
    hint: noFirewall,
    source: 'https://wiki.nftables.org/wiki-nftables/index.php/Configuring_chains#Base_chain_priority',
  },
]

const rhel: readonly PackageConflict[] = [
  {
    names: ['ntp', 'ntpsec', 'openntpd', 'systemd-timesyncd'],
    against: 'chrony',
    reason: 'each stops the other when it starts',
    hint: 'remove it: chrony keeps the clock, by network.timeServers',
    source: 'Conflicts= of chronyd.service',
  },
  {
    names: ['containerd', 'runc', 'docker', 'docker-engine', ...moby],
    against: 'containerd.io',
    reason: 'containerd.io has a containerd and a runc of its own, and takes no others beside them',
    hint: noRuntime,
    source: 'https://docs.docker.com/engine/install/rhel/#uninstall-old-versions',
  },
  {
    names: ['podman-docker'],
    against: 'docker-ce-cli',
    reason: 'both bring the command docker',
    hint: noRuntime,
    source: 'https://docs.docker.com/engine/install/rhel/#uninstall-old-versions',
  },
  {
    names: ['iptables-services', 'shorewall', 'shorewall6', 'ufw'],
    against: 'firewalld.service',
    reason: twoFirewalls,
    hint: noFirewall,
    source: 'Conflicts= of firewalld.service',
  },
]

/** What cannot be installed, or does not work, beside what hakube installs. */
export const packageConflicts = ({ family }: Pick<Distribution, 'family'>): readonly PackageConflict[] =>
  family === 'debian' ? debian : rhel
