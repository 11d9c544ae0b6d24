import { statSync } from 'node:fs'
import { serveProfileApart } from '../../pipeline/apart/serve-apart.ts'
import type { ProfileReference } from '../../pipeline/load.ts'
import { secretsSource, type SecretsSource } from '../../pipeline/secrets.ts'
import { type Served, serveArchive, serveDirectory, serveProfile } from '../../pipeline/served.ts'
import type { Secrets } from '../../secrets/secrets.ts'
import { isSiteArchive } from '../../site/read-archive.ts'
import type { Context } from '../context.ts'
import { choiceOfSecrets } from '../secrets/option.ts'

/** Makes what is to be served, again and again. */
export type Builder = {
  /** @param from a commit of the mirror of a repository; default: what is there now */
  build(from?: Commit): Promise<Served>
  /** From now on requests are answered: what takes long goes to a thread of its own. */
  isServing(): void
}

type Commit = Required<Pick<ProfileReference, 'mirror'>> & { revision: string }

/** Anything that cannot be examined is taken for a profile; reading it gives the reason. */
function isDirectory(path: string): boolean {
  try {
    return statSync(path).isDirectory()
  } catch {
    return false
  }
}

/** Builds what the command line names. */
export function builderOf(context: Context): Builder {
  const { environment, version, signals, parameters } = context
  const [target = ''] = parameters
  const choice = choiceOfSecrets(context)
  const source = secretsSource(choice, 'render')
  /** Those of this process: another reload must not make others. */
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
