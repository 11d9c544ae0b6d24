import type { Distribution } from './distribution.ts'
import { elrepo } from './elrepo.ts'
import { libxcrypt, oldLibxcrypt } from './password-hashes.ts'
import { enterpriseLinux } from './rhel.ts'

/*
 * The releases of Red Hat Enterprise Linux, of its rebuilds and of CentOS Stream, from which it is made.
 *
 * kernel: https://access.redhat.com/articles/3078 (RHEL release dates and kernels).
 * haproxy: https://access.redhat.com/node/6996272 (1.8 in 8, 2.4 in 9, 3.0 in 10).
 * keepalived, conntrackd: https://gitlab.com/redhat/centos-stream/rpms/keepalived and conntrack-tools, branches c8s, c9s and c10s.
 * cloud-init: https://gitlab.com/redhat/centos-stream/src/cloud-init/-/merge_requests/62 (23.4, RHEL 8.10 and 9.4) and 74 (24.1, RHEL 10).
 */
const eight = {
  version: '8',
  directory: '8',
  kernel: '4.18',
  kernelModulesPackage: null,
  newerKernels: elrepo[8],
  // The default until 9: "Managing, monitoring, and updating the kernel" of RHEL 8, 21.
  cgroups: 1,
  iptables: 'iptables',
  haproxyVersion: '1.8',
  keepalivedVersion: '2.1',
  conntrackdVersion: '1.4.4',
  cloudInitVersion: '23.4',
  // HIGH_RLIMIT_NOFILE in src/basic/def.h and src/core/main.c of https://github.com/redhat-plumbers/systemd-rhel8.
  openFilesOfServices: { soft: 1024, hard: 262_144 },
  // OpenSSH 8.0, which knows the keyword since 8.6: https://access.redhat.com/errata/RHSA-2022:2013
  sshDropIns: 'include',
  // 4.1.1.
  passwordHashes: oldLibxcrypt,
  lastKubernetes: {
    minor: '1.31',
    reason:
      'kubeadm 1.32 and 1.33 reject its kernel 4.18, and the kubelet rejects its control groups v1 from 1.35',
    source: 'https://github.com/kubernetes/kubernetes/pull/129462',
  },
  lastKubernetesOnNewerKernel: {
    minor: '1.34',
    reason: 'the kubelet rejects its control groups v1 from 1.35',
    source: 'https://github.com/kubernetes/enhancements/issues/5573',
  },
} as const

/** Facts from release 9 on. */
const later = {
  // "Considerations in adopting RHEL 9", kernel: control groups version 2 by default.
  cgroups: 2,
  iptables: 'iptables-nft',
  // systemd 240 and later.
  openFilesOfServices: { soft: 1024, hard: 524_288 },
  // 4.4.
  passwordHashes: libxcrypt,
  lastKubernetes: null,
  lastKubernetesOnNewerKernel: null,
} as const

const nine = {
  ...later,
  version: '9',
  directory: '9',
  kernel: '5.14',
  kernelModulesPackage: null,
  newerKernels: elrepo[9],
  haproxyVersion: '2.4',
  keepalivedVersion: '2.2',
  conntrackdVersion: '1.4.5',
  cloudInitVersion: '23.4',
} as const

const ten = {
  ...later,
  version: '10',
  directory: '10',
  kernel: '6.12',
  // br_netfilter, ip_set, nft_compat and all xt_* (https://github.com/kubernetes/kops/pull/18724). If it were installed later, it would
  // pull in the newest kernel and contain no modules for the running one (https://github.com/k3s-io/k3s-ansible/issues/536).
  kernelModulesPackage: 'kernel-modules-extra',
  newerKernels: elrepo[10],
  haproxyVersion: '3.0',
  keepalivedVersion: '2.2',
  conntrackdVersion: '1.4.8',
  cloudInitVersion: '24.1',
  // systemd 257.
  onlyCgroups2: true,
} as const

