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
      what: 'A line that begins in another column than the lines around it',
      remedy: 'Indent the keys of one mapping, and the items of one list, equally',
    },
    'yaml/nested-mapping': {
      severity: 'error',
      what: 'A second `key: value` on one line, or a deeper line below a value',
      remedy: "Quote values with `: `; check the next line's indentation",
    },
    'yaml/key-without-colon': {
      severity: 'error',
      what: 'A line that is neither `key: value` nor `- item`',
      remedy: 'Write a colon and a space after the key',
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
      remedy: 'Write a comma',
    },
    'yaml/stray-comma': { severity: 'error', what: 'A comma with nothing before it', remedy: 'Remove it' },
    'yaml/colon-without-space': {
      severity: 'error',
      what: '`{role:worker}`: YAML reads a key without a value',
      remedy: 'Write `{role: worker}`',
      source: 'YAML 1.2.2, 7.3.3',
    },
    'yaml/typographic-quote': {
      severity: 'error',
      what: 'A text that begins with a typographic quote',
      remedy: 'Use `"` or `\'`',
    },
    'yaml/no-break-space': {
      severity: 'error',
      what: 'A no-break space, or another typographic space, instead of a plain one',
      remedy: 'Write a space',
    },
    'yaml/text-after-value': {
      severity: 'error',
      what: 'Text after the end of a value',
      remedy: "Write a quote within `'…'` twice",
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
      what: 'A key that is not text, or `__proto__`',
      remedy: 'Quote the value if it begins with `{`; remove the key',
    },
    'yaml/tag': { severity: 'error', what: 'A tag such as `!vault`', remedy: 'Remove it' },
    'yaml/version': {
      severity: 'error',
      what: 'A `%YAML` line with a version other than 1.2',
      remedy: 'Remove it',
    },
    'yaml/several-documents': {
      severity: 'error',
      what: 'A second document in the file',
      remedy: 'Write one profile per file',
    },
    'yaml/duplicate-key': {
      severity: 'error',
      what: 'The same key twice in one mapping',
      remedy: 'Keep one',
    },
    'yaml/merge-conflict': {
      severity: 'error',
      what: 'Conflict markers that git left',
      remedy: 'Keep one of the two sides',
    },
    'yaml/merge': {
      severity: 'error',
      what: '`<<` with a value that is not a mapping',
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
      remedy: 'Write the value out',
    },
    'yaml/too-deep': {
      severity: 'error',
      what: 'More than 100 levels of lists and mappings',
      remedy: 'Look for a bracket that is not closed',
    },
    'yaml/too-many-values': {
      severity: 'error',
      what: 'More than 2,000,000 values after aliases are expanded',
      remedy: 'Do not let anchors refer to each other',
    },
    'yaml/syntax': { severity: 'error', what: 'Any other text that is not YAML', remedy: 'See the message' },
  },
} as const satisfies CodeSection
