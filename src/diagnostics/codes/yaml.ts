import type { CodeSection } from './section.ts'

export const yamlCodes = {
  title: 'YAML',
  codes: {
    'yaml/tab-indentation': {
      severity: 'error',
      what: 'A tab as indentation',
      remedy: 'Use spaces',
      source: 'YAML 1.2.2, 6.1',
    },
    'yaml/indentation': {
      severity: 'error',
      what: 'A line that begins in another column than its neighbours',
      remedy: 'Indent keys of one mapping, and items of one list, equally',
    },
    'yaml/nested-mapping': {
      severity: 'error',
      what: 'A second `key: value` on one line, or a deeper line below a value',
      remedy: "Quote values with `: `; check the next line's indentation",
    },
    'yaml/key-without-colon': {
      severity: 'error',
      what: 'A line that is neither `key: value` nor `- item`',
      remedy: 'Write a colon and a space behind the key',
    },
    'yaml/unclosed-quote': {
      severity: 'error',
      what: 'A quote that is not closed where the value ends',
      remedy: 'Close it',
    },
    'yaml/unclosed-bracket': {
      severity: 'error',
      what: '`[` or `{` that is not closed',
      remedy: 'Close it, or write a list of `- ` lines',
    },
    'yaml/missing-comma': {
      severity: 'error',
      what: 'Two entries of `{ }` or `[ ]` without a comma between them',
      remedy: 'Write it',
    },
    'yaml/stray-comma': { severity: 'error', what: 'A comma with nothing before it', remedy: 'Remove it' },
    'yaml/colon-without-space': {
      severity: 'error',
      what: '`{role:worker}`: to YAML a key without a value',
      remedy: '`{role: worker}`',
      source: 'YAML 1.2.2, 7.3.3',
    },
    'yaml/typographic-quote': {
      severity: 'error',
      what: 'A text that begins with a typographic quote',
      remedy: '`"` or `\'`',
    },
    'yaml/no-break-space': {
      severity: 'error',
      what: 'A no-break space, or another blank of typography, where a space is meant',
      remedy: 'Write a space',
    },
    'yaml/text-after-value': {
      severity: 'error',
      what: 'Text behind the end of a value',
      remedy: "Within `'…'` write a quote twice",
    },
    'yaml/reserved-character': {
      severity: 'error',
      what: 'A value that begins with `@`, a backtick or `%`',
      remedy: 'Quote it',
    },
    'yaml/escape': {
      severity: 'error',
      what: 'An escape in double quotes that does not exist',
      remedy: "Write `\\\\`, or use `'…'`",
    },
    'yaml/key': {
      severity: 'error',
      what: 'A key that is no text, or `__proto__`',
      remedy: 'Quote the value if it begins with `{`; remove the key',
    },
    'yaml/tag': { severity: 'error', what: 'A tag such as `!vault`', remedy: 'Remove it' },
    'yaml/version': {
      severity: 'error',
      what: 'A `%YAML` line with another version than 1.2',
      remedy: 'Remove it',
    },
    'yaml/several-documents': {
      severity: 'error',
      what: 'A second document in the file',
      remedy: 'One profile a file',
    },
    'yaml/duplicate-key': { severity: 'error', what: 'A key twice in one mapping', remedy: 'Keep one' },
    'yaml/merge-conflict': {
      severity: 'error',
      what: 'Marks of a merge conflict that git left',
      remedy: 'Keep one of the two sides',
    },
    'yaml/merge': {
      severity: 'error',
      what: '`<<` with something else than a mapping',
      remedy: 'Write `<<: *anchor`',
    },
    'yaml/unknown-anchor': {
      severity: 'error',
      what: '`*name` without `&name` above it',
      remedy: 'Write the anchor, or quote the value',
    },
    'yaml/recursive-anchor': {
      severity: 'error',
      what: 'A value that contains itself',
      remedy: 'Write out what is meant',
    },
    'yaml/too-deep': {
      severity: 'error',
      what: 'More than 100 levels of lists and mappings',
      remedy: 'Look for a bracket that is not closed',
    },
    'yaml/too-many-values': {
      severity: 'error',
      what: 'More than 2,000,000 values after aliases are followed',
      remedy: 'Do not let anchors use each other',
    },
    'yaml/syntax': { severity: 'error', what: 'Any other text that is not YAML', remedy: 'See the message' },
  },
} as const satisfies CodeSection
