import { debianFamily, type DebianRelease } from './debian.ts'
import type { Distribution } from './distribution.ts'
import { dockerKeys } from './signing-keys.ts'

const ubuntu = (release: DebianRelease): Distribution => ({
  ...debianFamily,
  ...release,
  name: 'ubuntu',
  installs: ['autoinstall', 'image'],
  // netplan's back end on servers: https://documentation.ubuntu.com/server/explanation/networking/about-netplan/
  networkServices: { autoinstall: 'systemd-networkd', image: 'systemd-networkd' },
  // First `pool` line of /etc/chrony/chrony.conf in the chrony package.
  defaultTimeServers: ['ntp.ubuntu.com'],
  // The second from 23.10 on: https://discourse.ubuntu.com/t/spec-apt-deb822-sources-by-default/29333
  repositoryLists: ['/etc/apt/sources.list', '/etc/apt/sources.list.d/ubuntu.sources'],
  // Without TLS: packages are signed, and the archive has no certificate.
  mirror: 'http://archive.ubuntu.com/ubuntu',
  // Until 25.04: get_ports_arches in curtin/commands/apt_config.py, "Since Ubuntu 25.10, arm64 is served on the primary mirror".
  ...(Number.parseFloat(release.version) < 25.1
    ? { portsMirror: 'http://ports.ubuntu.com/ubuntu-ports' }
    : {}),
  // /etc/apt/sources.list.d/ubuntu.sources of 24.04; keepalived and haproxy are in main, conntrackd in universe.
  archives: [
    {
      suffix: '',
      suites: [release.codename, `${release.codename}-updates`],
      components: ['main', 'universe'],
    },
    {
      // Mirrors have it next to the others.
      suffix: '',
      mirror: 'http://security.ubuntu.com/ubuntu',
      suites: [`${release.codename}-security`],
      components: ['main', 'universe'],
      isSecurity: true,
    },
  ],
  usesResolved: true,
  // Package ubuntu-keyring.
  signingKey: '/usr/share/keyrings/ubuntu-archive-keyring.gpg',
  // https://docs.docker.com/engine/install/ubuntu/
  extraRepositories: [
    {
      name: 'docker-ce-stable',
      url: `https://download.docker.com/linux/ubuntu ${release.codename} stable`,
      key: 'https://download.docker.com/linux/ubuntu/gpg',
      fingerprints: dockerKeys.debian,
    },
  ],
})

/*
 * Versions of the release itself, without updates: https://packages.ubuntu.com/jammy/, https://packages.ubuntu.com/noble/
 * and https://packages.ubuntu.com/resolute/.
 * Kernels: https://ubuntu.com/kernel/lifecycle (general availability).
 */
export const ubuntus: readonly Distribution[] = [
  ubuntu({
    version: '22.04',
    title: 'Ubuntu 22.04',
    codename: 'jammy',
    kernel: '5.15',
    haproxyVersion: '2.4',
    keepalivedVersion: '2.2',
    conntrackdVersion: '1.4.6',
    cloudInitVersion: '22.1',
    etcdVersion: '3.3.25',
  }),
  ubuntu({
    version: '24.04',
    title: 'Ubuntu 24.04',
    codename: 'noble',
    kernel: '6.8',
    haproxyVersion: '2.8',
    keepalivedVersion: '2.2',
    conntrackdVersion: '1.4.8',
    cloudInitVersion: '24.1',
    etcdVersion: '3.4.30',
  }),
  ubuntu({
    version: '26.04',
    title: 'Ubuntu 26.04',
    codename: 'resolute',
    kernel: '7.0',
    haproxyVersion: '3.2',
    keepalivedVersion: '2.3',
    conntrackdVersion: '1.4.9',
    cloudInitVersion: '26.1',
    etcdVersion: '3.5.16',
    // systemd 259.
    onlyCgroups2: true,
    // The package provides the name `containerd`.
    ownContainerd: { package: 'containerd-stable', configuration: 3 },
    // Its apt 3.2 depends on gpgv, which accepts signatures that sqv would reject.
    refusesOldSignatures: false,
  }),
]
