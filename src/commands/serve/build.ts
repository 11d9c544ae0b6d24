import { statSync } from 'node:fs'
import { serveProfileApart } from '../../pipeline/apart/serve-apart.ts'
import type { ProfileReference } from '../../pipeline/load.ts'
import { secretsSource, type SecretsSource } from '../../pipeline/secrets.ts'
import { type Served, serveArchive, serveDirectory, serveProfile } from '../../pipeline/served.ts'
import type { Secrets } from '../../secrets/secrets.ts'
import { isSiteArchive } from '../../site/read-archive.ts'
import type { Context } from '../context.ts'
import { choiceOfSecrets } from '../secrets/option.ts'

/** Makes the site to serve: at the start, and at each reload. */
export type Builder = {
  /** @param from a commit in the mirror of a repository; default: the current files */
  build(from?: Commit): Promise<Served>
  /** Tells it that requests are answered now, so that it makes later sites in a separate thread. */
  isServing(): void
}

type Commit = Required<Pick<ProfileReference, 'mirror'>> & { revision: string }

/** A path that cannot be examined counts as a profile; reading it then gives the reason. */
function isDirectory(path: string): boolean {
  try {
    return statSync(path).isDirectory()
  } catch {
    return false
  }
}

/** The builder for the target on the command line. */
export function builderOf(context: Context): Builder {
  const { environment, version, signals, parameters } = context
  const [target = ''] = parameters
  const choice = choiceOfSecrets(context)
  const source = secretsSource(choice, 'render')
  /** The ephemeral secrets of this process: a reload must not make new ones. */
  let ephemeral: Secrets | null = null
  const secrets: SecretsSource = async (resolved, stop) => {
    const obtained = await source(resolved, stop)
    if (choice === 'ephemeral') ephemeral = obtained.secrets
    return obtained
  }
  let serving = false
  return {
    isServing: () => void (serving = true),
    async build(from) {
      if (!from && isDirectory(target)) return serveDirectory(target)
      if (!from && isSiteArchive(target)) return serveArchive(target)
      const reference = { profile: target, revision: null, ...from }
      if (!serving)
        return serveProfile(reference, { secrets, environment, hakube: version, stop: signals.stop })
      const task = { reference, choice, known: ephemeral, environment, hakube: version }
      const made = await serveProfileApart(task, signals.stop)
      ephemeral = made.ephemeral ?? ephemeral
      return made.served
    },
  }
}
