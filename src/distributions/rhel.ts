import { chronydUnit, conntrackdUnit } from './unit-names.ts'
import type { Distribution } from './distribution.ts'
import { byArchitecture } from './mirrors.ts'
import { dockerKeys } from './signing-keys.ts'

/** The differences between Red Hat Enterprise Linux and its rebuilds, and between their releases. */
export type EnterpriseLinux = {
  /** Directory of the release, relative to the mirror. */
  directory: string
  /** Docker publishes separate packages for Red Hat Enterprise Linux and for CentOS. */
  dockerDirectory: 'rhel' | 'centos'
  /** Name of the package with iptables. */
  iptables: string
} & Pick<
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
  | 'signingKey'
  | 'cgroups'
  | 'openFilesOfServices'
  | 'sshDropIns'
  | 'passwordHashes'
  | 'lastKubernetes'
  | 'lastKubernetesOnNewerKernel'
>

/** rpm's names of the architectures. */
export const rpmArchitecture = { amd64: 'x86_64', arm64: 'aarch64' } as const

/*
 * Package names and their repositories: https://docs.redhat.com/en/documentation/red_hat_enterprise_linux/9/html-single/package_manifest/
 * (8 and 10: the same with /8/ and /10/). Units, paths and groups are those of the packages.
 */
export function enterpriseLinux({
  directory,
  dockerDirectory,
  iptables,
  ...release
}: EnterpriseLinux): Distribution {
  const { version } = release
  return {
    ...release,
    family: 'rhel',
    packageManager: 'dnf',
    installs: ['kickstart', 'image'],
    // "Configuring and managing networking", 1: the same in all releases.
    networkServices: { kickstart: 'NetworkManager', image: 'NetworkManager' },
    packages: {
      chrony: 'chrony',
      // One package contains conntrackd and the conntrack command that kubeadm's preflight requires.
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
      // Deprecated in 10, but available: RHEL 10.0 release notes, "Deprecated packages".
      ipset: 'ipset',
      iptables,
      ipvsadm: 'ipvsadm',
    },
    units: { chrony: chronydUnit, conntrackd: conntrackdUnit },
    unitAliases: {},
    adminGroup: 'wheel',
    chronyConfiguration: '/etc/chrony.conf',
    firewall: 'firewalld',
    selinux: true,
    // containerd.io is 2.x since 2025: https://github.com/containerd/containerd/blob/main/docs/cri/config.md (version = 3)
    containerdConfiguration: 3,
    ownContainerd: null,
    // It has Podman instead.
    ownDocker: null,
    // In glibc-common from glibc 2.35 on, and before as a patch of Fedora.
    locale: 'C.UTF-8',
    bootLoaderTool: 'grubby',
    // The directories of the mirrors; BaseOS has .treeinfo and images/pxeboot. Anaconda needs AppStream for haproxy and keepalived.
    trees: byArchitecture((architecture) => {
      const path = (repository: string) => `${directory}/${repository}/${rpmArchitecture[architecture]}/os`
      return {
        install: path('BaseOS'),
        repositories: [{ name: 'AppStream', path: path('AppStream') }],
      }
    }),
    codename: null,
    etcdVersion: null,
    archives: null,
    refusesOldSignatures: false,
    // https://docs.docker.com/engine/install/rhel/ and centos/; for the rebuilds https://docs.rockylinux.org/gemstones/containers/docker/
    extraRepositories: [
      {
        name: 'docker-ce-stable',
        url: `https://download.docker.com/linux/${dockerDirectory}/${version}/$basearch/stable`,
        key: `https://download.docker.com/linux/${dockerDirectory}/gpg`,
        fingerprints: dockerKeys.rhel,
      },
    ],
    endOfLife: null,
  }
}
