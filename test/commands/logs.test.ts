import { expect, it } from 'vitest'
import { logText } from '../../src/server/api/log-text.ts'

const time = '2026-11-21T12:00:00.000Z'

it('a line of hakube logs contains time, address, program, severity and text', () => {
  expect([
    logText({ time, kind: 'event', from: null, severity: null, program: null, text: 'armed by operator' }),
    logText({ time, kind: 'event', from: '10.0.0.1', severity: null, program: null, text: 'it is ready' }),
    logText({ time, kind: 'log', from: '10.0.0.7', severity: 'error', program: 'partman', text: 'No disk' }),
    logText({ time, kind: 'log', from: '::1', severity: 'info', program: null, text: 'x' }),
  ]).toEqual([
    `${time} - seen: armed by operator\n`,
    `${time} 10.0.0.1 seen: it is ready\n`,
    `${time} 10.0.0.7 said partman: error: No disk\n`,
    `${time} ::1 said -: x\n`,
  ])
})
