import { setImmediate as nextTurn } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import type { Secrets } from '../../secrets/secrets.ts'
import { prepareFile, type PreparedFile } from '../../server/served-site.ts'
import { nothingServed, type Served, servedOfProfile } from '../served.ts'
import type { EndMessage, FilesMessage, Message, Task } from './messages.ts'

/** Strings that many files share: names of machines and content types. */
type Shared = Map<string, string>

const shared = (texts: Shared, text: string): string => {
  const known = texts.get(text)
  if (known !== undefined) return known
  texts.set(text, text)
  return text
}

function take(prepared: Map<string, PreparedFile>, texts: Shared, { bytes, files }: FilesMessage): void {
  let at = 0
  for (const { length, contentType, machine, ...file } of files) {
    const body = Buffer.from(bytes, at, length)
    at += length
    const own = machine === undefined ? {} : { machine: shared(texts, machine) }
    prepared.set(file.path, prepareFile({ ...file, contentType: shared(texts, contentType), body, ...own }))
  }
}

/**
 * Starts the thread and collects its messages.
 *
 * @throws what the thread threw; the reason of `stop` once it is aborted
 */
async function render(
  task: Task,
  stop: AbortSignal,
): Promise<{ end: EndMessage; prepared: Map<string, PreparedFile> }> {
  stop.throwIfAborted()
  const prepared = new Map<string, PreparedFile>()
  const texts: Shared = new Map()
  const thread = new Worker(new URL('./thread.js', import.meta.url), { workerData: task })
  const over = new AbortController()
  try {
    const end = await new Promise<EndMessage | null>((resolve, reject) => {
      stop.addEventListener('abort', () => resolve(null), { once: true, signal: over.signal })
      thread.on('message', (message: Message) => {
        if (message.type === 'end') resolve(message)
        else take(prepared, texts, message)
      })
      thread.on('error', reject)
      thread.on('messageerror', reject)
      thread.on('exit', (code) => reject(new Error(`the thread that renders ended with ${code}`)))
    })
    stop.throwIfAborted()
    if (!end) throw new Error('the thread that renders was given up')
    return { end, prepared }
  } finally {
    over.abort()
    await thread.terminate()
  }
}

/**
 * Makes a site to serve from a profile like `serveProfile`, but in a separate thread, so that this one can answer requests meanwhile. The
 * thread has ended when this returns.
 *
 * @returns also the secrets that were made for this process, for the next call
 * @throws the reason of `stop` once it is aborted
 */
export async function serveProfileApart(
  task: Task,
  stop: AbortSignal,
): Promise<{ served: Served; ephemeral: Secrets | null }> {
  const { end, prepared } = await render(task, stop)
  const { ready, diagnostics, ephemeral } = end
  // All diagnostics have positions already.
  const locate = () => ({ file: task.reference.profile, line: 1, column: 1, length: 1 })
  const loaded = end.loaded && { ...end.loaded, locate }
  if (!ready) return { served: { ...nothingServed(task.reference.profile), loaded, diagnostics }, ephemeral }
  await nextTurn()
  const served = servedOfProfile(ready.cluster, ready, prepared, { loaded, diagnostics })
  await nextTurn()
  return { served, ephemeral }
}
