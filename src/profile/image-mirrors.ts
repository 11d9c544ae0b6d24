import type { Path } from '../diagnostics/diagnostic.ts'
import type { Profile } from './schema.ts'

/** An image mirror of the profile. `path` is that of its address. */
export type ImageMirror = {
  registry: string
  address: string
  path: Path
  username: string | undefined
  passwordSecret: string | undefined
  ca: { content?: string | undefined; source?: string | undefined } | undefined
}

export const imageMirrorsOf = ({ mirrors }: Pick<Profile, 'mirrors'>): ImageMirror[] =>
  Object.entries(mirrors?.images ?? {}).map(([registry, given]) => {
    const path: Path = ['mirrors', 'images', registry]
    return typeof given === 'string'
      ? { registry, address: given, path, username: undefined, passwordSecret: undefined, ca: undefined }
      : {
          registry,
          address: given.url,
          path: [...path, 'url'],
          username: given.username,
          passwordSecret: given.passwordSecret,
          ca: given.ca,
        }
  })
