import type { CodeSection } from './section.ts'

export const programsCodes = {
  title: 'Programs that read the output',
  codes: {
    'program/missing': {
      severity: 'error',
      what: 'A program that is to read the output is not installed, or could not run',
      remedy: 'Install its package',
    },
    'program/no-folder': {
      severity: 'error',
      what: 'The folder for temporary files is full, or cannot be written to',
      remedy: 'Make room, or name another one by `TMPDIR`',
    },
    'program/bash': {
      severity: 'error',
      what: 'bash cannot read a script',
      remedy: 'See the message',
      source: 'bash(1), `-n`',
    },
    'program/shellcheck': {
      severity: 'error',
      what: 'shellcheck found something in a script',
      remedy: 'See the message',
      source: 'shellcheck(1)',
    },
    'program/haproxy': {
      severity: 'error',
      what: 'haproxy refuses its configuration',
      remedy: 'See the message',
      source: 'haproxy(1), `-c`',
    },
    'program/keepalived': {
      severity: 'error',
      what: 'keepalived refuses its configuration',
      remedy: 'See the message',
      source: 'keepalived(8), `--config-test`',
    },
    'program/nft': {
      severity: 'error',
      what: 'nft refuses rules',
      remedy: 'See the message',
      source: 'nft(8), `-c`',
    },
    'program/cloud-init': {
      severity: 'error',
      what: 'cloud-init refuses user data',
      remedy: 'See the message',
      source: '`cloud-init schema`',
    },
    'program/debconf': {
      severity: 'error',
      what: "debconf-set-selections cannot read the answers for Debian's installer",
      remedy: 'See the message',
      source: 'debconf-set-selections(1), `-c`',
    },
  },
} as const satisfies CodeSection
