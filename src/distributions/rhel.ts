import type { Distribution } from './distribution.ts'
import { elrepo } from './elrepo.ts'
import { dockerKeys } from './signing-keys.ts'

/** What differs between the rebuilds of Red Hat Enterprise Linux and between their releases. */
type Release = { signer: string } & Pick<
  Distribution,
  | 'name'
  | 'title'
  | 'version'
  | 'mirror'
  | 'repositoryLists'
  | 'defaultTimeServers'
  | 'kernel'
  | 'kernelModulesPackage'
  | 'newerKernels'
  | 'haproxyVersion'
  | 'keepalivedVersion'
  | 'conntrackdVersion'
  | 'cloudInitVersion'
>

/** The architecture as rpm calls it. */
export const rpmArchitecture = { amd64: 'x86_64', arm64: 'aarch64' } as const

/*
 * Package names and which repository they are in: https://docs.redhat.com/en/documentation/red_hat_enterprise_linux/9/html-single/package_manifest/
 * (10: the same with /10/). Units, paths and groups are those of the packages.
 */
function rebuild({ signer, ...release }: Release): Distribution {
  const { name, version } = release
  return {
    ...release,
    family: 'rhel',
    packageManager: 'dnf',
    installs: ['kickstart'],
    // "Configuring and managing networking", 1: in all of them.
    networkServices: { kickstart: 'NetworkManager' },
    packages: {
      chrony: 'chrony',
      // One package holds conntrackd and the conntrack command that kubeadm's preflight asks for.
      conntrackd: 'conntrack-tools',
      conntrack: 'conntrack-tools',
      // In neither BaseOS nor AppStream; see extraRepositories.
      containerd: 'containerd.io',
      curl: 'curl',
      // In none of their repositories.
      etcd: null,
      'etcd-client': null,
      haproxy: 'haproxy',
      keepalived: 'keepalived',
      nftables: 'nftables',
      socat: 'socat',
      // Deprecated in 10, but there: RHEL 10.0 release notes, "Deprecated packages".
      ipset: 'ipset',
      // What `iptables` is called since 9.
      iptables: 'iptables-nft',
      ipvsadm: 'ipvsadm',
    },
    units: { chrony: 'chronyd.service', conntrackd: 'conntrackd.service', firewall: 'firewalld.service' },
    unitAliases: {},
    adminGroup: 'wheel',
    chronyConfiguration: '/etc/chrony.conf',
    firewall: 'firewalld',
    selinux: true,
    // "Considerations in adopting RHEL 9", kernel: control groups version 2 by default.
    cgroups: 2,
    // containerd.io is 2.x since 2025: https://github.com/containerd/containerd/blob/main/docs/cri/config.md (version = 3)
    containerdConfiguration: 3,
    ownContainerd: null,
    // It has Podman in its place.
    ownDocker: null,
    // In glibc-common since glibc 2.35, and in glibc 2.34 of RHEL 9 as Fedora's patch.
    locale: 'C.UTF-8',
    bootLoaderTool: 'grubby',
    // As on the mirrors below; BaseOS has .treeinfo and images/pxeboot. Anaconda needs AppStream for haproxy and keepalived.
    trees(architecture) {
      const path = (repository: string) => `${version}/${repository}/${rpmArchitecture[architecture]}/os`
      return {
        install: path('BaseOS'),
        repositories: [{ name: 'AppStream', path: path('AppStream') }],
      }
    },
    codename: null,
    etcdVersion: null,
    archives: null,
    refusesOldSignatures: false,
    // systemd 240 and later.
    openFilesOfServices: { soft: 1024, hard: 524_288 },
    signingKey: `/etc/pki/rpm-gpg/RPM-GPG-KEY-${signer}-${version}`,
    // https://docs.docker.com/engine/install/rhel/, and for the rebuilds https://docs.rockylinux.org/gemstones/containers/docker/
    extraRepositories: [
      {
        name: 'docker-ce-stable',
        url: `https://download.docker.com/linux/rhel/${version}/$basearch/stable`,
        key: 'https://download.docker.com/linux/rhel/gpg',
        fingerprints: dockerKeys.rhel,
      },
    ],
    bootAssets: (architecture) => ({
      kernel: `${name}-${version}-${architecture}/vmlinuz`,
      initrd: `${name}-${version}-${architecture}/initrd.img`,
    }),
    lastKubernetes: null,
    lastKubernetesOnNewerKernel: null,
    endOfLife: null,
  }
}

/*
 * kernel: https://access.redhat.com/articles/3078 (RHEL release dates and kernels).
 * haproxy: https://access.redhat.com/node/6996272 (2.4 in 9, 3.0 in 10).
 * keepalived, conntrackd: https://gitlab.com/redhat/centos-stream/rpms/keepalived and conntrack-tools, branches c9s and c10s.
 * cloud-init: https://gitlab.com/redhat/centos-stream/src/cloud-init/-/merge_requests/62 (23.4, RHEL 9.4) and 74 (24.1, RHEL 10).
 */
const nine = {
  version: '9',
  kernel: '5.14',
  kernelModulesPackage: null,
  newerKernels: elrepo[9],
  haproxyVersion: '2.4',
  keepalivedVersion: '2.2',
  conntrackdVersion: '1.4.5',
  cloudInitVersion: '23.4',
} as const

const ten = {
  version: '10',
  kernel: '6.12',
  // br_netfilter, ip_set, nft_compat and all xt_* (https://github.com/kubernetes/kops/pull/18724). Installed later, it would bring
  // the newest kernel with it and have no module for the one that runs (https://github.com/k3s-io/k3s-ansible/issues/536).
  kernelModulesPackage: 'kernel-modules-extra',
  newerKernels: elrepo[10],
  haproxyVersion: '3.0',
  keepalivedVersion: '2.2',
  conntrackdVersion: '1.4.8',
  cloudInitVersion: '24.1',
} as const

// Time servers: the `pool` line of chrony.conf in each rebuild's chrony package.
const rocky = {
  name: 'rocky',
  // Package rocky-gpg-keys.
  signer: 'Rocky',
  // https://rockylinux.org/download; `9` below it is the newest point release.
  mirror: 'https://dl.rockylinux.org/pub/rocky',
  // Package rocky-repos: rocky.repo, rocky-addons.repo, rocky-devel.repo, rocky-extras.repo, and lately rocky-security.repo.
  repositoryLists: ['/etc/yum.repos.d/rocky.repo', '/etc/yum.repos.d/rocky-*.repo'],
  defaultTimeServers: ['2.rocky.pool.ntp.org'],
} as const

const almalinux = {
  name: 'almalinux',
  // Package almalinux-gpg-keys.
  signer: 'AlmaLinux',
  // https://mirrors.almalinux.org/; `9` below it is the newest point release.
  mirror: 'https://repo.almalinux.org/almalinux',
  // Package almalinux-repos: one file for each repository, almalinux-baseos.repo and so on.
  repositoryLists: ['/etc/yum.repos.d/almalinux.repo', '/etc/yum.repos.d/almalinux-*.repo'],
  defaultTimeServers: ['2.almalinux.pool.ntp.org'],
} as const

export const rebuilds: readonly Distribution[] = [
  rebuild({ ...rocky, ...nine, title: 'Rocky Linux 9' }),
  rebuild({ ...rocky, ...ten, title: 'Rocky Linux 10' }),
  rebuild({ ...almalinux, ...nine, title: 'AlmaLinux 9' }),
  rebuild({ ...almalinux, ...ten, title: 'AlmaLinux 10' }),
]
