import { describe, expect, it } from 'vitest'
import { nothingDescribed, prepareSite } from '../../../src/server/served-site.ts'
import { createHeard, type Heard, strangerKey } from '../../../src/server/syslog/heard.ts'
import { createTimeline, type LogLine } from '../../../src/server/syslog/timeline.ts'
import { machinesByMac } from '../../../src/site/manifest.ts'
import { about, macs, wholeSite } from '../../site/files.ts'
import { pemBegin, pemEnd } from '../../support/pem.ts'

const site = prepareSite(machinesByMac(about.machines), wholeSite(), {
  described: {
    ...nothingDescribed,
    machines: new Map([
      [macs.one, { role: 'loadBalancer', address: '10.0.0.1' }],
      [macs.other, { role: 'loadBalancer', address: '10.0.0.2' }],
    ]),
  },
})

function hearing(): Heard & { pass(seconds: number): void; say(from: string, text: string): void } {
  let time = Date.parse('2026-11-21T12:00:00Z')
  const heard = createHeard(() => new Date(time))
  heard.siteIs(site)
  return {
    ...heard,
    pass: (seconds) => void (time += seconds * 1000),
    say: (from, text) => heard.hear(from, Buffer.from(text)),
  }
}

const texts = (heard: Heard, key: string): string[] => heard.timeline.of(key).map(({ text }) => text)

describe('the sender of a line', () => {
  it('is determined by the address in the profile, or else by who fetched its files from there', () => {
    const heard = hearing()
    heard.say('10.0.0.1', '<13>x: one')
    heard.say('10.0.0.77', '<13>x: nobody yet')
    heard.seen('10.0.0.77', macs.other)
    heard.say('10.0.0.77', '<13>x: two')
    expect(texts(heard, macs.one)).toEqual(['one'])
    expect(texts(heard, macs.other)).toEqual(['two'])
    expect(texts(heard, strangerKey('10.0.0.77'))).toEqual(['nobody yet'])
    // Several machines behind one address.
    heard.seen('10.0.0.77', macs.one)
    heard.say('10.0.0.77', '<13>x: which?')
    expect(texts(heard, strangerKey('10.0.0.77'))).toEqual(['nobody yet', 'which?'])
    // Nobody takes the address of the profile from a machine by fetching files.
    heard.seen('10.0.0.1', macs.other)
    heard.say('10.0.0.1', '<13>x: one again')
    expect(texts(heard, macs.one)).toEqual(['one', 'one again'])
  })
})

describe('an address that DHCP gives to one machine after the other', () => {
  const lease = '10.0.0.77'

  it('belongs to the next machine once the previous one was seen elsewhere', () => {
    const heard = hearing()
    heard.seen(lease, macs.one)
    heard.say(lease, '<13>x: one')
    heard.seen('10.0.0.1', macs.one)
    heard.seen(lease, macs.other)
    heard.say(lease, '<13>x: other')
    expect(texts(heard, macs.one)).toEqual(['one'])
    expect(texts(heard, macs.other)).toEqual(['other'])
    // The first one comes back to it: now both may be there.
    heard.seen(lease, macs.one)
    heard.say(lease, '<13>x: which?')
    expect(texts(heard, strangerKey(lease))).toEqual(['which?'])
  })

  it('belongs to the next machine after an hour, even if it was ambiguous before', () => {
    const heard = hearing()
    heard.seen(lease, macs.one)
    heard.pass(3599)
    heard.seen(lease, macs.other)
    heard.say(lease, '<13>x: which?')
    expect(texts(heard, strangerKey(lease))).toEqual(['which?'])
    // Behind a router they go on fetching, and it stays nobody's.
    for (let turn = 0; turn < 4; turn++) {
      heard.pass(1800)
      heard.seen(lease, turn % 2 === 0 ? macs.one : macs.other)
    }
    heard.say(lease, '<13>x: and now?')
    expect(texts(heard, strangerKey(lease))).toEqual(['which?', 'and now?'])
    heard.pass(3600)
    heard.seen(lease, macs.other)
    heard.say(lease, '<13>x: other')
    expect(texts(heard, macs.other)).toEqual(['other'])
  })

  it('belongs to no machine after the machine was removed from the profile', () => {
    const heard = hearing()
    heard.seen(lease, macs.one)
    heard.siteIs({ ...site, machines: new Map([[macs.other, { name: 'lb2', mac: macs.other }]]) })
    heard.seen(lease, macs.other)
    heard.say(lease, '<13>x: other')
    expect(texts(heard, macs.other)).toEqual(['other'])
  })
})

