import type { CodeSection } from './section.ts'

export const typesCodes = {
  title: 'Keys and types',
  codes: {
    'schema/unknown-key': {
      severity: 'error',
      what: 'A key that does not exist here',
      remedy: 'The message suggests the key that was probably meant, or its right place',
    },
    'schema/missing-key': { severity: 'error', what: 'A required key is missing', remedy: 'Write it' },
    'schema/no-value': { severity: 'error', what: 'A key without a value', remedy: 'Write a value' },
    'schema/wrong-type': {
      severity: 'error',
      what: 'Text, number, list or mapping where something else is expected; `1.30` read as a number',
      remedy: 'Quote numbers that are meant as text',
    },
    'schema/unknown-value': {
      severity: 'error',
      what: 'Not one of the allowed values',
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
