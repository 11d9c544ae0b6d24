import { type Refusal, refusal } from '../../diagnostics/refusal.ts'
import { loadProfile } from '../../profile/load.ts'
import { resolveLoaded, type ResolvedProfile } from '../../pipeline/resolved.ts'
import type { Bundle } from '../../secrets/bundle.ts'
import { changeBundle, openBundle, readBundleFile, type Writing } from '../../secrets/vault.ts'
import { type Context, exit } from '../context.ts'
import { printMistakes } from '../report.ts'
import { keyFileOf } from './option.ts'

/**
 * Runs a command on the profile of the first parameter, and prints the profile's errors.
 *
 * @returns the exit code
 */
export async function withProfile(
  context: Context,
  work: (resolved: ResolvedProfile) => Promise<number>,
): Promise<number> {
  const { stderr } = context
  const loaded = await loadProfile(context.parameters[0] ?? '')
  stderr.write(printMistakes([{ loaded, diagnostics: loaded.diagnostics }], stderr.colour))
  const resolved = resolveLoaded(loaded)
  if (!resolved) return exit.invalidInput
  return work(resolved)
}

const noBundle = (file: string): Refusal =>
  refusal('secrets/missing', `the secrets bundle ${file} does not exist`, {
    hint: 'create one with: hakube secrets init PROFILE --recipient age1…',
  })

/**
 * Opens the bundle.
 *
 * @throws Refusal also when there is none
 */
export async function readBundle(context: Context, { file, cluster }: ResolvedProfile): Promise<Bundle> {
  const bytes = await readBundleFile(file)
  if (!bytes) throw noBundle(file)
  return openBundle(bytes, file, keyFileOf(context), cluster.name)
}

/**
 * Changes the bundle, under a lock.
 *
 * @param work returns the new bundle, or null if there is nothing to write
 */
export async function changeExisting(
  context: Context,
  resolved: ResolvedProfile,
  work: (bundle: Bundle, writing: Writing) => Promise<Bundle | null>,
): Promise<void> {
  await changeWith(context, resolved, async (writing) => {
    if (!writing.bytes) throw noBundle(resolved.file)
    const bundle = await openBundle(writing.bytes, resolved.file, keyFileOf(context), resolved.cluster.name)
    return work(bundle, writing)
  })
}

/** The same if there may be no bundle yet. */
export async function changeWith(
  { stderr }: Context,
  { file }: ResolvedProfile,
  work: (writing: Writing) => Promise<Bundle | null>,
): Promise<void> {
  const onWait = (holder: string | null) =>
    stderr.write(
      `hakube: waiting for another hakube process to finish${holder === null ? '' : ` (${holder})`}\n`,
    )
  await changeBundle(
    file,
    async (writing) => {
      const bundle = await work(writing)
      if (bundle) await writing.write(bundle)
    },
    { onWait },
  )
}
