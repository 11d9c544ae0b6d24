import { type Diagnostic, error, hasErrors, warning } from '../../diagnostics/diagnostic.ts'
import type { LoadedProfile } from '../../profile/load.ts'
import type { Secrets } from '../../secrets/secrets.ts'
import { SecretsError } from '../../secrets/secrets-error.ts'
import { type SecretSources, systemSources } from '../../secrets/sources.ts'
import { applySync, planSync } from '../../secrets/sync.ts'
import { throwAwaySecrets } from '../../secrets/throw-away.ts'
import { openBundle, readBundleFile } from '../../secrets/vault.ts'
import type { Context } from '../context.ts'
import { withSources } from './making.ts'
import { type Purpose, staleDiagnostics } from './stale.ts'
import { keyFileOf, type Subject, subjectOf } from './subject.ts'

/** Secrets to render with, or what keeps them from being there. */
export type Obtained = { secrets: Secrets | null; diagnostics: Diagnostic[] }

export type SecretsFinder = (loaded: LoadedProfile) => Promise<Obtained>

/**
 * Finds the secrets of profiles as the command line asks for: those of the bundle, read again each time, or some for this run.
 * The latter stay the same for the whole run, also when a profile is read again, so that a server can go on with them.
 */
export function secretsFinder(context: Context, purpose: Purpose): SecretsFinder {
  let basis: Promise<Secrets> | null = null
  const made = new Map<string, Secrets>()
  return async (loaded) => {
    const subject = subjectOf(loaded)
    if (!subject) return { secrets: null, diagnostics: [] }
    if (!context.options.flag('throw-away-secrets')) return fromBundle(context, subject, purpose)
    basis ??= throwAwaySecrets(systemSources)
    const before = made.get(loaded.file) ?? (await basis)
    const secrets = await withSources(context, (sources) => complete(before, subject, sources))
    made.set(loaded.file, secrets)
    return { secrets, diagnostics: [] }
  }
}

/** Throw-away secrets with the certificates that the profile's machines need now. */
async function complete(secrets: Secrets, { wanted }: Subject, sources: SecretSources): Promise<Secrets> {
  const bundle = { cluster: '', recipients: [], secrets }
  // No server of ours is known by a certificate that is gone after this run.
  const plan = { ...planSync(bundle, wanted, sources.now()), server: [], recipients: null }
  return (await applySync(bundle, plan, wanted, sources)).secrets
}

async function fromBundle(context: Context, subject: Subject, purpose: Purpose): Promise<Obtained> {
  const { file, cluster, wanted, loaded } = subject
  try {
    const bytes = await readBundleFile(file, loaded.reader)
    if (!bytes) return { secrets: null, diagnostics: [missing(loaded.file, file, purpose)] }
    const keyFile = keyFileOf(context)
    if (!keyFile && purpose === 'check')
      return { secrets: null, diagnostics: [onlyProfileChecked(loaded.file, file)] }
    const bundle = await openBundle(bytes, file, keyFile, cluster.name)
    const plan = planSync(bundle, wanted, systemSources.now())
    const diagnostics = staleDiagnostics(plan, cluster, file, purpose)
    return { secrets: hasErrors(diagnostics) ? null : bundle.secrets, diagnostics }
  } catch (fault) {
    if (!(fault instanceof SecretsError)) throw fault
    return { secrets: null, diagnostics: [...fault.diagnostics] }
  }
}

const missing = (profile: string, file: string, purpose: Purpose): Diagnostic => {
  const hint =
    `hakube secrets init ${profile} --recipient age1… makes ${file}; ` +
    '--throw-away-secrets makes some for this run, for a trial: no other run can add machines to that cluster'
  return purpose === 'check'
    ? warning(
        'secrets/missing',
        `only the profile itself was checked: ${profile} has no secrets bundle, and without keys and tokens nothing can be rendered`,
        { hint },
      )
    : error(
        'secrets/missing',
        `${profile} has no secrets bundle, and without keys and tokens nothing can be rendered`,
        { hint },
      )
}

const onlyProfileChecked = (profile: string, file: string): Diagnostic =>
  warning('secrets/no-key', `only the profile itself was checked: there is no key to open ${file}`, {
    hint: `give --age-key-file FILE, or set HAKUBE_AGE_KEY_FILE or SOPS_AGE_KEY_FILE, to check ${profile} with all that is rendered`,
  })

/** Secrets for a run that shows none: one small key for everything, because it is there in a moment. */
export async function placeholderSecrets(loaded: LoadedProfile): Promise<Secrets> {
  const pair = systemSources.rsaKeyPair(1024)
  return throwAwaySecrets({ ...systemSources, rsaKeyPair: () => pair }, subjectOf(loaded)?.wanted.needs)
}