// Time servers: the `pool` line of chrony.conf in each distribution's chrony package.
const rocky = {
  name: 'rocky',
  dockerDirectory: 'rhel',
  // https://rockylinux.org/download; `9` below it is the newest point release.
  mirror: 'https://dl.rockylinux.org/pub/rocky',
  // Package rocky-repos: rocky.repo, rocky-addons.repo, rocky-devel.repo, rocky-extras.repo, and lately rocky-security.repo.
  repositoryLists: ['/etc/yum.repos.d/rocky.repo', '/etc/yum.repos.d/rocky-*.repo'],
  defaultTimeServers: ['2.rocky.pool.ntp.org'],
} as const

const almalinux = {
  name: 'almalinux',
  dockerDirectory: 'rhel',
  // https://mirrors.almalinux.org/; `9` below it is the newest point release.
  mirror: 'https://repo.almalinux.org/almalinux',
  // Package almalinux-repos: one file for each repository, almalinux-baseos.repo and so on.
  repositoryLists: ['/etc/yum.repos.d/almalinux.repo', '/etc/yum.repos.d/almalinux-*.repo'],
  defaultTimeServers: ['2.almalinux.pool.ntp.org'],
} as const

const centosStream = {
  name: 'centos',
  dockerDirectory: 'centos',
  // https://mirror.stream.centos.org/9-stream/BaseOS/x86_64/os/
  mirror: 'https://mirror.stream.centos.org',
  // Package centos-stream-repos: centos.repo, centos-addons.repo.
  repositoryLists: ['/etc/yum.repos.d/centos.repo', '/etc/yum.repos.d/centos-*.repo'],
  defaultTimeServers: ['2.centos.pool.ntp.org'],
} as const

const redHat = {
  name: 'rhel',
  dockerDirectory: 'rhel',
  // Its packages need a subscription: https://access.redhat.com/solutions/253273
  mirror: null,
  // subscription-manager writes it.
  repositoryLists: ['/etc/yum.repos.d/redhat.repo'],
  defaultTimeServers: ['2.rhel.pool.ntp.org'],
  // Package redhat-release.
  signingKey: '/etc/pki/rpm-gpg/RPM-GPG-KEY-redhat-release',
} as const

const keys = '/etc/pki/rpm-gpg/RPM-GPG-KEY'

/** Keys: packages rocky-gpg-keys, almalinux-gpg-keys, centos-gpg-keys. */
export const enterpriseLinuxes: readonly Distribution[] = [
  enterpriseLinux({
    ...rocky,
    ...eight,
    title: 'Rocky Linux 8',
    signingKey: `${keys}-rockyofficial`,
    // Rocky-BaseOS.repo, Rocky-AppStream.repo and so on.
    repositoryLists: ['/etc/yum.repos.d/Rocky-*.repo'],
  }),
  enterpriseLinux({ ...rocky, ...nine, title: 'Rocky Linux 9', signingKey: `${keys}-Rocky-9` }),
  enterpriseLinux({ ...rocky, ...ten, title: 'Rocky Linux 10', signingKey: `${keys}-Rocky-10` }),
  enterpriseLinux({ ...almalinux, ...eight, title: 'AlmaLinux 8', signingKey: `${keys}-AlmaLinux` }),
  enterpriseLinux({ ...almalinux, ...nine, title: 'AlmaLinux 9', signingKey: `${keys}-AlmaLinux-9` }),
  enterpriseLinux({ ...almalinux, ...ten, title: 'AlmaLinux 10', signingKey: `${keys}-AlmaLinux-10` }),
  enterpriseLinux({
    ...centosStream,
    ...nine,
    directory: '9-stream',
    title: 'CentOS Stream 9',
    signingKey: `${keys}-centosofficial`,
  }),
  enterpriseLinux({
    ...centosStream,
    ...ten,
    directory: '10-stream',
    title: 'CentOS Stream 10',
    signingKey: `${keys}-centosofficial-SHA256`,
  }),
  enterpriseLinux({ ...redHat, ...eight, title: 'Red Hat Enterprise Linux 8' }),
  enterpriseLinux({ ...redHat, ...nine, title: 'Red Hat Enterprise Linux 9' }),
  enterpriseLinux({ ...redHat, ...ten, title: 'Red Hat Enterprise Linux 10' }),
]
