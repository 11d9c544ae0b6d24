import { takeReport } from '../reports.ts'
import type { Operation } from './operation.ts'
import { Report } from './schemas.ts'

const text = (words: string) => ({ words, schema: null })

export const report: Operation = {
  name: 'report',
  kind: 'report',
  summary: 'A machine reports its progress.',
  body: Report,
  answers: {
    200: text('Kept.'),
    429: text('More than 60 reports in a minute.'),
    503: text('The server cannot store its state. Try again.'),
  },
  run: ({ exchange, site, operated, parameter }) => takeReport(exchange, site, operated, parameter),
}