describe('stored lines', () => {
  it('contain no control characters, and no secrets, not even of several lines', () => {
    const heard = hearing()
    heard.say('10.0.0.1', '<13>x: \u001B[31mred\u001B[0m \u202Eback\u0007')
    heard.say('10.0.0.1', '<13>x: two\nlines')
    heard.say('10.0.0.1', `<13>x: ${pemBegin('RSA PRIVATE KEY')}`)
    heard.say('10.0.0.1', '<13>x: MIIEow')
    heard.say('10.0.0.2', '<13>x: of another machine')
    heard.say('10.0.0.1', `<13>x: ${pemEnd('RSA PRIVATE KEY')}`)
    heard.say('10.0.0.1', '<13>x: token: hunter2')
    heard.say('10.0.0.1', 'password: hunter2\npassword: hunter3\nrest')
    heard.say('10.0.0.1', '<13>x: after')
    expect(texts(heard, macs.one)).toEqual([
      '\uFFFD[31mred\uFFFD[0m \uFFFDback\uFFFD',
      'two',
      'lines',
      '********',
      '********',
      '********',
      'token: ********',
      '********',
      'password: ********',
      'rest',
      'after',
    ])
    expect(texts(heard, macs.other)).toEqual(['of another machine'])
  })

  it('are limited for each sender, without delaying others', () => {
    const heard = hearing()
    for (let turn = 0; turn < 6000; turn++) heard.say('10.0.0.1', `<13>x: ${turn}`)
    heard.say('10.0.0.2', '<13>x: I am here')
    expect(texts(heard, macs.other)).toEqual(['I am here'])
    heard.pass(10)
    heard.say('10.0.0.1', '<13>x: later')
    expect(texts(heard, macs.one).slice(-3)).toEqual([
      '4999',
      '1000 lines are missing here: more than 100 came in a second',
      'later',
    ])
  })
})

const line = (text: string): LogLine => ({ time: '', from: '', severity: null, program: null, text })

describe('a timeline', () => {
  it('counts each line of a message that contains many', () => {
    const heard = hearing()
    for (let message = 0; message < 10; message++) heard.say('10.0.0.1', `<13>x: a\n${'b\n'.repeat(2000)}`)
    heard.pass(1)
    heard.say('10.0.0.1', '<13>x: the end')
    const [before, last] = texts(heard, macs.one).slice(-2)
    expect(before).toMatch(/^\d+ lines are missing here: more than 100 came in a second$/)
    expect(last).toBe('the end')
  })

  it('drops the oldest lines of a machine, and counts them', () => {
    const timeline = createTimeline({ machine: 2000, total: 1_000_000, keys: 10 })
    for (let turn = 0; turn < 100; turn++) timeline.add('a', line(String(turn)))
    timeline.add('b', line('b'))
    const kept = timeline.of('a').map(({ text }) => Number(text))
    expect(kept.at(-1)).toBe(99)
    expect(kept.length + timeline.left('a')).toBe(100)
    expect(kept).toEqual(Array.from({ length: kept.length }, (_, at) => 100 - kept.length + at))
    expect(timeline.of('b')).toHaveLength(1)
  })

  it('is limited in total, and in the number of senders', () => {
    const timeline = createTimeline({ machine: 2000, total: 10_000, keys: 20 })
    for (let turn = 0; turn < 2000; turn++) timeline.add(`key ${turn % 50}`, line('x'.repeat(50)))
    expect(timeline.keys()).toHaveLength(20)
    const size = timeline.keys().reduce((sum, key) => sum + timeline.of(key).length * (2 * 50 + 160), 0)
    expect(size).toBeLessThanOrEqual(10_000)
  })
})
