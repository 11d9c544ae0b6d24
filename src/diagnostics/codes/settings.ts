import type { CodeSection } from './section.ts'

export const settingsCodes = {
  title: 'Settings, files and commands',
  codes: {
    'sysctls/key': {
      severity: 'error',
      what: 'Not a kernel setting',
      remedy: 'Spell it as `sysctl -a` prints it',
      source: 'sysctl.d(5)',
    },
    'sysctls/misspelt': {
      severity: 'error',
      what: 'A kernel setting that does not exist, but is one or two letters away from one that does, or lies in another directory: the first boot would wait for it forever',
      remedy: 'Use the name in the message',
      source: 'the tables of Linux 5.10 to 7.2',
    },
    'sysctls/unknown': {
      severity: 'warning',
      what: 'A kernel setting that no kernel known to hakube has; a third-party module may provide it. In files, also a misspelt one',
      remedy: 'Check the name; a leading dash marks a setting that may be missing',
      source: 'sysctl.d(5)',
    },
    'sysctls/other-kernel': {
      severity: 'error',
      what: "A kernel setting that these machines' kernel no longer has, or does not have yet",
      remedy: 'Remove it, or write a leading dash',
      source: 'the tables of Linux 5.10 to 7.2',
    },
    'sysctls/value': {
      severity: 'error',
      what: 'A value that the kernel rejects (not a number, out of range, too many or too few values, a read-only setting), several lines, or a control character',
      remedy: 'The message says which values are valid',
    },
    'sysctls/ephemeral-ports': {
      severity: 'warning',
      what: 'Outgoing connections may use ports that programs of the cluster listen on, or node ports',
      remedy: 'Let the range begin at 32768, or reserve the ports in net.ipv4.ip_local_reserved_ports',
      source: 'Linux, ip-sysctl',
    },
    'kernel/module': { severity: 'error', what: 'Not a module name', remedy: 'Write one name per item' },
    'kernel/module-misspelt': {
      severity: 'error',
      what: 'A misspelt name of a well-known kernel module',
      remedy: 'Write the name that lsmod shows',
    },
    'kernel/no-package': {
      severity: 'error',
      what: 'An ELRepo kernel that does not exist for this family, release or architecture',
      remedy: 'Remove `kernel.package`, or write the other one',
      source: 'ELRepo',
    },
    'kernel/secure-boot': {
      severity: 'warning',
      what: 'An ELRepo kernel on machines with UEFI: it is not signed, so Secure Boot must be off',
      remedy: 'Disable it in the firmware; use `firmware: bios` where machines boot that way',
      source: 'ELRepo',
    },
    'kernel/argument': {
      severity: 'error',
      what: 'Spaces, quotes, or characters that boot loaders interpret, in a kernel argument',
      remedy: 'Write one argument per item',
      source: 'kernel-parameters',
    },
    'kernel/argument-own': {
      severity: 'error',
      what: 'A kernel argument that hakube or the boot loader sets itself',
      remedy: 'Remove it, or use `appliesTo: installed` where hakube sets it for the installer only',
    },
    'kernel/argument-twice': {
      severity: 'error',
      what: 'The same kernel argument twice in one list',
      remedy: 'Write one entry; without `appliesTo` it applies to the installer and the installed system',
    },
    'kernel/line-too-long': {
      severity: 'error',
      what: 'The kernel command line of the installer, or of the installed system with what boot loaders add, is longer than 2,047 characters',
      remedy: 'Remove arguments; the message names the longest',
      source: 'kernel, x86 boot protocol',
    },
    'kernel/applies-to': {
      severity: 'warning',
      what: 'A kernel argument for the installer of machines that have none (`install: live`)',
      remedy: 'Remove `appliesTo`, or the argument',
    },
    'limits/domain': {
      severity: 'error',
      what: 'Not a user or group',
      remedy: 'Write a user, `@group` or `"*"`',
      source: 'limits.conf(5)',
    },
    'limits/item': {
      severity: 'error',
      what: 'Not a resource that can be limited',
      remedy: 'The message lists them',
      source: 'limits.conf(5)',
    },
    'limits/value': {
      severity: 'error',
      what: 'A number below -1, or outside the range of nice, priority or nonewprivs',
      remedy: 'Write 0 or more, or `unlimited`; the message names the range',
      source: 'limits.conf(5)',
    },
    'packages/name': {
      severity: 'error',
      what: 'Not a plain package name: a version, a pattern, a group, or a trailing dash',
      remedy: 'Write one name per item; use a command of your own for the rest',
    },
    'commands/name': {
      severity: 'error',
      what: 'Not a short name',
      remedy: 'Use lowercase letters, digits and dashes',
    },
    'commands/empty': { severity: 'error', what: 'A command that does nothing', remedy: 'Remove it' },
    'commands/order': {
      severity: 'error',
      what: '`after` names a stage that is not earlier than that of `before`',
      remedy: 'Keep one of the two',
    },
    'commands/duplicate': {
      severity: 'error',
      what: 'The same name twice in one list',
      remedy: 'Give each a unique name',
    },
    'files/path': {
      severity: 'error',
      what: 'Not a plain, absolute path that survives a reboot',
      remedy: 'See the message',
    },
    'files/reserved': {
      severity: 'error',
      what: 'A file that hakube writes, or one in the directory that kubeadm fills',
      remedy: 'Use fields of the profile',
    },
    'files/ssh-port': {
      severity: 'error',
      what: 'A port of sshd in a file that is not a port, or one that another program of the machine listens on',
      remedy: 'Use a free port',
      source: 'sshd_config(5)',
    },
    'files/ssh-login': {
      severity: 'error',
      what: 'A setting of sshd in a file with which no user of the profile could log in, or root and passwords could',
      remedy:
        'Let the users of the profile in by their keys: `AllowUsers`, `AllowGroups`, `AuthenticationMethods publickey`',
      source: 'sshd_config(5)',
    },
    'files/ssh-overridden': {
      severity: 'warning',
      what: "A setting of sshd that hakube's own drop-in overrides",
      remedy: 'Remove it',
      source: 'sshd_config(5)',
    },
    'files/sudo': {
      severity: 'error',
      what: 'A file below `/etc/sudoers.d` with which users of the profile do not become root as it says',
      remedy: 'See the message',
      source: 'sudoers(5)',
    },
    'files/system': {
      severity: 'error or warning',
      what: 'A file that replaces one of the system completely, e.g. `/etc/fstab` (error) or `/etc/profile` (warning)',
      remedy: 'Use a drop-in, a field of the profile, or a command that changes one line',
    },
    'files/not-read': {
      severity: 'warning',
      what: "A drop-in that its program ignores: because of its name, or because the distribution's own file does not include it",
      remedy:
        'Use the suffix that is read; no dot below `/etc/sudoers.d`; for sshd of Enterprise Linux 7 and 8 see the message',
      source: 'sysctl.d(5), sudoers(5)',
    },
    'files/duplicate': { severity: 'error', what: 'The same path twice in one list', remedy: 'Keep one' },
    'files/two-texts': { severity: 'error', what: 'Both `content` and `source`', remedy: 'Keep one' },
    'files/no-text': {
      severity: 'error',
      what: 'Neither `content` nor `source`',
      remedy: 'Write one of the two',
    },
    'files/mode': {
      severity: 'error',
      what: 'Not an octal mode',
      remedy: 'Write e.g. `"0644"`',
      source: 'chmod(1)',
    },
    'files/open-secret': {
      severity: 'warning',
      what: 'A secret that others than its owner can read',
      remedy: 'Use `"0600"`',
    },
    'files/world-writable': {
      severity: 'warning',
      what: 'A file that any user can change',
      remedy: 'Use `"0644"`',
    },
    'files/unverified-key': {
      severity: 'warning',
      what: 'A repository of your own whose key comes without TLS: its signatures prove nothing',
      remedy: 'Add the key as a file of the profile, with `gpgkey=file://…`; or use `https://`',
    },
    'files/owner': { severity: 'error', what: 'Not `user:group`', remedy: 'Write e.g. `root:root`' },
    'source/missing': {
      severity: 'error',
      what: 'The file beside the profile does not exist',
      remedy: 'Create it',
    },
    'source/outside': {
      severity: 'error',
      what: "The file is outside the profile's directory, or is a link out of it",
      remedy: 'Copy it into the directory',
    },
    'source/not-a-file': { severity: 'error', what: 'A directory or a device', remedy: 'Use a text file' },
    'source/not-text': {
      severity: 'error',
      what: 'Not UTF-8',
      remedy: 'Convert it, or fetch it with a command',
    },
    'source/too-large': { severity: 'error', what: 'More than 1 MiB', remedy: 'Fetch it with a command' },
    'source/unreadable': { severity: 'error', what: 'The file cannot be read', remedy: 'See the message' },
  },
} as const satisfies CodeSection
