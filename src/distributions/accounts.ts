import type { Distribution } from './distribution.ts'

/** Names that a user must not have. Groups count as well, because useradd creates a group of the same name for each user. */
type Accounts = { users: readonly string[]; groups: readonly string[] }

const words = (text: string): string[] => text.trim().split(/\s+/)

/*
 * /usr/share/base-passwd/passwd.master and group.master of base-passwd 3.6.1 (bookworm), 3.6.7 (trixie) and, with gnats, of Ubuntu 22.04;
 * and the accounts that packages of every installation create: apt, systemd, systemd-timesyncd, systemd-resolved, udev, dbus,
 * cron-daemon-common, openssh-client, openssh-server (their postinst and sysusers.d).
 */
const debian: Accounts = {
  users: words(`
    root daemon bin sys sync games man lp mail news uucp proxy www-data backup list irc gnats nobody _apt messagebus sshd
    systemd-network systemd-timesync systemd-resolve`),
  groups: words(`
    adm tty disk kmem dialout fax voice cdrom floppy tape sudo audio dip operator src shadow utmp video sasl plugdev staff users
    nogroup systemd-journal input sgx clock kvm render crontab _ssh`),
}

/*
 * The packages of Ubuntu's server in addition: rsyslog, uuid-runtime, tcpdump, tpm-udev, usbmuxd, dhcpcd-base, polkitd, fwupd,
 * landscape-common, pollinate, lxd-installer, rdma-core.
 */
const ubuntu: Accounts = {
  users: [
    ...debian.users,
    ...words('syslog uuidd tcpdump tss usbmux dhcpcd polkitd fwupd-refresh landscape pollinate lxd'),
  ],
  groups: [...debian.groups, ...words('rdma netdev')],
}

/*
 * /etc/passwd and /etc/group of the package `setup` (2.8.71 in 7, 2.13.7 in 9, 2.14.5 in 10), systemd's sysusers.d/basic.conf, and
 * the packages of a minimal installation: dbus, polkit, openssh-server, sssd-common, tpm2-tss, chrony, libutempter.
 */
const enterpriseLinux: Accounts = {
  users: words(`
    root bin daemon adm lp sync shutdown halt mail operator games ftp nobody dbus polkitd sshd sssd tss chrony
    systemd-network systemd-resolve systemd-coredump systemd-oom systemd-timesync`),
  groups: words(`
    sys tty disk mem kmem wheel cdrom man dialout floppy utmp utempter tape video lock audio users input kvm render sgx clock
    systemd-journal ssh_keys`),
}

const systemAccounts = ({ name, family }: Distribution): Accounts => {
  if (family === 'rhel') return enterpriseLinux
  return name === 'ubuntu' ? ubuntu : debian
}

/** The account with this name on every machine of the distribution, or null if the name is free. */
export function systemAccount(distribution: Distribution, name: string): 'user' | 'group' | null {
  const { users, groups } = systemAccounts(distribution)
  // systemd's services create accounts with this prefix when they are first started.
  if (users.includes(name) || name.startsWith('systemd-')) return 'user'
  return groups.includes(name) ? 'group' : null
}

