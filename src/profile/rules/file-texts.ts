import type { Path } from '../../diagnostics/diagnostic.ts'
import type { ProfileSettings } from '../schema.ts'
import { settingsPlaces } from './rule.ts'
import type { RuleContext } from './rule.ts'

type ProfileFile = NonNullable<ProfileSettings['files']>[number]

export type FileText = { path: Path; file: ProfileFile; key: 'content' | 'source'; text: string }

/** Every file of the profile with a known text, and the key below its path that contains the text. */
export const fileTexts = ({ profile, sources }: RuleContext): FileText[] =>
  [...settingsPlaces(profile)].flatMap(({ path, settings }) =>
    (settings.files ?? []).flatMap((file, index): FileText[] => {
      const at: Path = [...path, 'files', index]
      if (file.content !== undefined) return [{ path: at, file, key: 'content', text: file.content }]
      const text = file.source === undefined ? undefined : sources.get(file.source)
      return text === undefined ? [] : [{ path: at, file, key: 'source', text }]
    }),
  )
