import type { FileSetting, MachineSettings } from '../../cluster/cluster.ts'
import { textsOf, type Text } from '../../profile/rules/old-advice/texts.ts'
import type { Assembly } from '../assemble.ts'
import type { Place } from './conflict.ts'

/** A text from the profile that a machine runs or reads, with a function from a part of it to its position in the profile. */
export type OwnText = {
  text: Text
  /** The step that runs it; null for a file. */
  step: string | null
  placeOf: (start: number, length: number) => Place
}

/** The text of a file, and of the files that it contains. */
function fileTexts(file: FileSetting): OwnText[] {
  if (!file.from) return []
  const path = [...file.from, file.besideProfile ? 'source' : 'content']
  return textsOf(file.content, file.path).map((text) => own(text, null, path, file.secret))
}

const own = (
  text: Text,
  step: string | null,
  path: NonNullable<Place['path']>,
  secret: boolean,
): OwnText => ({
  text,
  step,
  placeOf: (start, length) => ({
    path,
    part: { start: text.offset + start, length },
    ...(secret ? { hidden: true } : {}),
  }),
})

const known = new WeakMap<MachineSettings, readonly OwnText[]>()

/**
 * Files that programs on the machine read, such as those in sysctl.d and modprobe.d, and everything that commands run and write. Scripts
 * among the files are left out, because nothing says when they run.
 */
export function ownTexts(settings: MachineSettings): readonly OwnText[] {
  const before = known.get(settings)
  if (before) return before
  const texts = [
    ...settings.files.flatMap((file) => fileTexts(file)).filter(({ text }) => !text.kinds.has('shell')),
    ...settings.commands.flatMap(({ name, run, secret, from }) =>
      from ? textsOf(run, null).map((text) => own(text, `command-${name}`, [...from, 'run'], secret)) : [],
    ),
  ]
  known.set(settings, texts)
  return texts
}

/** Whether a later step of hakube reverses what a command of the profile does. */
export function isSetRight({ steps }: Assembly, { step }: Pick<OwnText, 'step'>, by: string): boolean {
  const names = steps.map(({ name }) => name)
  return step !== null && names.includes(by) && names.indexOf(step) < names.indexOf(by)
}
