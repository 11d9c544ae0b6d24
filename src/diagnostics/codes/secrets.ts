import type { CodeSection } from './section.ts'

export const secretsCodes = {
  title: 'The secrets bundle',
  codes: {
    'secrets/not-a-recipient': {
      severity: 'error',
      what: 'An entry of `secrets.recipients` is no age public key',
      remedy: '`age-keygen -y FILE` prints it',
    },
    'secrets/duplicate-recipient': { severity: 'error', what: 'A public key twice', remedy: 'Keep one' },
    'secrets/always-stale': {
      severity: 'warning',
      what: '`warningDays` is not less than `certificateDays`',
      remedy: 'Less of the one, or more of the other',
    },
    'secrets/missing': {
      severity: 'error or warning',
      what: 'There is no bundle: keys and tokens are needed to render',
      remedy: '`hakube secrets init`, or `--throw-away-secrets`',
    },
    'secrets/no-key': {
      severity: 'error or warning',
      what: 'No key to open the bundle was named',
      remedy: '`--age-key-file`, `HAKUBE_AGE_KEY_FILE` or `SOPS_AGE_KEY_FILE`',
    },
    'secrets/key-file': { severity: 'error', what: 'The key file cannot be used', remedy: 'See the message' },
    'secrets/wrong-key': {
      severity: 'error',
      what: 'The bundle is not encrypted to this key',
      remedy: 'The key of one of its recipients',
    },
    'secrets/no-recipients': {
      severity: 'error',
      what: 'Nobody was named who may read the bundle',
      remedy: '`--recipient age1…`, or `secrets.recipients`',
    },
    'secrets/recipient': {
      severity: 'error',
      what: 'Not a public key, or one that cannot be added or removed',
      remedy: 'See the message',
    },
    'secrets/recipients': {
      severity: 'error or warning',
      what: "The bundle's recipients are not those of the profile",
      remedy: '`hakube secrets sync`',
    },
    'secrets/in-clear': {
      severity: 'error',
      what: 'The bundle is not encrypted',
      remedy: 'A new one: what is in it is known to others',
    },
    'secrets/damaged': {
      severity: 'error',
      what: 'The bundle cannot be decrypted as it is',
      remedy: 'The last good one from git',
    },
    'secrets/merge-conflict': {
      severity: 'error',
      what: 'git left a merge conflict in the bundle',
      remedy: 'Keep one side, and make the changes of the other again',
    },
    'secrets/content': {
      severity: 'error',
      what: 'What was decrypted is no bundle',
      remedy: 'The last good one from git',
    },
    'secrets/version': {
      severity: 'error',
      what: "The bundle's format is that of another hakube",
      remedy: 'See the message',
    },
    'secrets/other-cluster': {
      severity: 'error',
      what: 'The bundle is of another cluster',
      remedy: "The profile's own",
    },
    'secrets/locked': { severity: 'error', what: 'Another hakube is changing the bundle', remedy: 'Wait' },
    'secrets/exists': {
      severity: 'error',
      what: 'There is a bundle already',
      remedy: '`hakube secrets sync`',
    },
    'secrets/import': {
      severity: 'error',
      what: 'An authority or key cannot be taken over',
      remedy: 'See the message',
    },
    'secrets/stale': {
      severity: 'error or warning',
      what: 'A certificate of the bundle is missing, no longer fits, or is about to end; the key for encryption at rest is missing',
      remedy: '`hakube secrets sync`',
    },
    'kubeconfig/exists': {
      severity: 'error',
      what: '`hakube kubeconfig --out` names a file that is there, and none of its own',
      remedy: 'Another name',
    },
    'secrets/server': {
      severity: 'warning',
      what: "The certificate of hakube's own server is missing or no longer fits",
      remedy: '`hakube secrets sync`',
    },
    'secrets/authority': {
      severity: 'error or warning',
      what: 'An authority of the bundle is about to end, or has ended',
      remedy: '`hakube secrets rotate`',
    },
    'secrets/unused': {
      severity: 'warning',
      what: 'The bundle holds a certificate that no machine needs',
      remedy: '`hakube secrets sync --prune`',
    },
    'secrets/unknown': {
      severity: 'error',
      what: 'Nothing of this name can be rotated',
      remedy: 'The message lists them',
    },
    'secrets/no-machine': {
      severity: 'error',
      what: 'The profile has no such machine',
      remedy: 'See the message',
    },
    'secrets/nothing-to-export': {
      severity: 'error',
      what: 'The machine gets nothing from the bundle',
      remedy: 'Another one',
    },
    'secrets/not-empty': {
      severity: 'error',
      what: 'The folder to write to is not empty',
      remedy: 'A new folder',
    },
    'secrets/input-output': {
      severity: 'error',
      what: 'Reading or writing failed',
      remedy: 'See the message',
    },
  },
} as const satisfies CodeSection
