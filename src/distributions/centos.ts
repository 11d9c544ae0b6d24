import { chronydUnit, conntrackdUnit } from './unit-names.ts'
import type { Distribution } from './distribution.ts'
import { elrepo } from './elrepo.ts'
import { byArchitecture } from './mirrors.ts'
import { glibcCrypt } from './password-hashes.ts'
import { rpmArchitecture } from './rhel.ts'
import { dockerKeys } from './signing-keys.ts'

/*
 * Supported because it is still in use: its maintenance ended on 2024-06-30, and only the archive of its mirrors remains
 * (https://blog.centos.org/2023/04/end-dates-are-coming-for-centos-stream-8-and-centos-linux-7/). `check` warns.
 */
export const centos7: Distribution = {
  name: 'centos',
  version: '7',
  title: 'CentOS 7',
  family: 'rhel',
  packageManager: 'yum',
  installs: ['kickstart', 'image'],
  // RHEL 7, "Networking Guide", 1.4.
  networkServices: { kickstart: 'NetworkManager', image: 'NetworkManager' },
  packages: {
    chrony: 'chrony',
    conntrackd: 'conntrack-tools',
    conntrack: 'conntrack-tools',
    containerd: 'containerd.io',
    curl: 'curl',
    // Its repository `extras` has 3.3, whose command still uses version 2 of the API by default.
    etcd: null,
    'etcd-client': null,
    haproxy: 'haproxy',
    keepalived: 'keepalived',
    nftables: 'nftables',
    socat: 'socat',
    ipset: 'ipset',
    iptables: 'iptables',
    ipvsadm: 'ipvsadm',
  },
  units: { chrony: chronydUnit, conntrackd: conntrackdUnit },
  unitAliases: {},
  // OpenSSH 7.4.
  sshDropIns: 'lines',
  adminGroup: 'wheel',
  // glibc 2.17.
  passwordHashes: glibcCrypt,
  chronyConfiguration: '/etc/chrony.conf',
  defaultTimeServers: ['2.centos.pool.ntp.org'],
  firewall: 'firewalld',
  selinux: true,
  // https://access.redhat.com/articles/3078
  kernel: '3.10',
  kernelModulesPackage: null,
  newerKernels: elrepo[7],
  // systemd 219 supports only version 1.
  cgroups: 1,
  // https://access.redhat.com/node/6996272
  haproxyVersion: '1.5',
  // 7.9.2009/os/x86_64/Packages in the archive: keepalived-1.3.5, conntrack-tools-1.4.4; updates: cloud-init-19.4.
  keepalivedVersion: '1.3',
  conntrackdVersion: '1.4.4',
  cloudInitVersion: '19.4',
  curlReadsOnlyRsaKeys: true,
  etcdVersion: null,
  // The last containerd.io for it is 1.6.33: https://download.docker.com/linux/centos/7/x86_64/stable/Packages/
  containerdConfiguration: 2,
  ownContainerd: null,
  // Its repository `extras` has 1.13, of 2017.
  ownDocker: null,
  // glibc 2.17 has no C.UTF-8.
  locale: 'en_US.UTF-8',
  bootLoaderTool: 'grubby',
  // The archive: 7.9.2009 was the last point release, and everything but x86_64 is below altarch.
  mirror: 'https://vault.centos.org',
  // Package centos-release: CentOS-Base.repo, CentOS-CR.repo, CentOS-Debuginfo.repo, CentOS-Media.repo and so on.
  repositoryLists: ['/etc/yum.repos.d/CentOS-*.repo'],
  trees: byArchitecture((architecture) => {
    const release = architecture === 'amd64' ? '7.9.2009' : 'altarch/7.9.2009'
    const path = (repository: string) => `${release}/${repository}/${rpmArchitecture[architecture]}`
    return {
      install: path('os'),
      repositories: ['updates', 'extras'].map((name) => ({ name, path: path(name) })),
    }
  }),
  codename: null,
  archives: null,
  refusesOldSignatures: false,
  // The kernel's default, because systemd before 240 sets none.
  openFilesOfServices: { soft: null, hard: 4096 },
  // Package centos-release.
  signingKey: '/etc/pki/rpm-gpg/RPM-GPG-KEY-CentOS-7',
  extraRepositories: [
    {
      name: 'docker-ce-stable',
      url: 'https://download.docker.com/linux/centos/7/$basearch/stable',
      key: 'https://download.docker.com/linux/centos/gpg',
      fingerprints: dockerKeys.rhel,
    },
  ],
  // Control groups v1: KEP-5573, `failCgroupV1` is true from 1.35.
  lastKubernetes: {
    minor: '1.31',
    reason:
      'kubeadm 1.32 and 1.33 reject its kernel 3.10, and the kubelet rejects its control groups v1 from 1.35',
    source: 'https://github.com/kubernetes/kubernetes/pull/129462',
  },
  lastKubernetesOnNewerKernel: {
    minor: '1.34',
    reason: 'the kubelet rejects its control groups v1 from 1.35',
    source: 'https://github.com/kubernetes/enhancements/issues/5573',
  },
  endOfLife: '2024-06-30',
}
