import type { CodeSection } from './section.ts'

export const outputCodes = {
  title: 'Output and serving',
  codes: {
    'output/locked': { severity: 'error', what: 'Another render writes to the folder', remedy: 'Wait' },
    'output/not-empty': {
      severity: 'error',
      what: 'The folder holds files that hakube did not write',
      remedy: 'Another folder, or `--force`',
    },
    'output/directory-in-use': {
      severity: 'error',
      what: 'The directory for the files of a machine holds something already',
      remedy: 'An empty directory, or one that is not there yet',
    },
    'output/foreign-file': {
      severity: 'error',
      what: 'There is a file that hakube did not write, maybe where one of the site goes',
      remedy: 'Move it, or `--force`',
    },
    'site/manifest': { severity: 'error', what: 'The folder is no rendered site', remedy: '`hakube render`' },
    'site/damaged': {
      severity: 'error',
      what: 'A file of the site is not as it was written',
      remedy: '`hakube render`',
    },
    'site/input-output': { severity: 'error', what: 'Reading or writing failed', remedy: 'See the message' },
    'apply/no-ssh': {
      severity: 'error',
      what: 'The program `ssh` is not installed, or only in the repository itself',
      remedy: 'Install OpenSSH, or pipe `hakube files … --tar -` through what you have',
    },
    'serve/listen-address': {
      severity: 'error',
      what: 'Not an address to listen at',
      remedy: '`ADDRESS:PORT`',
    },
    'serve/assets': {
      severity: 'error',
      what: 'The assets folder cannot be read, or holds what machines must not see: the profile, keys, a git repository, a rendered site',
      remedy: 'A folder with kernels, initial RAM disks and images alone',
    },
  },
} as const satisfies CodeSection
