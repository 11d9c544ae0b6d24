import type { Path } from '../diagnostics/diagnostic.ts'
import { architectures, type Architecture } from '../distributions/mirrors.ts'
import type { Profile } from './schema.ts'

export type MirrorPlace = {
  key: 'distribution' | 'security'
  /** Null: for all. */
  architecture: Architecture | null
  address: string
  path: Path
}

/** Each address of a mirror of the distribution, with the machines that it is for. */
export const mirrorPlaces = ({ mirrors }: Pick<Profile, 'mirrors'>): MirrorPlace[] =>
  (['distribution', 'security'] as const).flatMap((key): MirrorPlace[] => {
    const given = mirrors?.[key]
    const path: Path = ['mirrors', key]
    if (given === undefined) return []
    if (typeof given === 'string') return [{ key, architecture: null, address: given, path }]
    return architectures.flatMap((architecture) => {
      const address = given[architecture]
      return address === undefined ? [] : [{ key, architecture, address, path: [...path, architecture] }]
    })
  })
