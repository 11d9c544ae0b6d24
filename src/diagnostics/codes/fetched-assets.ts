import type { CodeSection } from './section.ts'

export const fetchedAssetsCodes = {
  title: 'Fetching files for `assets/`',
  codes: {
    'assets/no-source': {
      severity: 'error',
      what: 'A file that machines need is not there, and hakube does not know where to download it',
      remedy: 'Put it there, or name a directory that has it with `--from`',
    },
    'assets/fetch': {
      severity: 'error',
      what: 'A file cannot be downloaded, or its server redirects from HTTPS to HTTP',
      remedy: 'Try again: the download resumes where it stopped. Or bring the file with `--from`',
    },
    'assets/checksum': {
      severity: 'error',
      what: 'A file is not what the profile, the lock file or the signed list of its distribution says',
      remedy: 'Use the right file; `--update` renews the lock file',
    },
    'assets/signature': {
      severity: 'error',
      what: 'The signature of a list of checksums is not one of the distribution, or cannot be verified here',
      remedy: 'Install `gpgv` and `debian-archive-keyring`, or use another mirror',
    },
    'assets/unverified': {
      severity: 'warning',
      what: 'No signature covers a file, and it was not downloaded over HTTPS',
      remedy: 'Compare its SHA-256 in the lock file with the one that its publisher names',
    },
    'assets/place': {
      severity: 'error',
      what: 'A file cannot be written: a link or a directory is in its place, or the disk is full',
      remedy: 'Remove what is in the way',
    },
    'assets/lock': {
      severity: 'error',
      what: 'The lock file cannot be read or written, or is not a lock file',
      remedy: 'Restore it from git',
    },
  },
} as const satisfies CodeSection
