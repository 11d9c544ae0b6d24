import type { CodeSection } from './section.ts'

export const secretsCodes = {
  title: 'The secrets bundle',
  codes: {
    'secrets/not-a-recipient': {
      severity: 'error',
      what: 'An entry of `secrets.recipients` is not an age public key',
      remedy: 'Use the key that `age-keygen -y FILE` prints',
    },
    'secrets/duplicate-recipient': {
      severity: 'error',
      what: 'The same public key twice',
      remedy: 'Keep one',
    },
    'secrets/always-stale': {
      severity: 'warning',
      what: '`warningDays` is not less than `certificateDays`',
      remedy: 'Lower `warningDays`, or raise `certificateDays`',
    },
    'secrets/no-own': {
      severity: 'error',
      what: 'The bundle does not have a secret that the profile, or the command, names',
      remedy: 'Add it with `hakube secrets set`, or correct the name',
    },
    'secrets/own-name': {
      severity: 'error',
      what: 'Not the name of a secret of your own',
      remedy: 'Use lowercase letters, digits and dashes',
    },
    'secrets/own-text': {
      severity: 'error',
      what: 'A secret that is empty, too large, or not text',
      remedy: 'Pipe in a password, a token, a key or a small file; encode others as base64',
    },
    'secrets/editor': {
      severity: 'error',
      what: 'The editor of `hakube secrets edit` does not exist, or it failed',
      remedy: 'Set `VISUAL` or `EDITOR`',
    },
    'secrets/edited-by-others': {
      severity: 'error',
      what: 'Someone else changed the same secret during `hakube secrets edit`',
      remedy: 'Edit again, and keep the right text',
    },
    'secrets/delivery-live': {
      severity: 'error',
      what: '`secrets.delivery: enrolled` for machines that run from memory, which forget their keys',
      remedy: 'Write `inline`, or install the machines to their disks',
    },
    'secrets/inline-by-default': {
      severity: 'warning',
      what: 'Machines run from memory, and the profile has no `secrets.delivery`: the seeds contain all secrets in clear text',
      remedy: 'Install the machines to their disks, or write `delivery: inline` if this is meant',
    },
    'secrets/enrolment': {
      severity: 'error',
      what: 'The bundle does not have the CAs by which machines enrol',
      remedy: 'Run `hakube secrets sync`, or write `secrets: {delivery: inline}`',
    },
    'server/syslog-port': {
      severity: 'error',
      what: '`syslogPort` is the port of `server` or of `secrets.deliveryPort`',
      remedy: 'Choose another port',
    },
    'server/netconsole': {
      severity: 'error',
      what: '`netconsole` without `syslogPort`, the port to which the kernels send their messages',
      remedy: 'Write `syslogPort`, or remove `netconsole`',
    },
    'secrets/delivery-port': {
      severity: 'error or warning',
      what: '`secrets.deliveryPort` is the port of `server`, or has no effect',
      remedy: 'Choose another port; the field has no effect with `delivery: inline`',
    },
    'secrets/missing': {
      severity: 'error or warning',
      what: 'There is no bundle, but rendering needs its keys and tokens',
      remedy: 'Run `hakube secrets init`, or use `--ephemeral-secrets`',
    },
    'secrets/no-key': {
      severity: 'error or warning',
      what: 'No key to open the bundle was given',
      remedy: 'Use `--age-key-file`, `HAKUBE_AGE_KEY_FILE` or `SOPS_AGE_KEY_FILE`',
    },
    'secrets/key-file': { severity: 'error', what: 'The key file cannot be used', remedy: 'See the message' },
    'secrets/wrong-key': {
      severity: 'error',
      what: 'The bundle is not encrypted to this key',
      remedy: 'Use the key of one of its recipients',
    },
    'secrets/no-recipients': {
      severity: 'error',
      what: 'No recipients for the bundle were given',
      remedy: 'Use `--recipient age1…`, or set `secrets.recipients`',
    },
    'secrets/recipient': {
      severity: 'error',
      what: 'Not a public key, or one that cannot be added or removed',
      remedy: 'See the message',
    },
    'secrets/recipients': {
      severity: 'error or warning',
      what: "The bundle's recipients differ from those of the profile",
      remedy: 'Run `hakube secrets sync`',
    },
    'secrets/in-clear': {
      severity: 'error',
      what: 'The bundle is not encrypted',
      remedy: 'Create a new bundle: treat the secrets in this one as compromised',
    },
    'secrets/damaged': {
      severity: 'error',
      what: 'The bundle is damaged and cannot be decrypted',
      remedy: 'Restore the last good one from git',
    },
    'secrets/merge-conflict': {
      severity: 'error',
      what: 'git left a merge conflict in the bundle',
      remedy: 'Keep one side, and repeat the changes of the other',
    },
    'secrets/content': {
      severity: 'error',
      what: 'The decrypted content is not a bundle',
      remedy: 'Restore the last good one from git',
    },
    'secrets/version': {
      severity: 'error',
      what: 'The bundle was written by an incompatible version of hakube',
      remedy: 'See the message',
    },
    'secrets/other-cluster': {
      severity: 'error',
      what: 'The bundle belongs to another cluster',
      remedy: "Use the profile's own",
    },
    'secrets/locked': {
      severity: 'error',
      what: 'Another hakube process is changing the bundle',
      remedy: 'Wait',
    },
    'secrets/exists': {
      severity: 'error',
      what: 'The bundle already exists',
      remedy: 'Run `hakube secrets sync`',
    },
    'secrets/import': {
      severity: 'error',
      what: 'A CA or key cannot be imported',
      remedy: 'See the message',
    },
    'secrets/stale': {
      severity: 'error or warning',
      what: 'A certificate of the bundle is missing, stale or about to expire, or the key for encryption at rest is missing',
      remedy: 'Run `hakube secrets sync`',
    },
    'kubeconfig/exists': {
      severity: 'error',
      what: '`hakube kubeconfig --out` names an existing file that hakube did not write',
      remedy: 'Choose another name',
    },
    'secrets/server': {
      severity: 'warning',
      what: "The certificate of hakube's own server is missing or stale",
      remedy: 'Run `hakube secrets sync`',
    },
    'secrets/authority': {
      severity: 'error or warning',
      what: 'A CA of the bundle has expired or is about to',
      remedy: 'Run `hakube secrets rotate`',
    },
    'secrets/unused': {
      severity: 'warning',
      what: 'The bundle holds a certificate that no machine needs',
      remedy: 'Run `hakube secrets sync --prune`',
    },
    'secrets/unknown': {
      severity: 'error',
      what: 'Not the name of something that can be rotated',
      remedy: 'The message lists the names',
    },
    'secrets/no-machine': {
      severity: 'error',
      what: 'The profile has no such machine',
      remedy: 'See the message',
    },
    'secrets/nothing-to-export': {
      severity: 'error',
      what: 'The machine receives nothing from the bundle',
      remedy: 'Choose another machine',
    },
    'secrets/not-empty': {
      severity: 'error',
      what: 'The directory to write to is not empty',
      remedy: 'Choose an empty directory',
    },
    'secrets/input-output': {
      severity: 'error',
      what: 'Reading or writing failed',
      remedy: 'See the message',
    },
  },
} as const satisfies CodeSection
