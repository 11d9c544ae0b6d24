import { dropIn } from './system-file.ts'
import type { SystemFile } from './system-file.ts'

/** With a whole file of somebody's in their place the machine, or what hakube makes of it, does not work. */
export const vitalFiles: readonly SystemFile[] = [
  {
    paths: [/^\/etc\/g?shadow-?$/, /^\/etc\/(?:passwd|group)-?$/, /^\/etc\/sub[ug]id-?$/],
    why: 'packages and first boot add their accounts to it',
    instead: 'write users, or a file below /etc/sysusers.d and a command that runs systemd-sysusers',
    source: 'sysusers.d(5)',
  },
  {
    paths: ['/etc/sudoers'],
    why: 'without its @includedir the users of the profile lose sudo',
    instead: `${dropIn('sudoers.d', '90-local')} with mode "0440"; sudo reads no name with a dot in it`,
    source: 'sudoers(5)',
  },
  {
    paths: ['/etc/machine-id', '/var/lib/dbus/machine-id'],
    why: 'all machines get one id, by which the journal, DHCP and monitoring tell them apart',
    instead: 'leave it out: each machine makes its own at its first start',
    forOneMachine: true,
    source: 'machine-id(5)',
  },
  {
    paths: [/^\/etc\/ssh\/ssh_host_[a-z0-9]+_key(?:\.pub)?$/],
    why: 'all machines get one host key',
    instead: 'leave it out: each machine makes its own at its first start',
    forOneMachine: true,
    source: 'sshd(8)',
  },
  {
    paths: [/^\/etc\/nvme\/host(?:nqn|id)$/, '/etc/iscsi/initiatorname.iscsi'],
    why: 'all machines get one name, and storage takes them for one',
    instead: 'write it below machines, for one machine each, or leave it out',
    forOneMachine: true,
  },
  {
    paths: ['/etc/fstab'],
    why: 'the installer writes the file systems of each disk there, and without them the machine does not start',
    instead:
      'write a unit such as /etc/systemd/system/srv-data.mount and a command that runs systemctl enable --now srv-data.mount, or a command that adds one line if it is not there',
    source: 'systemd.mount(5)',
  },
  {
    paths: ['/etc/mtab', '/etc/localtime', '/etc/os-release', '/usr/lib/os-release'],
    why: 'it is a link, or belongs to a package',
    instead: 'leave it out; for the time zone write a command that runs timedatectl set-timezone',
  },
  {
    paths: ['/etc/resolv.conf'],
    why: 'hakube, systemd-resolved or NetworkManager writes it, on many machines as a link',
    instead:
      'set network.nameServers and network.searchDomain; for more write /etc/systemd/resolved.conf.d/90-local.conf (Ubuntu) or a command that runs nmcli (Enterprise Linux)',
    source: 'systemd-resolved.service(8), NetworkManager.conf(5)',
  },
  {
    paths: ['/etc/cloud/cloud.cfg'],
    why: 'it names what cloud-init does at the first boot',
    instead: dropIn('cloud/cloud.cfg.d', '90-local.cfg'),
    source: 'https://docs.cloud-init.io/en/latest/reference/base_config_reference.html',
  },
  {
    paths: ['/etc/selinux/config'],
    why: 'the installer writes it, and hakube keeps to what the profile says of SELinux',
    instead: 'set selinux: permissive',
    source: 'selinux(8)',
  },
  {
    paths: [/^\/boot\/(?:.*\/)?grub\.cfg$/, /^\/etc\/grub2(?:-efi)?\.cfg$/, '/boot/grub2/grubenv'],
    why: 'it is generated again with each kernel',
    instead: 'set kernel.arguments',
  },
  {
    paths: ['/etc/network/interfaces', /^\/etc\/sysconfig\/network-scripts\/ifcfg-(?!lo$)/],
    why: 'the installer writes the address of each machine there',
    instead: 'set the fields below network; for more cards write /etc/network/interfaces.d/local (Debian)',
    forOneMachine: true,
    source: 'interfaces(5)',
  },
]
