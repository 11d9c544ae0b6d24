import { parentPort, workerData } from 'node:worker_threads'
import { Refusal } from '../../diagnostics/refusal.ts'
import type { LoadedProfile } from '../../profile/load.ts'
import { shareBodies } from '../../server/shared-bodies.ts'
import type { SiteFile } from '../../site/site.ts'
import { secretsSource } from '../secrets.ts'
import { located } from '../located.ts'
import type { Planned } from '../served.ts'
import { planSeveral } from '../several/plan.ts'
import type { FilesMessage, Message, Rendered, Task } from './messages.ts'

/* The thread that renders: it starts with a task, sends the result, and ends. */

/** A message has few more bytes than this. */
const mostBytes = 1024 * 1024

/** Groups files by machine, so that the files of one machine can be kept without those of others. */
function* inMessages(files: Iterable<SiteFile>, profile: number): Generator<FilesMessage> {
  const share = shareBodies()
  const numbers = new Map<Buffer, number>()
  let group: FilesMessage['files'] = []
  let added: Buffer[] = []
  let size = 0
  const whole = (): FilesMessage => {
    const bytes = new ArrayBuffer(size)
    const into = Buffer.from(bytes)
    let at = 0
    for (const piece of added) at += piece.copy(into, at)
    const message: FilesMessage = {
      type: 'files',
      profile,
      bytes,
      lengths: added.map(({ length }) => length),
      files: group,
    }
    group = []
    added = []
    size = 0
    return message
  }
  const numberOf = (piece: Buffer): number => {
    const known = numbers.get(piece)
    if (known !== undefined) return known
    const number = numbers.size
    numbers.set(piece, number)
    added.push(piece)
    size += piece.length
    return number
  }
  for (const { body, ...file } of files) {
    const [first] = group
    if (first && (first.machine !== file.machine || size > mostBytes)) yield whole()
    const pieces = Uint32Array.from(share(file.path, body), numberOf)
    group.push({ ...file, length: body.length, pieces })
  }
  if (group.length > 0) yield whole()
}

const plain = ({ file, text, texts, bases, reader }: LoadedProfile): Rendered['loaded'] => ({
  file,
  text,
  ...(texts && { texts: new Map(texts) }),
  bases: new Map(bases),
  reader: { commit: reader.commit },
})

async function plan({ references, choice, known, environment, hakube }: Task): Promise<Planned[] | Refusal> {
  // The main thread terminates this thread to stop it.
  const stop = new AbortController().signal
  const secretsOf = (profile: string) => secretsSource(choice, 'render', known.get(profile) ?? null)
  try {
    return await planSeveral(references, { secretsOf, environment, hakube, stop })
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

function render({ loaded, ready, diagnostics }: Planned, profile: number): Rendered {
  if (ready) for (const message of inMessages(ready.site.files(), profile)) send(message, [message.bytes])
  return {
    diagnostics: located(diagnostics, loaded),
    loaded: plain(loaded),
    ready: ready && { cluster: ready.cluster, about: ready.site.about, assets: ready.site.assets },
    ephemeral: task.choice === 'ephemeral' ? (ready?.cluster.secrets ?? null) : null,
  }
}

const planned = await plan(task)
const profiles =
  planned instanceof Refusal
    ? { refused: [...planned.diagnostics] }
    : planned.map((each, index) => render(each, index))
send({ type: 'end', profiles })
