import { chronyUnit, chronydUnit, conntrackdUnit } from './unit-names.ts'
import type { Distribution } from './distribution.ts'
import { libxcrypt } from './password-hashes.ts'
import { dockerKeys } from './signing-keys.ts'

/** The differences between releases of Debian or Ubuntu. */
export type DebianRelease = Pick<
  Distribution,
  | 'version'
  | 'title'
  | 'kernel'
  | 'haproxyVersion'
  | 'keepalivedVersion'
  | 'conntrackdVersion'
  | 'cloudInitVersion'
  | 'etcdVersion'
> & { codename: string } & Partial<
    Pick<Distribution, 'ownContainerd' | 'ownDocker' | 'refusesOldSignatures' | 'onlyCgroups2'>
  >

/*
 * Package and unit names that Debian and Ubuntu share: https://packages.debian.org/, https://packages.ubuntu.com/; verified with the
 * packages of Debian 12.
 */
export const debianFamily = {
  family: 'debian',
  packageManager: 'apt',
  packages: {
    chrony: 'chrony',
    conntrackd: 'conntrackd',
    conntrack: 'conntrack',
    // The distributions' containerd is 1.x, which is tested with Kubernetes up to 1.35 and works up to 1.37 (KEP-4033).
    containerd: 'containerd.io',
    curl: 'curl',
    etcd: 'etcd-server',
    'etcd-client': 'etcd-client',
    haproxy: 'haproxy',
    keepalived: 'keepalived',
    nftables: 'nftables',
    socat: 'socat',
    ipset: 'ipset',
    iptables: 'iptables',
    ipvsadm: 'ipvsadm',
  },
  units: { chrony: chronyUnit, conntrackd: conntrackdUnit },
  // debian/chrony.service: Alias=chronyd.service.
  unitAliases: { chrony: [chronydUnit] },
  adminGroup: 'sudo',
  // libxcrypt 4.4: https://packages.debian.org/libcrypt1, https://packages.ubuntu.com/libcrypt1
  passwordHashes: libxcrypt,
  chronyConfiguration: '/etc/chrony/chrony.conf',
  firewall: 'nftables',
  selinux: false,
  // Debian since 11 (release notes, 2.2.4 "control groups v2"), Ubuntu since 21.10.
  cgroups: 2,
  // containerd.io is 2.x since 2025: https://github.com/containerd/containerd/blob/main/docs/cri/config.md (version = 3)
  containerdConfiguration: 3,
  // All have 1.5 to 1.7: https://packages.debian.org/containerd, https://packages.ubuntu.com/containerd
  ownContainerd: { package: 'containerd', configuration: 2 },
  // https://packages.debian.org/docker.io, https://packages.ubuntu.com/docker.io
  ownDocker: ['docker.io'],
  // Part of libc-bin.
  locale: 'C.UTF-8',
  bootLoaderTool: 'update-grub',
  trees: null,
  lastKubernetes: null,
  lastKubernetesOnNewerKernel: null,
  // Backports and point releases bring newer kernels (linux-image from backports, linux-generic-hwe).
  newerKernels: null,
  kernelModulesPackage: null,
  // Debian 12 has apt 2.6, Ubuntu 24.04 2.8.
  refusesOldSignatures: false,
  // systemd 240 and later.
  openFilesOfServices: { soft: 1024, hard: 524_288 },
  endOfLife: null,
} as const satisfies Partial<Distribution>

const debian = (release: DebianRelease): Distribution => ({
  ...debianFamily,
  ...release,
  name: 'debian',
  installs: ['preseed', 'live', 'image'],
  // The installer's netcfg writes /etc/network/interfaces. Live images have cloud-init with netplan and networkd, or ifupdown; cloud
  // images from 12 on have the former (https://salsa.debian.org/cloud-team/debian-cloud-images, config_space/bookworm).
  networkServices: { preseed: 'ifupdown', live: 'systemd-networkd', image: 'systemd-networkd' },
  // The `pool` line of /etc/chrony/chrony.conf in the chrony package.
  defaultTimeServers: ['2.debian.pool.ntp.org'],
  // The installer writes the first; images for clouds and containers contain the second.
  repositoryLists: ['/etc/apt/sources.list', '/etc/apt/sources.list.d/debian.sources'],
  // https://deb.debian.org/
  mirror: 'https://deb.debian.org/debian',
  // https://wiki.debian.org/SourcesList; mirrors have debian-security next to debian.
  archives: [
    { suffix: '', suites: [release.codename, `${release.codename}-updates`], components: ['main'] },
    {
      suffix: '-security',
      suites: [`${release.codename}-security`],
      components: ['main'],
      isSecurity: true,
    },
  ],
  // Package debian-archive-keyring, which apt depends on.
  signingKey: '/usr/share/keyrings/debian-archive-keyring.gpg',
  // https://docs.docker.com/engine/install/debian/
  extraRepositories: [
    {
      name: 'docker-ce-stable',
      url: `https://download.docker.com/linux/debian ${release.codename} stable`,
      key: 'https://download.docker.com/linux/debian/gpg',
      fingerprints: dockerKeys.debian,
    },
  ],
})

// Versions: https://packages.debian.org/bookworm/ and https://packages.debian.org/trixie/ (linux-image-amd64, etcd-server and by name).
export const debians: readonly Distribution[] = [
  debian({
    version: '12',
    title: 'Debian 12',
    codename: 'bookworm',
    kernel: '6.1',
    haproxyVersion: '2.6',
    keepalivedVersion: '2.2',
    conntrackdVersion: '1.4.7',
    cloudInitVersion: '22.4',
    etcdVersion: '3.4.23',
  }),
  debian({
    version: '13',
    title: 'Debian 13',
    codename: 'trixie',
    kernel: '6.12',
    haproxyVersion: '3.0',
    keepalivedVersion: '2.3',
    conntrackdVersion: '1.4.8',
    cloudInitVersion: '25.1',
    etcdVersion: '3.5.16',
    // systemd 257.
    onlyCgroups2: true,
    // The command is a separate package from 13 on.
    ownDocker: ['docker.io', 'docker-cli'],
    // apt 3.0.
    refusesOldSignatures: true,
  }),
]
