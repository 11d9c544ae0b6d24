import type { CodeSection } from './section.ts'

export const fileCodes = {
  title: 'The file',
  codes: {
    'file/unreadable': {
      severity: 'error',
      what: 'The profile does not exist, is a directory, or may not be read',
      remedy: 'Check the name; `hakube init DIR` makes a new one',
    },
    'file/too-large': {
      severity: 'error',
      what: 'The profile is larger than 8 MiB',
      remedy: 'Move large texts into files of their own and name them as `source`, or split the cluster',
    },
    'file/not-text': {
      severity: 'error',
      what: 'The file is binary, compressed, or not UTF-8',
      remedy: 'Name a YAML file in UTF-8',
    },
    'file/control-character': {
      severity: 'error',
      what: 'A control character that YAML forbids',
      remedy: 'Remove it',
      source: 'YAML 1.2.2, 5.1',
    },
    'file/empty': {
      severity: 'error',
      what: 'The file contains nothing but comments',
      remedy: '`hakube init DIR` makes a new profile',
    },
    'file/not-a-profile': {
      severity: 'error',
      what: 'The file is a list or plain text',
      remedy: 'Begin with `hakube: 1`',
    },
    'profile/format-version': {
      severity: 'error',
      what: '`hakube:` is not 1',
      remedy: 'Write `hakube: 1`, or use a newer hakube',
    },
  },
} as const satisfies CodeSection
