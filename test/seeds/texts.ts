import * as fc from 'fast-check'

/** Text of the kinds that files are made of, and of the kinds that break YAML writers. */
export const anyText = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: 'binary' }),
  fc
    .array(
      fc.oneof(
        fc.constantFrom(
          '',
          ' ',
          '\t',
          '---',
          '...',
          '%YAML 1.1',
          '# no comment',
          '- item',
          'key: value',
          '\r',
          '"',
          "'",
        ),
        fc.constantFrom(
          '\u0000',
          '\u0007',
          '\u007f',
          '\u0085',
          '\u00a0',
          '\u2028',
          '\u2029',
          '\ufeff',
          '\uffff',
          '\ud800',
        ),
        fc.string(),
      ),
    )
    .map((lines) => lines.join('\n')),
  fc.string().map((text) => `${text}\n`),
  fc.string({ unit: fc.constantFrom(' ', '\t', '\n', 'x') }),
)
