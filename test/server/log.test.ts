import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatDropped, formatLogEntry, formatRefused, safeWord } from '../../src/server/log.ts'

const entry = {
  time: new Date('2026-11-21T12:00:00Z'),
  client: '10.10.10.11',
  machine: 'lb1',
  method: 'GET',
  path: '/seed/52-54-00-aa-bb-01/user-data',
  status: 200,
  bytes: 1234,
  milliseconds: 0.449,
  aborted: false,
}

describe('formatLogEntry', () => {
  it('writes a line of text', () => {
    expect(formatLogEntry(entry, 'text')).toBe(
      '2026-11-21T12:00:00.000Z 10.10.10.11 lb1 GET /seed/52-54-00-aa-bb-01/user-data 200 1234 0.4',
    )
    expect(
      formatLogEntry({ ...entry, machine: null, path: '', milliseconds: 20, aborted: true }, 'text'),
    ).toBe('2026-11-21T12:00:00.000Z 10.10.10.11 - GET - 200 1234 20.0 aborted')
  })

  it('writes a line of JSON', () => {
    expect(formatLogEntry({ ...entry, path: '/"\n' }, 'json')).toBe(
      '{"time":"2026-11-21T12:00:00.000Z","client":"10.10.10.11","machine":"lb1","method":"GET",' +
        '"path":"/\\"\\\\u000a","status":200,"bytes":1234,"ms":0.4,"aborted":false}',
    )
  })
})

describe('a MAC address that no machine has', () => {
  const unknown = { ...entry, machine: null, status: 404, unknownMac: '52-54-00-ff-ff-ff' }

  it('is named at the end of the line', () => {
    expect(formatLogEntry(unknown, 'text')).toMatch(/ 404 1234 0\.4 unknown MAC 52-54-00-ff-ff-ff$/)
    expect(formatLogEntry({ ...unknown, aborted: true }, 'text')).toMatch(
      / 0\.4 aborted unknown MAC 52-54-00-ff-ff-ff$/,
    )
    expect(JSON.parse(formatLogEntry(unknown, 'json'))).toMatchObject({ unknownMac: '52-54-00-ff-ff-ff' })
  })
})

it('formatDropped states how many lines are missing', () => {
  expect(formatDropped(1, entry.time, 'text')).toBe(
    '2026-11-21T12:00:00.000Z hakube: a log line is missing here: the log reader was too slow',
  )
  expect(formatDropped(31, entry.time, 'text')).toBe(
    '2026-11-21T12:00:00.000Z hakube: 31 log lines are missing here: the log reader was too slow',
  )
  expect(formatDropped(31, entry.time, 'json')).toBe('{"time":"2026-11-21T12:00:00.000Z","dropped":31}')
})

describe('formatRefused', () => {
  const refused = { time: entry.time, client: '10.10.10.99', count: 49, reason: 'too many' }

  it('describes one connection and several', () => {
    expect(formatRefused({ ...refused, count: 1 }, 'text')).toBe(
      '2026-11-21T12:00:00.000Z hakube: refused a connection of 10.10.10.99: too many',
    )
    expect(formatRefused(refused, 'text')).toBe(
      '2026-11-21T12:00:00.000Z hakube: refused 49 connections, the last of 10.10.10.99: too many',
    )
    expect(formatRefused(refused, 'json')).toBe(
      '{"time":"2026-11-21T12:00:00.000Z","client":"10.10.10.99","refused":49,"reason":"too many"}',
    )
  })
})

describe('safeWord', () => {
  it.each([
    ['/a\r\n2026 10.0.0.1', '/a\\u000d\\u000a2026\\u002010.0.0.1'],
    ['/\x1b[31m', '/\\u001b[31m'],
    ['/ä\u2028😀', '/\\u00e4\\u2028\\ud83d\\ude00'],
    ['/\\u000a', '/\\u005cu000a'],
    ['', '-'],
    ['/'.repeat(300), `${'/'.repeat(256)}...`],
  ])('%j', (text, expected) => {
    expect(safeWord(text)).toBe(expected)
  })

  it('is always one word of visible ASCII', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(safeWord(text)).toMatch(/^[\x21-\x7e]+$/)
      }),
    )
  })
})
