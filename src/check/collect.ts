import { createHash } from 'node:crypto'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Cluster } from '../cluster/cluster.ts'
import type { Owned } from '../assembly/assemble.ts'
import type { PlainFile } from '../assembly/component.ts'
import { textOf } from '../templates/template.ts'
import type { MachineOutput, Reader, CheckedText } from './reader.ts'
import { maskMachine } from './shape.ts'

const machinesPerTurn = 64

/** What is to be read, by the program that reads it. */
export type Work = {
  subjects: Map<Reader, CheckedText[]>
  machines: number
  files: number
}

/** The texts of one path that a reader has seen: whole, and by shape. */
type Seen = { byText: Map<string, CheckedText>; byShape: Map<string, CheckedText> }

/**
 * Goes through what is rendered for all machines and keeps each different text once. Only these are held in memory, so that
 * a large rack needs little of it.
 */
export async function collectSubjects(
  readers: readonly Reader[],
  cluster: Cluster,
  outputs: Iterable<MachineOutput>,
): Promise<Work> {
  const work: Work = { subjects: new Map(readers.map((reader) => [reader, []])), machines: 0, files: 0 }
  const seen = new Map<Reader, Map<string, Seen>>(readers.map((reader) => [reader, new Map()]))

  const add = (reader: Reader, output: MachineOutput, text: string, place: Place): void => {
    const paths = seen.get(reader)
    let known = paths?.get(place.kind)
    if (!known) {
      known = { byText: new Map(), byShape: new Map() }
      paths?.set(place.kind, known)
    }
    const same = known.byText.get(text)
    if (same) {
      same.machines.push(output.machine)
      return
    }
    // The user's own text is read as it is: whatever stands in it may be there for a reason of its own.
    const shaped = reader.shape?.(text) ?? text
    const shape = digest(place.file?.from ? text : maskMachine(shaped, output.machine))
    const alike = known.byShape.get(shape)
    if (alike) {
      alike.machines.push(output.machine)
      return
    }
    const subject: CheckedText = {
      path: place.path,
      text,
      file: place.file,
      machines: [output.machine],
      others: new Map(output.files.map((file) => [file.path, file])),
      cluster,
    }
    known.byShape.set(shape, subject)
    known.byText.set(text, subject)
    work.subjects.get(reader)?.push(subject)
  }

  for (const output of outputs) {
    work.machines += 1
    // A signal must be able to end a large rack.
    if (work.machines % machinesPerTurn === 0) await nextTurn()
    work.files += output.files.length + output.site.length
    for (const reader of readers) {
      if (reader.readsFile)
        for (const file of output.files)
          if (reader.readsFile(file))
            add(reader, output, textOf(file.content), { kind: kindOf(file.path), path: file.path, file })
      if (reader.readsSiteFile)
        for (const file of output.site)
          if (reader.readsSiteFile(file))
            add(reader, output, file.body.toString('utf8'), {
              // Files of the site have the machine's MAC in their path.
              kind: maskMachine(file.path, output.machine),
              path: file.path,
              file: null,
            })
    }
  }
  return work
}

/** The same step has another number on another role. */
const kindOf = (path: string): string => path.replace(/\/\d+-(?=[^/]+$)/, '/')

type Place = {
  /** The same for the same thing of different machines. */
  kind: string
  path: string
  file: Owned<PlainFile> | null
}

const digest = (text: string): string => createHash('sha256').update(text).digest('base64')
