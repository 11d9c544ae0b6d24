import { createHash } from 'node:crypto'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Cluster } from '../cluster/cluster.ts'
import type { Owned } from '../assembly/assemble.ts'
import type { PlainFile } from '../assembly/component.ts'
import { textOf } from '../templates/template.ts'
import type { MachineOutput, Reader, CheckedText } from './reader.ts'
import { maskMachine } from './shape.ts'

const machinesPerTurn = 64

/** The texts to check, by the program that reads them. */
export type Work = {
  subjects: Map<Reader, CheckedText[]>
  machines: number
  files: number
}

/** The texts of one path that a reader has checked: verbatim, and by shape. */
type Seen = { byText: Map<string, CheckedText>; byShape: Map<string, CheckedText> }

/** Collects each different text once from the output of all machines. Only these are held in memory, so that large racks need little. */
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
    // A user's own text is checked as it is, because any difference may matter.
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
    // Lets signals end the work on a large rack.
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
              // Paths of the site contain the machine's MAC address.
              kind: maskMachine(file.path, output.machine),
              path: file.path,
              file: null,
            })
    }
  }
  return work
}

/** The same step may have different numbers in different roles. */
const kindOf = (path: string): string => path.replace(/\/\d+-(?=[^/]+$)/, '/')

type Place = {
  /** Equal for the same file of different machines. */
  kind: string
  path: string
  file: Owned<PlainFile> | null
}

const digest = (text: string): string => createHash('sha256').update(text).digest('base64')
