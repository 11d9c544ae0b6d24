import { certificateNeeds, serverNeed } from '../../cluster/certificate-needs.ts'
import type { Cluster } from '../../cluster/cluster.ts'
import { resolveWithoutSecrets } from '../../cluster/resolve.ts'
import { hasErrors } from '../../diagnostics/diagnostic.ts'
import { type LoadedProfile, loadProfile } from '../../profile/load.ts'
import type { Profile } from '../../profile/schema.ts'
import { findKeyFile, type KeyFile } from '../../secrets/age.ts'
import type { Bundle } from '../../secrets/bundle.ts'
import { secretPolicy } from '../../secrets/policy.ts'
import { type SecretsError, secretsError } from '../../secrets/secrets-error.ts'
import type { Wanted } from '../../secrets/sync.ts'
import { bundleFile, changeBundle, openBundle, readBundleFile, type Writing } from '../../secrets/vault.ts'
import { type Context, exit } from '../context.ts'
import { printMistakes } from '../report.ts'

/** A profile without errors, and what it wants of its bundle. */
export type Subject = {
  loaded: LoadedProfile
  profile: Profile
  cluster: Omit<Cluster, 'secrets'>
  wanted: Wanted
  file: string
}

/** The file with keys that the command line or the environment names. */
export const keyFileOf = ({ options, environment }: Context): KeyFile | null =>
  findKeyFile(options.text('age-key-file'), environment)

/** What a loaded profile wants of its bundle; null when the profile has errors. */
export function subjectOf(loaded: LoadedProfile): Subject | null {
  const { profile } = loaded
  if (!profile || hasErrors(loaded.diagnostics)) return null
  const cluster = resolveWithoutSecrets(profile, loaded.sources)
  return {
    loaded,
    profile,
    cluster,
    wanted: {
      needs: certificateNeeds(cluster),
      server: serverNeed(cluster),
      policy: secretPolicy(profile),
      encryption: cluster.kubernetes.encryptionAtRest !== null,
    },
    file: bundleFile(loaded.file),
  }
}

/**
 * Runs a command on the first parameter's profile, whose mistakes it prints.
 *
 * @returns the exit code
 */
export async function withSubject(
  context: Context,
  work: (subject: Subject) => Promise<number>,
): Promise<number> {
  const { stderr } = context
  const loaded = await loadProfile(context.parameters[0] ?? '')
  stderr.write(printMistakes([{ loaded, diagnostics: loaded.diagnostics }], stderr.colour))
  const subject = subjectOf(loaded)
  if (!subject) return exit.mistakes
  return work(subject)
}

const noBundle = (file: string): SecretsError =>
  secretsError('secrets/missing', `there is no secrets bundle ${file}`, {
    hint: 'make one with: hakube secrets init PROFILE --recipient age1…',
  })

/** @throws SecretsError also when there is none */
export async function readBundle(context: Context, { file, cluster }: Subject): Promise<Bundle> {
  const bytes = await readBundleFile(file)
  if (!bytes) throw noBundle(file)
  return openBundle(bytes, file, keyFileOf(context), cluster.name)
}

/**
 * Changes the bundle; nobody else can meanwhile.
 *
 * @param work gives the new bundle, or null when there is nothing to write
 */
export async function changeExisting(
  context: Context,
  subject: Subject,
  work: (bundle: Bundle, writing: Writing) => Promise<Bundle | null>,
): Promise<void> {
  await changeWith(context, subject, async (writing) => {
    if (!writing.bytes) throw noBundle(subject.file)
    const bundle = await openBundle(writing.bytes, subject.file, keyFileOf(context), subject.cluster.name)
    return work(bundle, writing)
  })
}

/** The same where there may be no bundle yet. */
export async function changeWith(
  { stderr }: Context,
  { file }: Subject,
  work: (writing: Writing) => Promise<Bundle | null>,
): Promise<void> {
  const onWait = (holder: string | null) =>
    stderr.write(`hakube: waiting for another hakube to finish${holder === null ? '' : ` (${holder})`}\n`)
  await changeBundle(
    file,
    async (writing) => {
      const bundle = await work(writing)
      if (bundle) await writing.write(bundle)
    },
    { onWait },
  )
}
