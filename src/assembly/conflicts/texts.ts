import type { FileSetting, MachineSettings } from '../../cluster/cluster.ts'
import { textsOf, type Text } from '../../profile/rules/old-advice/texts.ts'
import type { Place } from './conflict.ts'

/** A text of the profile's own that a machine runs or reads, and the place of a part of it. */
export type OwnText = { text: Text; placeOf(start: number, length: number): Place }

/** The text of a file, also one inside it. */
function fileTexts(file: FileSetting): OwnText[] {
  if (!file.from) return []
  const path = [...file.from, file.besideProfile ? 'source' : 'content']
  return textsOf(file.content, file.path).map((text) => own(text, path, file.secret))
}

const own = (text: Text, path: NonNullable<Place['path']>, secret: boolean): OwnText => ({
  text,
  placeOf: (start, length) => ({
    path,
    part: { start: text.offset + start, length },
    ...(secret ? { hidden: true } : {}),
  }),
})

const known = new WeakMap<MachineSettings, readonly OwnText[]>()

/**
 * Files that programs of the machine read, as sysctl.d and modprobe.d, and all that commands run and write. Scripts among the files are
 * not read: nobody knows when they run.
 */
export function ownTexts(settings: MachineSettings): readonly OwnText[] {
  const before = known.get(settings)
  if (before) return before
  const texts = [
    ...settings.files.flatMap((file) => fileTexts(file)).filter(({ text }) => !text.kinds.has('shell')),
    ...settings.commands.flatMap(({ run, secret, from }) =>
      from ? textsOf(run, null).map((text) => own(text, [...from, 'run'], secret)) : [],
    ),
  ]
  known.set(settings, texts)
  return texts
}
