import type { CodeSection } from './section.ts'

export const settingsCodes = {
  title: 'Settings, files and commands',
  codes: {
    'sysctls/key': {
      severity: 'error',
      what: 'Not a kernel setting',
      remedy: 'As `sysctl -a` prints it',
      source: 'sysctl.d(5)',
    },
    'sysctls/value': {
      severity: 'error',
      what: 'An empty value, several lines, or a control character',
      remedy: 'A number or a word',
    },
    'kernel/module': { severity: 'error', what: 'Not a module name', remedy: 'One name an item' },
    'kernel/no-package': {
      severity: 'error',
      what: 'A kernel of ELRepo that there is not: of another family, release or architecture',
      remedy: 'Remove `kernel.package`, or write the other one',
      source: 'ELRepo',
    },
    'kernel/secure-boot': {
      severity: 'warning',
      what: 'A kernel of ELRepo on machines with UEFI: it is not signed, so Secure Boot must be off',
      remedy: 'Switch it off in the firmware; `firmware: bios` where machines boot that way',
      source: 'ELRepo',
    },
    'kernel/argument': {
      severity: 'error',
      what: 'Spaces, quotes, or signs that boot loaders read as their own, in a kernel argument',
      remedy: 'One argument an item',
      source: 'kernel-parameters',
    },
    'kernel/argument-own': {
      severity: 'error',
      what: 'A kernel argument that hakube or the boot loader sets itself',
      remedy: 'Remove it, or `appliesTo: installed` where only the installer has it',
    },
    'kernel/argument-twice': {
      severity: 'error',
      what: 'A kernel argument twice in one list',
      remedy: 'One entry; without `appliesTo` it is for the installer and the installed system',
    },
    'kernel/line-too-long': {
      severity: 'error',
      what: 'A kernel command line of more than 2,047 characters, of the installer or the installed system with what boot loaders add',
      remedy: 'Take arguments out; the message names the longest',
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
      remedy: 'A user, `@group` or `"*"`',
      source: 'limits.conf(5)',
    },
    'limits/item': {
      severity: 'error',
      what: 'Nothing that can be limited',
      remedy: 'The message lists them',
      source: 'limits.conf(5)',
    },
    'limits/value': {
      severity: 'error',
      what: 'A number below -1, or no number that nice, priority or nonewprivs can have',
      remedy: '0 or more, or `unlimited`; the message says the range',
      source: 'limits.conf(5)',
    },
    'packages/name': {
      severity: 'error',
      what: 'Not a plain package name: a version, pattern, group, or a dash at the end',
      remedy: 'One name an item; a command of your own for the rest',
    },
    'commands/name': {
      severity: 'error',
      what: 'Not a short name',
      remedy: 'Lower case letters, digits, dashes',
    },
    'commands/empty': { severity: 'error', what: 'A command that does nothing', remedy: 'Remove it' },
    'commands/order': {
      severity: 'error',
      what: '`after` names a stage that is not earlier than the one of `before`',
      remedy: 'Keep one of the two',
    },
    'commands/duplicate': { severity: 'error', what: 'A name twice in one list', remedy: 'Each its own' },
    'files/path': {
      severity: 'error',
      what: 'Not an absolute, plain path of a file that stays',
      remedy: 'See the message',
    },
    'files/reserved': {
      severity: 'error',
      what: 'A file that hakube writes',
      remedy: 'Fields of the profile',
    },
    'files/system': {
      severity: 'error or warning',
      what: 'A file that replaces one of the machine whole, e.g. `/etc/fstab` (error) or `/etc/profile` (warning)',
      remedy: 'A drop-in, a field of the profile, or a command that changes one line',
    },
    'files/not-read': {
      severity: 'warning',
      what: 'A drop-in with a name that its program does not read',
      remedy: 'The ending that is read; no dot below `/etc/sudoers.d`',
      source: 'sysctl.d(5), sudoers(5)',
    },
    'files/duplicate': { severity: 'error', what: 'A path twice in one list', remedy: 'Keep one' },
    'files/two-texts': { severity: 'error', what: 'Both `content` and `source`', remedy: 'Keep one' },
    'files/no-text': { severity: 'error', what: 'Neither `content` nor `source`', remedy: 'Write one' },
    'files/mode': { severity: 'error', what: 'Not an octal mode', remedy: '`"0644"`', source: 'chmod(1)' },
    'files/open-secret': {
      severity: 'warning',
      what: 'A secret that others than its owner can read',
      remedy: '`"0600"`',
    },
    'files/world-writable': {
      severity: 'warning',
      what: 'A file that everybody can change',
      remedy: '`"0644"`',
    },
    'files/unverified-key': {
      severity: 'warning',
      what: 'A repository of your own whose key comes without TLS: its signatures prove nothing',
      remedy: 'The key as a file of the profile, `gpgkey=file://…`; or `https://`',
    },
    'files/owner': { severity: 'error', what: 'Not `user:group`', remedy: '`root:root`' },
    'trust/text': {
      severity: 'error',
      what: 'A certificate with both `content` and `source`, or neither',
      remedy: 'Write one',
    },
    'trust/certificate': {
      severity: 'error',
      what: 'Not a certificate in PEM, or not a whole one',
      remedy: 'From `-----BEGIN CERTIFICATE-----` to `-----END CERTIFICATE-----`',
    },
    'trust/authority': {
      severity: 'error',
      what: 'The certificate of a server: it is not a CA',
      remedy: 'The certificate of the CA that issued it',
      source: 'RFC 5280',
    },
    'trust/duplicate': { severity: 'error', what: 'A certificate twice', remedy: 'Keep one' },
    'trust/file': {
      severity: 'warning',
      what: 'A file where certificates belong, which no program puts into the bundle',
      remedy: '`trust`',
    },
    'trust/installer': {
      severity: 'warning',
      what: 'Anaconda fetches its image by TLS before it knows `trust`',
      remedy: 'A mirror by HTTP, or a certificate of a public authority',
    },
    'source/missing': {
      severity: 'error',
      what: 'The file beside the profile does not exist',
      remedy: 'Make it',
    },
    'source/outside': {
      severity: 'error',
      what: "The file is outside of the profile's folder, or a link out of it",
      remedy: 'Copy it into the folder',
    },
    'source/not-a-file': { severity: 'error', what: 'A folder or device', remedy: 'A text file' },
    'source/not-text': {
      severity: 'error',
      what: 'Not UTF-8',
      remedy: 'Convert it, or let a command fetch it',
    },
    'source/too-large': { severity: 'error', what: 'More than 1 MiB', remedy: 'Let a command fetch it' },
    'source/unreadable': { severity: 'error', what: 'The file cannot be read', remedy: 'See the message' },
  },
} as const satisfies CodeSection
