import { serveApart } from '../../pipeline/apart/serve-apart.ts'
import type { ProfileReference } from '../../pipeline/load.ts'
import { secretsSource, type SecretsSource } from '../../pipeline/secrets.ts'
import { type Served, serveArchive, serveDirectory, serveProfile } from '../../pipeline/served.ts'
import { serveSeveral } from '../../pipeline/several/serve-several.ts'
import type { Secrets } from '../../secrets/secrets.ts'
import type { Context } from '../context.ts'
import { choiceOfSecrets } from '../secrets/option.ts'
import { targetsOf } from './targets.ts'

/** Makes the site to serve: at the start, and at each reload. */
export type Builder = {
  /**
   * @param from a commit in the mirror of a repository; default: the current files
   * @throws Refusal for parameters that cannot be served together
   */
  build(from?: Commit): Promise<Served>
  /** Tells it that requests are answered now, so that it makes later sites in a separate thread. */
  isServing(): void
}

type Commit = Required<Pick<ProfileReference, 'mirror'>> & { revision: string }

/** The builder for the targets on the command line. */
export function builderOf(context: Context): Builder {
  const { environment, version, signals } = context
  const choice = choiceOfSecrets(context)
  /** The ephemeral secrets of this process, by profile: a reload must not make new ones. */
  const known = new Map<string, Secrets>()
  const sources = new Map<string, SecretsSource>()
  const secretsOf = (profile: string): SecretsSource => {
    const source = sources.get(profile) ?? secretsSource(choice, 'render')
    sources.set(profile, source)
    return async (resolved, stop) => {
      const obtained = await source(resolved, stop)
      if (choice === 'ephemeral' && obtained.secrets) known.set(profile, obtained.secrets)
      return obtained
    }
  }
  let serving = false
  return {
    isServing: () => void (serving = true),
    async build(from) {
      const targets = await targetsOf(context)
      if ('directory' in targets) return serveDirectory(targets.directory)
      if ('archive' in targets) return serveArchive(targets.archive)
      const references = targets.profiles.map((profile) => ({ profile, revision: null, ...from }))
      const means = { environment, hakube: version, stop: signals.stop }
      if (serving) {
        const task = { references, choice, known, environment, hakube: version }
        const made = await serveApart(task, signals.stop)
        for (const [profile, secrets] of made.ephemeral) known.set(profile, secrets)
        return made.served
      }
      const [reference] = references
      if (reference && references.length === 1)
        return serveProfile(reference, { ...means, secrets: secretsOf(reference.profile) })
      return serveSeveral(references, { ...means, secretsOf })
    },
  }
}
