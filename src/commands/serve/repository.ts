import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, normalize, resolve } from 'node:path'
import { refusal, type Refusal } from '../../diagnostics/refusal.ts'
import { printable } from '../../diagnostics/excerpt.ts'
import { GitError } from '../../files/git.ts'
import { type Lock, LockHeldError, takeLock } from '../../files/lock.ts'
import { openMirror } from '../../files/mirror.ts'
import { readRef, readRepositoryAddress } from '../../files/repository-address.ts'
import { describeSystemError, isSystemError } from '../../files/system-error.ts'
import type { Source } from '../../pipeline/follow.ts'
import { makeStateDirectory, stateDirectory } from '../../state/directory.ts'
import { parseDuration } from '../../text/duration.ts'
import type { Context } from '../context.ts'

/** The repository of `--repo`, ready to be followed. */
export type OpenedSource = Source & {
  /** Directory of the mirror. */
  directory: string
  /** Seconds between two checks. */
  interval: number
  /** Secret of the webhook; null without one. */
  secret: string | null
  lock: Lock
}

const refuse = (message: string, hint?: string): Refusal =>
  refusal('serve/repository', message, hint === undefined ? {} : { hint })

/** Checks that a profile is a path within the repository; what is at that path on this machine does not matter. */
function checkProfile(profile: string): void {
  const path = normalize(profile)
  if (path.startsWith('/') || path === '..' || path.startsWith('../'))
    throw refuse(
      `${profile} is not a path in the repository`,
      'with --repo, PROFILE is the path from the top of the repository, e.g. rack/profile.yaml',
    )
}

/**
 * Reads a file that determines whom the server trusts.
 *
 * @param credentials directory in which systemd passes credentials (systemd.exec(5), LoadCredential=): an access control list lets only
 *   the service read them, and the mode shows the list's mask as the group's permissions
 */
function readTrusted(
  option: string,
  file: string,
  mayBeRead: boolean,
  credentials: string | undefined,
): string {
  try {
    const { mode } = statSync(file)
    if ((mode & 0o022) !== 0)
      throw refuse(`${option} ${file}: others may write to it`, `make it yours alone: chmod go-w ${file}`)
    const others = credentials !== undefined && dirname(file) === credentials ? 0o004 : 0o044
    if (!mayBeRead && (mode & others) !== 0)
      throw refuse(`${option} ${file}: others may read it`, `make it private: chmod 600 ${file}`)
    return readFileSync(file, 'utf8')
  } catch (fault) {
    if (!isSystemError(fault)) throw fault
    throw refuse(`${option} ${file}: ${describeSystemError(fault)}`)
  }
}

function readSecret({ options, environment }: Context): string | null {
  const file = options.text('webhook-secret')
  if (file === null) return null
  const secret = readTrusted('--webhook-secret', file, false, environment['CREDENTIALS_DIRECTORY']).trim()
  if (secret.length < 16)
    throw refuse(
      `--webhook-secret ${file}: the secret has fewer than 16 characters`,
      `generate one: openssl rand -hex 32 > ${file}`,
    )
  return secret
}

/**
 * The repository to follow according to the options; null without `--repo`.
 *
 * @throws Refusal for an invalid option, and for a mirror that cannot be created or that another server uses
 */
export async function openSource(context: Context): Promise<OpenedSource | null> {
  const { options, parameters, environment } = context
  const repository = options.text('repo')
  const [profile = ''] = parameters
  if (repository === null) {
    const lone = ['ref', 'interval', 'require-signature', 'webhook-secret'].find(
      (name) => options.text(name) !== null,
    )
    if (lone !== undefined || options.flag('allow-rewrite'))
      throw refuse(`--${lone ?? 'allow-rewrite'} needs --repo`)
    return null
  }
  for (const each of parameters) checkProfile(each)
  const address = readRepositoryAddress(repository)
  // The address may contain a password.
  if ('wrong' in address) throw refuse(`--repo: ${address.wrong}`)
  const branch = options.text('ref') ?? 'main'
  const ref = readRef(branch)
  if (ref === null) throw refuse(`--ref ${printable(branch)} is not a branch name`)
  const text = options.text('interval') ?? '30s'
  const interval = parseDuration(text)
  if (interval === null) throw refuse(`--interval ${text} is not a duration; write e.g. 30s, 5m or 1h`)
  const given = options.text('require-signature')
  if (given !== null && readTrusted('--require-signature', given, true, undefined).trim() === '')
    throw refuse(`--require-signature ${given}: it lists no signers`)
  const signers = given === null ? null : resolve(given)
  if (address.isOpen && signers === null)
    throw refuse(
      `--repo ${repository}: anyone on the network path could change what is installed on every machine`,
      'use https or ssh, or require signed commits with --require-signature',
    )
  const secret = readSecret(context)
  const state = stateDirectory(options.text('state'), profile, environment)
  makeStateDirectory(state)
  const top = join(state, 'git')
  mkdirSync(top, { recursive: true, mode: 0o700 })
  const name = createHash('sha256').update(`${address.url}\0${ref}`).digest('hex').slice(0, 16)
  const directory = join(top, `${name}.git`)
  const lock = lockOf(top)
  try {
    const mirror = await openMirror(directory, address, ref, environment)
    const mayRewind = options.flag('allow-rewrite')
    return { mirror, repository, ref: branch, signers, mayRewind, directory, interval, secret, lock }
  } catch (fault) {
    lock.release()
    if (fault instanceof GitError)
      throw refuse(`cannot keep a copy of ${repository}: ${printable(fault.message)}`)
    throw fault
  }
}

function lockOf(top: string): Lock {
  try {
    return takeLock(join(top, 'lock'))
  } catch (fault) {
    if (fault instanceof LockHeldError)
      throw refuse(
        `another server uses ${top}${fault.holder === null ? '' : ` (${fault.holder})`}`,
        'stop that server, or choose another directory with --state DIR',
      )
    throw fault
  }
}
