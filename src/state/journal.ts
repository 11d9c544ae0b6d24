import { constants } from 'node:fs'
import { type FileHandle, open, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { takeLock } from '../files/lock.ts'
import { describeSystemError, isSystemError, systemCode } from '../files/system-error.ts'
import { isDraftOf, syncDirectory, writeWhole } from '../files/write-whole.ts'
import { compact } from './compact.ts'
import { formatEvent, type StateEvent } from './events.ts'
import { header, type Lines, readLines } from './lines.ts'
import { type Store, StoreError } from './store.ts'

export const journalName = 'journal'

/** What the journal needs of an open file; tests pass one that fails. */
export type JournalFile = Pick<FileHandle, 'datasync' | 'truncate' | 'close'> & {
  write(bytes: Buffer, from: number, length: number, at: number): Promise<{ bytesWritten: number }>
}

export type JournalOptions = {
  now?: () => Date
  /** Wraps each file that is opened for writing. */
  wrap?: (file: JournalFile) => JournalFile
  /** Bytes by which the journal may grow before it is compacted. */
  growth?: number
  /** Receives a sentence about something that was not lost, but that the operator should know. */
  note?: (sentence: string) => void
}

/** For reading what was read before. */
const noTime = new Date(0).toISOString()

const defaultGrowth = 16 * 1024 * 1024

type Waiting = { text: string; done: () => void; failed: (fault: StoreError) => void }

const wordsOf = (fault: unknown): string =>
  isSystemError(fault) ? describeSystemError(fault) : fault instanceof Error ? fault.message : String(fault)

async function readJournal(file: string): Promise<Buffer | null> {
  try {
    return await readFile(file)
  } catch (fault) {
    if (systemCode(fault) === 'ENOENT') return null
    throw fault
  }
}

/** Keeps a copy of bytes that could not be parsed, so that a person can inspect them. */
async function setAside(directory: string, { torn, damaged }: Lines, now: Date): Promise<string> {
  const name = `journal-set-aside-${now.toISOString().replaceAll(':', '')}`
  await writeFile(join(directory, name), Buffer.concat([...damaged, torn]), { mode: 0o600 })
  return name
}

/**
 * Opens the journal in a directory, or creates one: an append-only file with one event per line. Each event is on the disk before it is
 * acknowledged; events that arrive while the disk is busy are written together. A crash at any byte loses nothing that was acknowledged.
 * A truncated end and unreadable lines are moved to a separate file.
 *
 * @param directory must exist, and only its owner may write to it
 * @throws LockHeldError when another process has it open; StoreError for a journal of a newer hakube; a system error
 */
export async function openJournal(directory: string, options: JournalOptions = {}): Promise<Store> {
  const { now = () => new Date(), wrap = (file: JournalFile) => file, growth = defaultGrowth } = options
  const file = join(directory, journalName)
  const lock = takeLock(join(directory, 'lock'))
  try {
    for (const name of await readdir(directory))
      if (isDraftOf(file, name)) await rm(join(directory, name), { force: true })
    const bytes = await readJournal(file)
    const lines = readLines(bytes ?? Buffer.alloc(0), now().toISOString())
    if (lines.newer)
      throw new StoreError(`${file} was written by a newer hakube; use that one, or another --state DIR`)
    const notes: string[] = []
    let { events } = lines
    let length = bytes?.length ?? 0
    const unread = lines.damaged.length
    if (lines.torn.length > 0 || unread > 0) {
      const aside = await setAside(directory, lines, now())
      if (unread > 0)
        notes.push(
          `${unread === 1 ? 'a line' : `${unread} lines`} of ${file} cannot be read and ${unread === 1 ? 'is' : 'are'} now in ${aside}; ` +
            'machines that were armed before are disarmed',
        )
      else
        notes.push(
          `${file} ended in the middle of a line, as after a power cut; the incomplete part is now in ${aside}`,
        )
    }
    if (bytes === null || lines.torn.length > 0 || unread > 0 || length > growth) {
      events = compact(events)
      length = await writeJournal(file, events)
    }
    return await startWriter({ file, events, notes, length, growth, wrap, lock, note: options.note })
  } catch (fault) {
    lock.release()
    throw fault
  }
}

/**
 * Rewrites the whole journal.
 *
 * @returns its length
 */
async function writeJournal(file: string, events: readonly StateEvent[]): Promise<number> {
  const text = header + events.map(formatEvent).join('')
  await writeWhole(file, text, 0o600)
  return Buffer.byteLength(text)
}

type Start = Required<Pick<JournalOptions, 'wrap' | 'growth'>> & {
  file: string
  events: StateEvent[]
  notes: string[]
  length: number
  lock: { refresh(): void; release(): void }
  note: JournalOptions['note'] | undefined
}

async function startWriter({
  file,
  events,
  notes,
  growth,
  wrap,
  lock,
  note,
  ...start
}: Start): Promise<Store> {
  /** Null if it must be opened again, because the file may have been replaced. */
  let handle: JournalFile | null = null
  /** Everything up to here is on the disk; anything after it is invalid. */
  let { length } = start
  let nextCompaction = length + growth
  /** Bytes of a failed write may follow `length`. */
  let isUnclean = true
  let queue: Waiting[] = []
  let isWriting = false
  let written: Promise<void> = Promise.resolve()
  let closed = false

  const reopen = async (): Promise<JournalFile> => {
    // The directory entry must be on the disk before any event is acknowledged.
    await syncDirectory(dirname(file))
    const bytes = await readFile(file)
    length = bytes.length - readLines(bytes, noTime).torn.length
    isUnclean = true
    // Not in append mode: the position of a write must be certain, even after a partial one.
    return wrap(await open(file, constants.O_WRONLY | constants.O_NOFOLLOW))
  }

  const write = async (text: string): Promise<void> => {
    handle ??= await reopen()
    if (isUnclean) await handle.truncate(length)
    isUnclean = true
    const bytes = Buffer.from(text)
    for (let sent = 0; sent < bytes.length;) {
      const { bytesWritten } = await handle.write(bytes, sent, bytes.length - sent, length + sent)
      sent += bytesWritten
    }
    await handle.datasync()
    isUnclean = false
    length += bytes.length
  }

  const shorten = async (): Promise<void> => {
    try {
      const bytes = await readFile(file)
      length = await writeJournal(file, compact(readLines(bytes.subarray(0, length), noTime).events))
    } catch (fault) {
      note?.(`the journal ${file} could not be compacted: ${wordsOf(fault)}`)
    }
    const old = handle
    handle = null
    nextCompaction = length + growth
    await old?.close().catch(() => {})
  }

  const run = async (): Promise<void> => {
    while (queue.length > 0) {
      const batch = queue
      queue = []
      try {
        await write(batch.map(({ text }) => text).join(''))
        for (const { done } of batch) done()
      } catch (fault) {
        const reason = new StoreError(`cannot write ${file}: ${wordsOf(fault)}`)
        // A partial write must never be read.
        await handle?.truncate(length).catch(() => {})
        for (const { failed } of batch) failed(reason)
      }
      lock.refresh()
      if (length > nextCompaction) await shorten()
    }
    // Set synchronously, so that an event that arrives now starts another run.
    isWriting = false
  }

  handle = await reopen()
  return {
    events,
    notes,
    append: (event) =>
      new Promise((resolve, reject) => {
        if (closed) return reject(new StoreError(`${file} is closed`))
        queue.push({ text: formatEvent(event), done: resolve, failed: reject })
        if (isWriting) return
        isWriting = true
        written = run()
      }),
    async close() {
      closed = true
      await written
      await handle?.close()
      lock.release()
    },
  }
}
