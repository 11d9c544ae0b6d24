import { parentPort, workerData } from 'node:worker_threads'
import type { Diagnostic } from '../../diagnostics/diagnostic.ts'
import type { Locatable } from '../../diagnostics/locate.ts'
import { Refusal } from '../../diagnostics/refusal.ts'
import type { LoadedProfile } from '../../profile/load.ts'
import type { Secrets } from '../../secrets/secrets.ts'
import type { SiteFile } from '../../site/site.ts'
import { secretsSource } from '../secrets.ts'
import { planProfile, type Planned } from '../served.ts'
import type { EndMessage, FilesMessage, Message, Task } from './messages.ts'

/* The thread that renders: it starts with a task, sends the result, and ends. */

/** Most bytes of one message, unless a single file is larger. */
const mostBytes = 1024 * 1024

/** Groups files by machine, so that the files of one machine can be kept without those of others. */
function* inMessages(files: Iterable<SiteFile>): Generator<FilesMessage> {
  let group: SiteFile[] = []
  let size = 0
  const whole = (): FilesMessage => {
    const bytes = new ArrayBuffer(size)
    const into = Buffer.from(bytes)
    let at = 0
    const list = group.map(({ body, ...file }) => {
      at += body.copy(into, at)
      return { ...file, length: body.length }
    })
    group = []
    size = 0
    return { type: 'files', bytes, files: list }
  }
  for (const file of files) {
    const [first] = group
    if (first && (first.machine !== file.machine || size + file.body.length > mostBytes)) yield whole()
    group.push(file)
    size += file.body.length
  }
  if (group.length > 0) yield whole()
}

/** Diagnostics with their positions, because the profile in which they are looked up stays in this thread. */
const located = (diagnostics: readonly Diagnostic[], { locate }: Locatable): Diagnostic[] =>
  diagnostics.map((diagnostic) => {
    const { path, onKey, part, position, related } = diagnostic
    return {
      ...diagnostic,
      ...(position || !path ? {} : { position: locate(path, onKey, part) }),
      ...(related && {
        related: related.map((each) => ({
          ...each,
          position: each.position ?? locate(each.path, each.onKey),
        })),
      }),
    }
  })

const plain = ({ file, text, texts, bases, reader }: LoadedProfile): EndMessage['loaded'] => ({
  file,
  text,
  ...(texts && { texts: new Map(texts) }),
  bases: new Map(bases),
  reader: { commit: reader.commit },
})

async function plan({ reference, choice, known, environment, hakube }: Task): Promise<Planned | Refusal> {
  // The main thread terminates this thread to stop it.
  const stop = new AbortController().signal
  const secrets = secretsSource(choice, 'render', known)
  try {
    return await planProfile(reference, { secrets, environment, hakube, stop })
  } catch (fault) {
    if (fault instanceof Refusal) return fault
    throw fault
  }
}

const port = parentPort
if (!port) throw new Error('this module is a thread of its own')
const send = (message: Message, moved: ArrayBuffer[] = []): void => port.postMessage(message, moved)

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- serve-apart.ts, which alone starts this thread, gives it a task
const task = workerData as Task
const planned = await plan(task)
if (planned instanceof Refusal)
  send({ type: 'end', diagnostics: [...planned.diagnostics], loaded: null, ready: null, ephemeral: null })
else {
  const { loaded, ready } = planned
  if (ready) for (const message of inMessages(ready.site.files())) send(message, [message.bytes])
  const secrets: Secrets | null = ready?.cluster.secrets ?? null
  send({
    type: 'end',
    diagnostics: located(planned.diagnostics, loaded),
    loaded: plain(loaded),
    ready: ready && { cluster: ready.cluster, about: ready.site.about, assets: ready.site.assets },
    ephemeral: task.choice === 'ephemeral' ? secrets : null,
  })
}
