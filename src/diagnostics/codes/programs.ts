import type { CodeSection } from './section.ts'

export const programsCodes = {
  title: 'Programs that read the output',
  codes: {
    'program/missing': {
      severity: 'error',
      what: 'A program that validates the output is not installed, or could not run',
      remedy: 'Install its package',
    },
    'program/no-directory': {
      severity: 'error',
      what: 'The directory for temporary files is full, or not writable',
      remedy: 'Free some space, or set `TMPDIR`',
    },
    'program/bash': {
      severity: 'error',
      what: 'bash cannot parse a script',
      remedy: 'See the message',
      source: 'bash(1), `-n`',
    },
    'program/shellcheck': {
      severity: 'error',
      what: 'shellcheck reports a problem in a script',
      remedy: 'See the message',
      source: 'shellcheck(1)',
    },
    'program/haproxy': {
      severity: 'error',
      what: 'haproxy rejects its configuration',
      remedy: 'See the message',
      source: 'haproxy(1), `-c`',
    },
    'program/keepalived': {
      severity: 'error',
      what: 'keepalived rejects its configuration',
      remedy: 'See the message',
      source: 'keepalived(8), `--config-test`',
    },
    'program/nft': {
      severity: 'error',
      what: 'nft rejects rules',
      remedy: 'See the message',
      source: 'nft(8), `-c`',
    },
    'program/cloud-init': {
      severity: 'error',
      what: 'cloud-init rejects user data',
      remedy: 'See the message',
      source: '`cloud-init schema`',
    },
    'program/debconf': {
      severity: 'error',
      what: "debconf-set-selections cannot parse the answers for Debian's installer",
      remedy: 'See the message',
      source: 'debconf-set-selections(1), `-c`',
    },
  },
} as const satisfies CodeSection
