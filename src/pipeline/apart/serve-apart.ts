import { setImmediate as nextTurn } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import type { Secrets } from '../../secrets/secrets.ts'
import { prepareFile, type PreparedFile } from '../../server/served-site.ts'
import { nothingServed, type Served, servedOfProfile } from '../served.ts'
import { severalNames } from '../several/merge-sites.ts'
import { mergeServed, type Part } from '../several/serve-several.ts'
import type { EndMessage, FilesMessage, Message, Rendered, Task } from './messages.ts'

/** Strings that many files share: names of machines and content types. */
type Shared = Map<string, string>

const shared = (texts: Shared, text: string): string => {
  const known = texts.get(text)
  if (known !== undefined) return known
  texts.set(text, text)
  return text
}

/** What was received so far. */
type Received = { prepared: Map<string, PreparedFile>; texts: Shared; pieces: Buffer[] }

function take({ prepared, texts, pieces }: Received, { bytes, lengths, files }: FilesMessage): void {
  let at = 0
  for (const length of lengths) {
    pieces.push(Buffer.from(bytes, at, length))
    at += length
  }
  for (const file of files) {
    const own = Array.from(file.pieces, (number) => {
      const piece = pieces[number]
      if (!piece) throw new Error('the thread that renders has not sent a piece of a file')
      return piece
    })
    prepared.set(
      file.path,
      prepareFile(
        {
          ...file,
          contentType: shared(texts, file.contentType),
          ...(file.machine === undefined ? {} : { machine: shared(texts, file.machine) }),
        },
        own,
      ),
    )
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
): Promise<{ end: EndMessage; prepared: Map<string, PreparedFile>[] }> {
  stop.throwIfAborted()
  /** By profile. */
  const received = task.references.map((): Received => ({
    prepared: new Map(),
    texts: new Map(),
    pieces: [],
  }))
  const thread = new Worker(new URL('./thread.js', import.meta.url), { workerData: task })
  const over = new AbortController()
  try {
    const end = await new Promise<EndMessage | null>((resolve, reject) => {
      stop.addEventListener('abort', () => resolve(null), { once: true, signal: over.signal })
      thread.on('message', (message: Message) => {
        if (message.type === 'end') resolve(message)
        else {
          const ofProfile = received[message.profile]
          if (ofProfile) take(ofProfile, message)
        }
      })
      thread.on('error', reject)
      thread.on('messageerror', reject)
      thread.on('exit', (code) => reject(new Error(`the thread that renders ended with ${code}`)))
    })
    stop.throwIfAborted()
    if (!end) throw new Error('the thread that renders was given up')
    return { end, prepared: received.map(({ prepared }) => prepared) }
  } finally {
    over.abort()
    await thread.terminate()
  }
}

/** @returns what is served of one profile */
function partOf(
  { ready, diagnostics, loaded: found }: Rendered,
  prepared: Map<string, PreparedFile>,
  profile: string,
): Part {
  // All diagnostics have positions already.
  const locate = () => ({ file: profile, line: 1, column: 1, length: 1 })
  const loaded = found && { ...found, locate }
  if (!ready) return { served: { ...nothingServed(profile), loaded, diagnostics }, cluster: null }
  return {
    served: servedOfProfile(ready.cluster, ready, prepared, { loaded, diagnostics }),
    cluster: ready.cluster,
  }
}

/**
 * Makes a site to serve from profiles like `serveProfile` and `serveSeveral`, but in a separate thread, so that this one can answer requests
 * meanwhile. The thread has ended when this returns.
 *
 * @returns also the secrets that were made for this process, by profile, for the next call
 * @throws the reason of `stop` once it is aborted
 */
export async function serveApart(
  task: Task,
  stop: AbortSignal,
): Promise<{ served: Served; ephemeral: Map<string, Secrets> }> {
  const names = task.references.map(({ profile }) => profile)
  const ephemeral = new Map<string, Secrets>()
  const { end, prepared } = await render(task, stop)
  if ('refused' in end.profiles) {
    const { refused: diagnostics } = end.profiles
    return { served: { ...nothingServed(severalNames(names)), diagnostics }, ephemeral }
  }
  const parts: Part[] = []
  for (const [index, rendered] of end.profiles.entries()) {
    await nextTurn()
    const name = names[index] ?? ''
    parts.push(partOf(rendered, prepared[index] ?? new Map(), name))
    if (rendered.ephemeral) ephemeral.set(name, rendered.ephemeral)
  }
  await nextTurn()
  return { served: mergeServed(parts), ephemeral }
}
