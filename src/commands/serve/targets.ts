import { existsSync, statSync } from 'node:fs'
import { join, normalize } from 'node:path'
import { refusal } from '../../diagnostics/refusal.ts'
import { profilesIn } from '../../pipeline/several/profiles-in.ts'
import { manifestName } from '../../site/manifest.ts'
import { isSiteArchive } from '../../site/read-archive.ts'
import type { Context } from '../context.ts'

/** What is served: profiles, or a site that was rendered before. */
export type Targets = { profiles: readonly string[] } | { directory: string } | { archive: string }

/** A path that cannot be examined counts as a profile; reading it then gives the reason. */
function isDirectory(path: string): boolean {
  try {
    return statSync(path).isDirectory()
  } catch {
    return false
  }
}

/**
 * What the parameters name. The files of a directory are listed again each time, so that a reload finds new ones.
 *
 * @throws Refusal for several parameters that are not all profiles
 */
export async function targetsOf({ parameters, options }: Context): Promise<Targets> {
  // A file that is named twice must not count as a second cluster with the same machines.
  const named = [...new Map(parameters.map((word) => [normalize(word), word])).values()]
  const [target = ''] = named
  if (options.text('repo') !== null) return { profiles: named }
  if (named.length > 1) {
    const other = named.find((word) => isDirectory(word) || isSiteArchive(word))
    if (other !== undefined)
      throw refusal('serve/several', `${other} is not a profile`, {
        hint: 'several arguments must all be profiles; a directory of profiles, a rendered directory or an archive is served alone',
      })
    return { profiles: named }
  }
  if (isSiteArchive(target) && !isDirectory(target)) return { archive: target }
  if (!isDirectory(target)) return { profiles: [target] }
  const profiles = existsSync(join(target, manifestName)) ? [] : await profilesIn(target)
  return profiles.length > 0 ? { profiles } : { directory: target }
}
