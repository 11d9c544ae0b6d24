import { Refusal } from '../diagnostics/refusal.ts'
import { type Diagnostic, error, hasErrors, warning } from '../diagnostics/diagnostic.ts'
import type { LoadedProfile } from '../profile/load.ts'
import type { KeyFile } from '../secrets/age.ts'
import { ephemeralSecrets } from '../secrets/ephemeral.ts'
import { withKeyThreads } from '../secrets/key-threads.ts'
import type { Secrets } from '../secrets/secrets.ts'
import { type SecretSources, systemSources } from '../secrets/sources.ts'
import { applySync, planSync } from '../secrets/sync.ts'
import { openBundle, readBundleFile } from '../secrets/vault.ts'
import { missingOwnSecrets, unfitOwnSecrets } from './own-secrets.ts'
import { resolveLoaded, type ResolvedProfile } from './resolved.ts'
import { type Purpose, staleDiagnostics } from './stale-secrets.ts'

/**
 * Which secrets to use: those of the bundle next to the profile, with the key that opens it, or ephemeral ones that live as long as the
 * process.
 */
export type SecretsChoice = { keyFile: KeyFile | null } | 'ephemeral'

/** Secrets for rendering, or why there are none. */
export type Obtained = { secrets: Secrets | null; diagnostics: Diagnostic[] }

/** @param stop aborts the making of keys, which then throws */
export type SecretsSource = (resolved: ResolvedProfile, stop: AbortSignal) => Promise<Obtained>

/**
 * A source for any number of profiles, each any number of times. It reads a bundle again each time. It makes ephemeral secrets once, and
 * adds certificates when a profile needs them, so that a server keeps them across reloads, and two revisions of one profile have the
 * same.
 *
 * @param purpose what the bundle is judged for
 * @param known ephemeral secrets to start from; null to make them
 */
export function secretsSource(
  choice: SecretsChoice,
  purpose: Purpose,
  known: Secrets | null = null,
): SecretsSource {
  if (choice !== 'ephemeral') return (resolved) => fromBundle(resolved, choice.keyFile, purpose)
  let basis = known && Promise.resolve(known)
  const made = new Map<string, Promise<Secrets>>()
  return async (resolved, stop) => {
    const { file } = resolved.loaded
    basis ??= ephemeralSecrets(systemSources)
    // Serialized, so that two concurrent callers get the same certificates.
    const before = made.get(file) ?? basis
    const after = before.then((secrets) =>
      withKeyThreads(stop, (sources) => complete(secrets, resolved, sources)),
    )
    made.set(
      file,
      after.catch(() => before),
    )
    return { secrets: await after, diagnostics: [] }
  }
}

/** Ephemeral secrets with the certificates that the profile's machines need now. */
async function complete(
  secrets: Secrets,
  { wanted }: ResolvedProfile,
  sources: SecretSources,
): Promise<Secrets> {
  const bundle = { cluster: '', recipients: [], secrets }
  const needed = planSync(bundle, wanted, sources.now())
  // Without enrolment, the server's certificate is not used.
  const plan = { ...needed, server: wanted.enrolment ? needed.server : [], recipients: null }
  return (await applySync(bundle, plan, wanted, sources)).secrets
}

async function fromBundle(
  { file, cluster, wanted, loaded }: ResolvedProfile,
  keyFile: KeyFile | null,
  purpose: Purpose,
): Promise<Obtained> {
  try {
    const bytes = await readBundleFile(file, loaded.reader)
    if (!bytes) return { secrets: null, diagnostics: [missing(loaded.file, file, purpose)] }
    if (!keyFile && purpose === 'check')
      return { secrets: null, diagnostics: [onlyProfileChecked(loaded.file, file)] }
    const bundle = await openBundle(bytes, file, keyFile, cluster.name)
    const plan = planSync(bundle, wanted, systemSources.now())
    const { profile } = loaded
    const diagnostics = [
      ...staleDiagnostics(plan, cluster, file, purpose),
      ...(profile
        ? [
            ...missingOwnSecrets(profile, bundle.secrets, loaded.file),
            ...unfitOwnSecrets(profile, bundle.secrets),
          ]
        : []),
    ]
    return { secrets: hasErrors(diagnostics) ? null : bundle.secrets, diagnostics }
  } catch (fault) {
    if (!(fault instanceof Refusal)) throw fault
    return { secrets: null, diagnostics: [...fault.diagnostics] }
  }
}

const missing = (profile: string, file: string, purpose: Purpose): Diagnostic => {
  const hint =
    `create ${file} with hakube secrets init ${profile} --recipient age1…; ` +
    '--ephemeral-secrets generates secrets for this run, for a trial: no other run can add machines to that cluster'
  return purpose === 'check'
    ? warning(
        'secrets/missing',
        `only the profile itself was checked: ${profile} has no secrets bundle, without which nothing can be rendered`,
        { hint },
      )
    : error('secrets/missing', `${profile} has no secrets bundle, without which nothing can be rendered`, {
        hint,
      })
}

const onlyProfileChecked = (profile: string, file: string): Diagnostic =>
  warning('secrets/no-key', `only the profile itself was checked: there is no key to open ${file}`, {
    hint: `use --age-key-file FILE, or set HAKUBE_AGE_KEY_FILE or SOPS_AGE_KEY_FILE, to check ${profile} including its output`,
  })

/** Secrets for a run that prints none: one small key for everything, because making it is fast. */
export async function placeholderSecrets(loaded: LoadedProfile): Promise<Secrets> {
  const pair = systemSources.rsaKeyPair(1024)
  const sources = { ...systemSources, rsaKeyPair: () => pair, p256KeyPair: () => pair }
  const secrets = await ephemeralSecrets(sources)
  const resolved = resolveLoaded(loaded)
  return resolved ? complete(secrets, resolved, sources) : secrets
}
