import { dropIn } from './system-file.ts'
import type { SystemFile } from './system-file.ts'

/** Replacing these files may work, but loses the contents of the distribution and its packages. */
export const packageFiles: readonly SystemFile[] = [
  {
    paths: ['/etc/nsswitch.conf'],
    why: 'packages such as sssd and libnss-resolve add entries to it',
    instead: 'write a command that changes one line; on Enterprise Linux authselect owns the file',
    source: 'nsswitch.conf(5)',
  },
  {
    paths: ['/etc/default/kubelet', '/etc/sysconfig/kubelet'],
    why: 'its KUBELET_EXTRA_ARGS override the arguments that hakube sets, and hakube does not check them',
    instead: 'set kubeletArguments, for all machines, a role or a machine',
    source: 'https://kubernetes.io/docs/setup/production-environment/tools/kubeadm/kubelet-integration/',
  },
  {
    paths: ['/etc/default/grub'],
    why: 'the installer writes it for the disk and console of each machine',
    instead: `set kernel.arguments; for more ${dropIn('default/grub.d', '90-local.cfg')} (Debian, Ubuntu) or a command that runs grubby`,
  },
  {
    paths: ['/etc/ssh/sshd_config'],
    why: "the distribution's settings are lost, including the Include of all drop-ins",
    instead: `${dropIn('ssh/sshd_config.d')}; sshd before 8.2 (Enterprise Linux 7 and 8) reads no drop-ins: write a command that changes one line`,
    source: 'sshd_config(5)',
  },
  {
    paths: ['/etc/ssh/ssh_config'],
    why: "the distribution's settings are lost",
    instead: dropIn('ssh/ssh_config.d'),
    source: 'ssh_config(5)',
  },
  {
    paths: ['/etc/sysctl.conf'],
    why: 'the distribution owns it, and newer releases do not read it',
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
    why: "it lists the distribution's archives, from which hakube installs packages",
    instead: `set mirrors.distribution; for more archives ${dropIn('apt/sources.list.d', 'local.sources')}`,
    source: 'sources.list(5)',
  },
  {
    paths: ['/etc/dnf/dnf.conf', '/etc/yum.conf'],
    why: "the distribution's settings are lost, including gpgcheck=1",
    instead: 'write a command that adds one line',
    source: 'dnf.conf(5)',
  },
  {
    paths: [/^\/etc\/yum\.repos\.d\/(?:rocky|almalinux|centos|redhat)[^/]*\.repo$/i],
    why: "it lists the distribution's repositories, and updates overwrite it",
    instead: `set mirrors.distribution; for more repositories ${dropIn('yum.repos.d', 'local.repo')}`,
  },
  {
    paths: [
      /^\/etc\/pam\.d\/(?:common-[a-z-]+|system-auth|password-auth|postlogin|(?:fingerprint|smartcard)-auth|sshd|login|remote|su|su-l|sudo|sudo-i|runuser|runuser-l|other|passwd|chpasswd|systemd-user|crond?|polkit-1)$/,
      '/etc/pam.conf',
    ],
    why: 'it controls who may log in, and packages add lines to it',
    instead:
      'write a profile below /usr/share/pam-configs and a command that runs pam-auth-update (Debian, Ubuntu), or a command that runs authselect (Enterprise Linux)',
    source: 'pam-auth-update(8), authselect(8)',
  },
  {
    paths: [
      /^\/etc\/systemd\/(?:system|user|journald|logind|resolved|timesyncd|networkd|sleep|coredump|pstore|oomd|homed|journal-remote|journal-upload|journal-gatewayd)\.conf$/,
    ],
    why: 'the distribution owns it, and its drop-ins override it',
    instead: 'write %.d/90-local.conf',
    source: 'systemd-system.conf(5)',
  },
  {
    paths: [
      /^\/(?:etc|usr\/lib|lib)\/systemd\/system\/(?:kubelet|containerd|crio|docker|haproxy|keepalived|conntrackd|chronyd?|sshd?|nftables|firewalld|NetworkManager|cloud-(?:init|config|final)|systemd-[a-z-]+)\.service$/,
    ],
    why: "it hides the package's unit, including later changes of it",
    instead: 'write %.d/90-local.conf with what differs',
    source: 'systemd.unit(5)',
  },
  {
    paths: ['/etc/environment'],
    why: 'on Debian and Ubuntu it sets the PATH of logins and sudo',
    instead: dropIn('profile.d', 'local.sh'),
    source: 'pam_env(8)',
  },
  {
    paths: [/^\/etc\/(?:profile|bashrc|bash\.bashrc|csh\.(?:cshrc|login)|zshrc|zprofile)$/],
    why: "shells load packages' settings through it",
    instead: dropIn('profile.d', 'local.sh'),
    source: 'bash(1)',
  },
  {
    paths: ['/etc/crontab', '/etc/anacrontab'],
    why: "it starts packages' daily jobs",
    instead: `${dropIn('cron.d', 'local')}; Debian's cron ignores names with a dot`,
    source: 'cron(8)',
  },
  {
    paths: ['/etc/ld.so.conf'],
    why: "without its include, packages' libraries are not found",
    instead: `${dropIn('ld.so.conf.d', 'local.conf')} and a command that runs ldconfig`,
    source: 'ldconfig(8)',
  },
  {
    paths: ['/etc/nftables.conf', '/etc/sysconfig/nftables.conf', /^\/etc\/sysconfig\/ip6?tables$/],
    why: "a complete rule set removes the rules of hakube and of the node's pods",
    instead: 'set firewall.ports',
  },
  {
    paths: [
      '/etc/ssl/certs/ca-certificates.crt',
      '/etc/ca-certificates.conf',
      /^\/etc\/pki\/tls\/(?:cert\.pem|certs\/ca-bundle\.crt)$/,
      /^\/etc\/pki\/ca-trust\/extracted\//,
    ],
    why: "it is generated from the distribution's CA certificates",
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
    why: "it lists the machine's logs and includes packages' drop-ins",
    instead: dropIn('rsyslog.d'),
    source: 'rsyslog.conf(5)',
  },
  {
    paths: ['/etc/logrotate.conf'],
    why: "it includes packages' drop-ins",
    instead: dropIn('logrotate.d', 'local'),
    source: 'logrotate(8)',
  },
  {
    paths: ['/etc/audit/audit.rules'],
    why: 'augenrules generates it at each boot',
    instead: dropIn('audit/rules.d', '90-local.rules'),
    source: 'augenrules(8)',
  },
  {
    paths: ['/etc/login.defs', '/etc/adduser.conf', '/etc/default/useradd'],
    why: 'it sets the number ranges for the accounts of packages',
    instead: 'write a command that changes one line',
    source: 'login.defs(5)',
  },
]
