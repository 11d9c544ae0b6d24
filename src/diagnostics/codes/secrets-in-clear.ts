import type { CodeSection } from './section.ts'

export const secretsInClearCodes = {
  title: 'Secrets in clear',
  codes: {
    'secrets/key-in-clear': {
      severity: 'error',
      what: 'A private key in plain text: in the profile, in a comment of it or of a base profile, or in a file that it names',
      remedy: 'Treat it as compromised: create a new key that only the machine holds',
    },
    'secrets/token-in-clear': {
      severity: 'error',
      what: 'A token in plain text, in the same places',
      remedy: 'Revoke it and create a new one',
    },
    'secrets/password-in-clear': {
      severity: 'error',
      what: 'A password in plain text instead of its hash, in the same places',
      remedy: 'Choose a new password, and write its hash',
    },
    'secrets/tracked': {
      severity: 'error or warning',
      what: 'git tracks an age key or a kubeconfig (errors), or an unencrypted bundle or rendered secret file (warnings)',
      remedy: 'Remove it from git, and replace the secrets in it',
    },
  },
} as const satisfies CodeSection
