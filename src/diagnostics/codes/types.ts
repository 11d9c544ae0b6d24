import type { CodeSection } from './section.ts'

export const typesCodes = {
  title: 'Keys and types',
  codes: {
    'schema/unknown-key': {
      severity: 'error',
      what: 'A key that does not exist at this place',
      remedy: 'The message names what was probably meant, or where the key belongs',
    },
    'schema/missing-key': { severity: 'error', what: 'A key that must be there', remedy: 'Write it' },
    'schema/no-value': { severity: 'error', what: 'A key with nothing behind it', remedy: 'Write a value' },
    'schema/wrong-type': {
      severity: 'error',
      what: 'Text, number, list or mapping where something else is expected; `1.30` read as a number',
      remedy: 'Quote numbers that are text',
    },
    'schema/unknown-value': {
      severity: 'error',
      what: 'A word that is no choice of this key',
      remedy: 'The message lists them',
    },
    'schema/out-of-range': {
      severity: 'error',
      what: 'A number that is too small or too large',
      remedy: 'See the message',
    },
    'schema/empty': {
      severity: 'error',
      what: 'An empty list or text',
      remedy: 'Write something, or remove the key',
    },
  },
} as const satisfies CodeSection
