import type { CodeSection } from './section.ts'

export const secretsInClearCodes = {
  title: 'Secrets in clear',
  codes: {
    'secrets/key-in-clear': {
      severity: 'error',
      what: 'A private key in the profile, in a comment of it or of a base, or in a file that it names',
      remedy: 'A new key, which only the machine has; regard this one as known',
    },
    'secrets/token-in-clear': {
      severity: 'error',
      what: 'A token, likewise',
      remedy: 'A new token; revoke this one',
    },
    'secrets/password-in-clear': {
      severity: 'error',
      what: 'A password that is not a hash, likewise',
      remedy: 'A new password',
    },
    'secrets/tracked': {
      severity: 'error or warning',
      what: 'An age key, a kubeconfig (errors), a bundle or a rendered secret file (warnings) that git tracks in clear',
      remedy: 'Take it out of git, and replace what was in it',
    },
  },
} as const satisfies CodeSection
