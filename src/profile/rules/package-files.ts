import { dropIn } from './system-file.ts'
import type { SystemFile } from './system-file.ts'

/** A whole file in their place works, maybe; what the distribution and its packages have there is lost. */
export const packageFiles: readonly SystemFile[] = [
  {
    paths: ['/etc/nsswitch.conf'],
    why: 'packages such as sssd and libnss-resolve add their names to it',
    instead: 'write a command that changes one line; on Enterprise Linux authselect owns the file',
    source: 'nsswitch.conf(5)',
  },
  {
    paths: ['/etc/default/grub'],
    why: 'the installer writes it for the disk and the console of each machine',
    instead: `set kernel.arguments; for more ${dropIn('default/grub.d', '90-local.cfg')} (Debian, Ubuntu) or a command that runs grubby`,
  },
  {
    paths: ['/etc/ssh/sshd_config'],
    why: 'the settings of the distribution are lost, among them the Include of all drop-ins',
    instead: `${dropIn('ssh/sshd_config.d')}; sshd before 8.2 (Enterprise Linux 7 and 8) reads no drop-ins: write a command that changes one line`,
    source: 'sshd_config(5)',
  },
  {
    paths: ['/etc/ssh/ssh_config'],
    why: 'the settings of the distribution are lost',
    instead: dropIn('ssh/ssh_config.d'),
    source: 'ssh_config(5)',
  },
  {
    paths: ['/etc/sysctl.conf'],
    why: 'the distribution owns it, and newer ones do not read it',
    instead: `set sysctls, or ${dropIn('sysctl.d')}`,
    source: 'sysctl.d(5)',
  },
  {
    paths: ['/etc/modules'],
    why: 'the distribution owns it',
    instead: `set kernel.modules, or ${dropIn('modules-load.d')}`,
    source: 'modules-load.d(5)',
  },
  {
    paths: ['/etc/security/limits.conf'],
    why: 'the distribution owns it',
    instead: `set limits, or ${dropIn('security/limits.d')}`,
    source: 'limits.conf(5)',
  },
  {
    paths: ['/etc/apt/sources.list', /^\/etc\/apt\/sources\.list\.d\/(?:ubuntu|debian)\.sources$/],
    why: "the distribution's own archives stand there, and the packages of hakube come from them",
    instead: `set mirrors.distribution; for more archives ${dropIn('apt/sources.list.d', 'local.sources')}`,
    source: 'sources.list(5)',
  },
  {
    paths: ['/etc/dnf/dnf.conf', '/etc/yum.conf'],
    why: 'the settings of the distribution are lost, gpgcheck=1 among them',
    instead: 'write a command that adds one line',
    source: 'dnf.conf(5)',
  },
  {
    paths: [/^\/etc\/yum\.repos\.d\/(?:rocky|almalinux|centos|redhat)[^/]*\.repo$/i],
    why: "the distribution's own repositories stand there, and an update writes them again",
    instead: `set mirrors.distribution; for more repositories ${dropIn('yum.repos.d', 'local.repo')}`,
  },
  {
    paths: [
      /^\/etc\/pam\.d\/(?:common-[a-z-]+|system-auth|password-auth|postlogin|(?:fingerprint|smartcard)-auth|sshd|login|remote|su|su-l|sudo|sudo-i|runuser|runuser-l|other|passwd|chpasswd|systemd-user|crond?|polkit-1)$/,
      '/etc/pam.conf',
    ],
    why: 'who may log in is said there, and packages add their lines to it',
    instead:
      'write a profile below /usr/share/pam-configs and a command that runs pam-auth-update (Debian, Ubuntu), or a command that runs authselect (Enterprise Linux)',
    source: 'pam-auth-update(8), authselect(8)',
  },
  {
    paths: [
      /^\/etc\/systemd\/(?:system|user|journald|logind|resolved|timesyncd|networkd|sleep|coredump|pstore|oomd|homed|journal-remote|journal-upload|journal-gatewayd)\.conf$/,
    ],
    why: 'the distribution owns it, and its drop-ins win',
    instead: 'write %.d/90-local.conf',
    source: 'systemd-system.conf(5)',
  },
  {
    paths: [
      /^\/(?:etc|usr\/lib|lib)\/systemd\/system\/(?:kubelet|containerd|crio|docker|haproxy|keepalived|conntrackd|chronyd?|sshd?|nftables|firewalld|NetworkManager|cloud-(?:init|config|final)|systemd-[a-z-]+)\.service$/,
    ],
    why: 'it hides the whole unit of the package, and what a later package changes',
    instead: 'write %.d/90-local.conf with what differs',
    source: 'systemd.unit(5)',
  },
  {
    paths: ['/etc/environment'],
    why: 'the PATH of all logins and of sudo stands there on Debian and Ubuntu',
    instead: dropIn('profile.d', 'local.sh'),
    source: 'pam_env(8)',
  },
  {
    paths: [/^\/etc\/(?:profile|bashrc|bash\.bashrc|csh\.(?:cshrc|login)|zshrc|zprofile)$/],
    why: 'shells read the settings of packages through it',
    instead: dropIn('profile.d', 'local.sh'),
    source: 'bash(1)',
  },
  {
    paths: ['/etc/crontab', '/etc/anacrontab'],
    why: 'the daily work of packages is started there',
    instead: `${dropIn('cron.d', 'local')}; Debian's cron reads no name with a dot in it`,
    source: 'cron(8)',
  },
  {
    paths: ['/etc/ld.so.conf'],
    why: 'without its include the libraries of packages are not found',
    instead: `${dropIn('ld.so.conf.d', 'local.conf')} and a command that runs ldconfig`,
    source: 'ldconfig(8)',
  },
  {
    paths: ['/etc/nftables.conf', '/etc/sysconfig/nftables.conf', /^\/etc\/sysconfig\/ip6?tables$/],
    why: "a whole set of rules takes away those of hakube and of the node's pods",
    instead: 'set firewall.ports',
  },
  {
    paths: [
      '/etc/ssl/certs/ca-certificates.crt',
      '/etc/ca-certificates.conf',
      /^\/etc\/pki\/tls\/(?:cert\.pem|certs\/ca-bundle\.crt)$/,
      /^\/etc\/pki\/ca-trust\/extracted\//,
    ],
    why: 'it is generated from the CA certificates of the distribution',
    instead:
      'write /usr/local/share/ca-certificates/local.crt and a command that runs update-ca-certificates (Debian, Ubuntu), or /etc/pki/ca-trust/source/anchors/local.crt and update-ca-trust (Enterprise Linux)',
    source: 'update-ca-certificates(8), update-ca-trust(8)',
  },
  {
    paths: ['/etc/crio/crio.conf'],
    why: 'the package owns it',
    instead: dropIn('crio/crio.conf.d'),
    source: 'crio.conf.d(5)',
  },
  {
    paths: ['/etc/NetworkManager/NetworkManager.conf'],
    why: 'the package owns it',
    instead: dropIn('NetworkManager/conf.d'),
    source: 'NetworkManager.conf(5)',
  },
  {
    paths: ['/etc/rsyslog.conf'],
    why: 'it names the logs of the machine and includes what packages add',
    instead: dropIn('rsyslog.d'),
    source: 'rsyslog.conf(5)',
  },
  {
    paths: ['/etc/logrotate.conf'],
    why: 'it includes what packages add',
    instead: dropIn('logrotate.d', 'local'),
    source: 'logrotate(8)',
  },
  {
    paths: ['/etc/audit/audit.rules'],
    why: 'augenrules generates it at each start',
    instead: dropIn('audit/rules.d', '90-local.rules'),
    source: 'augenrules(8)',
  },
  {
    paths: ['/etc/login.defs', '/etc/adduser.conf', '/etc/default/useradd'],
    why: 'packages make their accounts by its numbers',
    instead: 'write a command that changes one line',
    source: 'login.defs(5)',
  },
]
