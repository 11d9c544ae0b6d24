import { dropIn } from './system-file.ts'
import type { SystemFile } from './system-file.ts'

/** Replacing these files breaks the machine, or what hakube sets up on it. */
export const vitalFiles: readonly SystemFile[] = [
  {
    paths: [/^\/etc\/g?shadow-?$/, /^\/etc\/(?:passwd|group)-?$/, /^\/etc\/sub[ug]id-?$/],
    why: 'packages and the first boot add accounts to it',
    instead: 'set users, or write a file below /etc/sysusers.d and a command that runs systemd-sysusers',
    source: 'sysusers.d(5)',
  },
  {
    paths: ['/etc/nologin', '/run/nologin', '/var/run/nologin'],
    why: 'while it exists, only root can log in, and root cannot over SSH',
    instead: 'remove it; for a text at each login write /etc/motd',
    source: 'nologin(5)',
  },
  {
    paths: ['/etc/sudoers'],
    why: 'without its @includedir, the users of the profile lose sudo',
    instead: `${dropIn('sudoers.d', '90-local')} with mode "0440"; sudo ignores names with a dot`,
    source: 'sudoers(5)',
  },
  {
    paths: ['/etc/machine-id', '/var/lib/dbus/machine-id'],
    why: 'all machines would share one ID, by which the journal, DHCP and monitoring tell them apart',
    instead: 'remove it: each machine creates its own at its first boot',
    forOneMachine: true,
    source: 'machine-id(5)',
  },
  {
    paths: [/^\/etc\/ssh\/ssh_host_[a-z0-9]+_key(?:\.pub)?$/],
    why: 'all machines would share one host key',
    instead: 'remove it: each machine creates its own at its first boot',
    forOneMachine: true,
    source: 'sshd(8)',
  },
  {
    paths: [/^\/etc\/nvme\/host(?:nqn|id)$/, '/etc/iscsi/initiatorname.iscsi'],
    why: 'all machines would share one name, and storage would take them for one machine',
    instead: 'write it for each machine below machines, or remove it',
    forOneMachine: true,
  },
  {
    paths: [
      /^\/usr\/s?bin\/(?:kubelet|kubeadm|kubectl|containerd(?:-shim[\w-]*)?|ctr|runc|crio|conmon|dockerd|haproxy|keepalived|etcd|etcdctl|chronyd|conntrackd|nft|iptables|systemctl|sshd|sudo)$/,
    ],
    why: 'it belongs to a package, and the next update replaces it',
    instead: 'write the file below /usr/local/bin, or fetch a package of your own with packages',
  },
  {
    paths: ['/etc/fstab'],
    why: "it lists the machine's file systems, without which it does not boot",
    instead:
      'write a unit such as /etc/systemd/system/srv-data.mount and a command that runs systemctl enable --now srv-data.mount, or a command that adds a line if it is missing',
    source: 'systemd.mount(5)',
  },
  {
    paths: ['/etc/mtab', '/etc/localtime', '/etc/os-release', '/usr/lib/os-release'],
    why: 'it is a symbolic link, or belongs to a package',
    instead: 'remove it; for the time zone, write a command that runs timedatectl set-timezone',
  },
  {
    paths: ['/etc/resolv.conf'],
    why: 'hakube, systemd-resolved or NetworkManager writes it, often as a symbolic link',
    instead:
      'set network.nameServers and network.searchDomain; for more write /etc/systemd/resolved.conf.d/90-local.conf (Ubuntu) or a command that runs nmcli (Enterprise Linux)',
    source: 'systemd-resolved.service(8), NetworkManager.conf(5)',
  },
  {
    paths: ['/etc/cloud/cloud.cfg'],
    why: 'it defines what cloud-init does at the first boot',
    instead: dropIn('cloud/cloud.cfg.d', '90-local.cfg'),
    source: 'https://docs.cloud-init.io/en/latest/reference/base_config_reference.html',
  },
  {
    paths: ['/etc/selinux/config'],
    why: 'the installer writes it, from the field selinux of the profile',
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
    instead:
      'set the fields below network; for more interfaces write /etc/network/interfaces.d/local (Debian)',
    forOneMachine: true,
    source: 'interfaces(5)',
  },
]
