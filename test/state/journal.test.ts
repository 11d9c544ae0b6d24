import {
  appendFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { describe, expect, it, onTestFinished } from 'vitest'
import { formatEvent, type StateEvent } from '../../src/state/events.ts'
import { type JournalFile, openJournal } from '../../src/state/journal.ts'
import { header, readLines } from '../../src/state/lines.ts'
import { rackOf } from '../../src/state/rack.ts'
import { type Store, StoreError } from '../../src/state/store.ts'
import { stateEvent, timeAt } from './arbitrary-events.ts'

const now = () => new Date('2026-11-21T12:00:00Z')
const aside = 'journal-set-aside-2026-11-21T120000.000Z'

function newDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'hakube-journal-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

const armed = (minutes: number, last = '01'): StateEvent => ({
  type: 'armed',
  time: timeAt(minutes),
  mac: `52-54-00-aa-bb-${last}`,
  name: `worker-${last}`,
  until: null,
  by: 'root',
})

async function inJournal(directory: string): Promise<readonly StateEvent[]> {
  const store = await openJournal(directory, { now })
  await store.close()
  return store.events
}

/** A journal on which the test has its hands. */
async function withFile(
  directory: string,
  change: (file: JournalFile) => Partial<JournalFile>,
  growth?: number,
): Promise<Store> {
  const store = await openJournal(directory, {
    now,
    wrap: (file) => ({
      write: (...words) => file.write(...words),
      datasync: () => file.datasync(),
      truncate: (length) => file.truncate(length),
      close: () => file.close(),
      ...change(file),
    }),
    ...(growth === undefined ? {} : { growth }),
  })
  onTestFinished(() => store.close())
  return store
}

const noSpace = (): Error =>
  Object.assign(new Error('ENOSPC'), { code: 'ENOSPC', errno: -28, syscall: 'write' })

describe('the journal', () => {
  it('returns what was stored, in order, readable only by its owner', async () => {
    const directory = newDirectory()
    const store = await openJournal(directory, { now })
    const events = [armed(0), armed(1, '02'), armed(2, '03')]
    await Promise.all(events.map((event) => store.append(event)))
    await store.close()
    expect(await inJournal(directory)).toEqual(events)
    expect(readFileSync(join(directory, 'journal'), 'utf8')).toBe(header + events.map(formatEvent).join(''))
    expect(statSync(join(directory, 'journal')).mode & 0o777).toBe(0o600)
  })

  it('returns any events unchanged', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(stateEvent(), { maxLength: 10 }), async (events) => {
        const directory = mkdtempSync(join(tmpdir(), 'hakube-journal-'))
        try {
          const store = await openJournal(directory, { now })
          await Promise.all(events.map((event) => store.append(event)))
          await store.close()
          expect(await inJournal(directory)).toEqual(events)
        } finally {
          rmSync(directory, { recursive: true })
        }
      }),
      { numRuns: 25 },
    )
  })

  it('loses nothing but the line that a crash cut off, wherever it was cut', async () => {
    const events = [armed(0), armed(1, '02')]
    const whole = header + events.map(formatEvent).join('')
    for (let length = 0; length <= whole.length; length++) {
      const directory = mkdtempSync(join(tmpdir(), 'hakube-journal-'))
      try {
        writeFileSync(join(directory, 'journal'), whole.slice(0, length))
        const store = await openJournal(directory, { now })
        await store.append(armed(9, '09'))
        await store.close()
        const lines = whole.slice(0, length).split('\n').length - 1
        const left = events.slice(0, Math.max(0, lines - 1))
        expect(store.events).toEqual(left)
        expect(await inJournal(directory)).toEqual([...left, armed(9, '09')])
        const start = whole.lastIndexOf('\n', length - 1) + 1
        const torn = length === 0 ? '' : whole.slice(start, length)
        expect(readdirSync(directory)).toEqual(torn === '' ? ['journal'] : ['journal', aside])
        const set = torn === '' ? '' : readFileSync(join(directory, aside), 'utf8')
        expect(set).toBe(torn)
      } finally {
        rmSync(directory, { recursive: true })
      }
    }
  })

  it('reports what a crash cut off, and starts', async () => {
    const directory = newDirectory()
    writeFileSync(join(directory, 'journal'), `${header}${formatEvent(armed(0))}{"type":"arm`)
    const store = await openJournal(directory, { now })
    await store.close()
    expect(store.notes.map((note) => note.replaceAll(directory, '.'))).toEqual([
      `./journal ended in the middle of a line, as after a power cut; the incomplete part is now in ${aside}`,
    ])
  })

  it('disarms what was armed before a line that cannot be read', async () => {
    const directory = newDirectory()
    const text = `${header}${formatEvent(armed(0))}\0\0\0\0\n${formatEvent(armed(2, '02'))}`
    writeFileSync(join(directory, 'journal'), text)
    const store = await openJournal(directory, { now })
    await store.close()
    const stages = [...rackOf(store.events).machines.values()].map(({ name, stage }) => ({ name, stage }))
    expect(stages).toEqual([
      { name: 'worker-01', stage: 'idle' },
      { name: 'worker-02', stage: 'armed' },
    ])
    expect(store.notes.map((note) => note.replaceAll(directory, '.'))).toEqual([
      `a line of ./journal cannot be read and is now in ${aside}; machines that were armed before are disarmed`,
    ])
    // Also the next time.
    expect(await inJournal(directory)).toEqual(store.events)
  })

  it('sets a line aside that is an event in a form that hakube does not write', () => {
    const line = formatEvent(armed(0))
    for (const other of [` ${line}`, line.replace(':', ': '), line.replace('{', '{"type":"armed",')]) {
      const { events, damaged } = readLines(Buffer.from(header + other + line), 'now')
      expect({ events, damaged: damaged.map(String) }).toEqual({
        events: [{ type: 'damaged', time: 'now', lines: 1 }, armed(0)],
        damaged: [other],
      })
    }
  })

  it('reads each line of any bytes as an event or sets it aside', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.uint8Array(), stateEvent().map(formatEvent)), { maxLength: 8 }),
        (parts) => {
          const bytes = Buffer.concat([Buffer.from(header), ...parts.map((part) => Buffer.from(part))])
          const { events, torn, damaged } = readLines(bytes, 'now')
          const kept = events.filter(({ time }) => time !== 'now').map(formatEvent)
          const all = Buffer.concat([...[header, ...kept].map((text) => Buffer.from(text)), ...damaged, torn])
          expect(Buffer.from(all.toSorted())).toEqual(Buffer.from(bytes.toSorted()))
        },
      ),
      { numRuns: 50 },
    )
  })

  it('refuses the journal of a newer hakube, and leaves it unchanged', async () => {
    const directory = newDirectory()
    writeFileSync(join(directory, 'journal'), '{"journal":2}\n')
    await expect(openJournal(directory, { now })).rejects.toThrow(
      `${directory}/journal was written by a newer hakube; use that one, or another --state DIR`,
    )
    expect(readdirSync(directory)).toEqual(['journal'])
  })

  it('is open in one process at a time', async () => {
    const directory = newDirectory()
    const store = await openJournal(directory, { now })
    onTestFinished(() => store.close())
    await expect(openJournal(directory, { now })).rejects.toThrow('the lock is held by process')
  })

  it('writes events that arrive together to the disk together', async () => {
    let syncs = 0
    const store = await withFile(newDirectory(), (file) => ({
      datasync: async () => {
        syncs++
        await file.datasync()
      },
    }))
    await Promise.all(Array.from({ length: 1000 }, (_, index) => store.append(armed(index))))
    expect(syncs).toBe(2)
  })

  it('acknowledges nothing that was not written, and continues when writing works again', async () => {
    const directory = newDirectory()
    let isFull = false
    const store = await withFile(directory, (file) => ({
      // Half of it is on the disk when it is full: the worst that can be.
      write: async (bytes: Buffer, from: number, length: number, at: number) => {
        if (!isFull) return file.write(bytes, from, length, at)
        await file.write(bytes, from, Math.floor(length / 2), at)
        throw noSpace()
      },
    }))
    await store.append(armed(0))
    isFull = true
    const full = new StoreError(`cannot write ${directory}/journal: no space left on device (ENOSPC)`)
    await expect(store.append(armed(1, '02'))).rejects.toThrow(full)
    await expect(store.append(armed(2, '03'))).rejects.toThrow(full)
    isFull = false
    await store.append(armed(3, '04'))
    expect(readFileSync(join(directory, 'journal'), 'utf8')).toBe(
      header + formatEvent(armed(0)) + formatEvent(armed(3, '04')),
    )
  })

  it('acknowledges nothing if the disk does not confirm it', async () => {
    const directory = newDirectory()
    let works = false
    const store = await withFile(directory, (file) => ({
      datasync: async () => {
        if (!works) throw Object.assign(new Error('EIO'), { code: 'EIO', errno: -5, syscall: 'fdatasync' })
        await file.datasync()
      },
    }))
    await expect(store.append(armed(0))).rejects.toThrow('i/o error (EIO)')
    works = true
    await store.append(armed(1, '02'))
    expect(readFileSync(join(directory, 'journal'), 'utf8')).toBe(header + formatEvent(armed(1, '02')))
  })

  it('is compacted while it is in use, without loss', async () => {
    const directory = newDirectory()
    const store = await withFile(directory, () => ({}), 2_000)
    for (let minute = 0; minute < 200; minute++) await store.append(armed(minute))
    expect(statSync(join(directory, 'journal')).size).toBeLessThan(2_500)
    await store.append(armed(500, '02'))
    await store.close()
    const records = [...rackOf(await inJournal(directory)).machines.values()]
    expect(records.map(({ name, since }) => ({ name, since }))).toEqual([
      { name: 'worker-01', since: timeAt(199) },
      { name: 'worker-02', since: timeAt(500) },
    ])
  })

  it('removes the temporary file of a compaction that was killed', async () => {
    const directory = newDirectory()
    const store = await openJournal(directory, { now })
    await store.append(armed(0))
    await store.close()
    appendFileSync(join(directory, '.journal.4711.0123456789abcdef.new'), header)
    expect(await inJournal(directory)).toEqual([armed(0)])
    expect(readdirSync(directory)).toEqual(['journal'])
  })
})