/** Users and groups that packages create, by package. Taken from the maintainer scripts and sysusers.d of Debian 12 and 13. */
const debianPackages: Readonly<Record<string, string>> = {
  'avahi-daemon': 'avahi netdev',
  bind9: 'bind',
  bird2: 'bird',
  'ceph-common': 'ceph',
  chrony: '_chrony',
  'dhcpcd-base': 'dhcpcd',
  dnsmasq: 'dnsmasq',
  'dnsmasq-base': 'dnsmasq',
  'docker-ce': 'docker',
  'docker.io': 'docker',
  'etcd-server': 'etcd',
  'exim4-base': 'Debian-exim',
  frr: 'frr frrvty',
  fwupd: 'fwupd-refresh',
  haproxy: 'haproxy',
  influxdb: 'influxdb',
  'kea-common': '_kea',
  keepalived: 'keepalived_script',
  'libvirt-daemon-system': 'libvirt libvirt-qemu',
  lldpd: '_lldpd',
  lxd: 'lxd _lxd',
  'mariadb-server': 'mysql',
  memcached: 'memcache',
  mosquitto: 'mosquitto',
  'network-manager': 'netdev',
  'nfs-common': 'statd _rpc',
  'nfs-kernel-server': 'statd _rpc',
  nslcd: 'nslcd',
  ntpsec: 'ntpsec',
  'nut-client': 'nut',
  'nut-server': 'nut',
  openntpd: 'ntpd',
  pacemaker: 'hacluster haclient',
  pcp: 'pcp',
  plocate: 'plocate',
  polkitd: 'polkitd',
  postfix: 'postfix postdrop',
  postgresql: 'postgres ssl-cert',
  'postgresql-common': 'postgres ssl-cert',
  prometheus: 'prometheus',
  'prometheus-node-exporter': 'prometheus',
  'prometheus-snmp-exporter': 'prometheus',
  'puppet-agent': 'puppet',
  'rabbitmq-server': 'rabbitmq',
  radvd: 'radvd',
  'redis-server': 'redis',
  rpcbind: '_rpc',
  slapd: 'openldap',
  snmpd: 'Debian-snmp',
  'ssl-cert': 'ssl-cert',
  'sssd-common': 'sssd',
  sssd: 'sssd',
  stunnel4: 'stunnel4',
  tcpdump: 'tcpdump',
  'tftpd-hpa': 'tftp',
  tor: 'debian-tor',
  'tpm-udev': 'tss',
  unbound: 'unbound',
  usbmuxd: 'usbmux',
  'uuid-runtime': 'uuidd',
  vsftpd: 'ftp',
  'wireshark-common': 'wireshark',
  'zabbix-agent': 'zabbix',
}

/** The same for Enterprise Linux: the file `uidgid` of the package `setup`, and the sysusers.d of the packages. */
const enterpriseLinuxPackages: Readonly<Record<string, string>> = {
  avahi: 'avahi',
  bind: 'named',
  'ceph-common': 'ceph',
  chrony: 'chrony',
  'cockpit-ws': 'cockpit-ws cockpit-wsinstance',
  dnsmasq: 'dnsmasq',
  'docker-ce': 'docker',
  etcd: 'etcd',
  frr: 'frr frrvty',
  glusterfs: 'gluster',
  haproxy: 'haproxy',
  httpd: 'apache',
  keepalived: 'keepalived_script',
  libvirt: 'libvirt qemu',
  'libvirt-daemon': 'libvirt qemu',
  'mariadb-server': 'mysql',
  memcached: 'memcached',
  'mysql-server': 'mysql',
  'nfs-utils': 'rpc rpcuser nfsnobody',
  nginx: 'nginx',
  pacemaker: 'hacluster haclient',
  pcp: 'pcp',
  postfix: 'postfix postdrop',
  'postgresql-server': 'postgres',
  'rabbitmq-server': 'rabbitmq',
  radvd: 'radvd',
  redis: 'redis',
  rpcbind: 'rpc',
  'setroubleshoot-server': 'setroubleshoot',
  squid: 'squid',
  tcpdump: 'tcpdump',
  unbound: 'unbound',
  usbmuxd: 'usbmuxd',
  vsftpd: 'ftp',
  'wireshark-cli': 'wireshark usbmon',
  'zabbix-agent': 'zabbix',
}

/** Users and groups that a package creates on machines of the distribution; empty if hakube does not know the package. */
export function packageAccounts({ family }: Distribution, name: string): string[] {
  const packages = family === 'rhel' ? enterpriseLinuxPackages : debianPackages
  // postgresql-15 creates the same accounts as postgresql.
  const known = [name, name.replace(/-\d[\d.]*$/, '')].find((each) => Object.hasOwn(packages, each))
  return known === undefined ? [] : words(packages[known] ?? '')
}
