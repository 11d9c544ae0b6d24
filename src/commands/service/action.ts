import { realpathSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { refusal } from '../../diagnostics/refusal.ts'
import { describeSystemError, isSystemError } from '../../files/system-error.ts'
import { readRepositoryAddress } from '../../files/repository-address.ts'
import { writeWhole } from '../../files/write-whole.ts'
import { bundleFile } from '../../secrets/vault.ts'
import { parseListenAddress } from '../../server/listen-address.ts'
import { quote } from '../../text/quote.ts'
import { type Command, type Context, exit } from '../context.ts'
import { carriedOptions } from './carried.ts'
import { serviceUnits, type UnitFile } from './units.ts'

/** Options with files that only root needs to read: systemd passes them as credentials. */
const credentials = ['age-key-file', 'webhook-secret', 'require-signature'] as const

/** Options that the socket units replace. */
const sockets: ReadonlySet<string> = new Set(['listen', 'listen-tls'])

/** Directories that the service cannot see: ProtectHome= and PrivateTmp= of systemd.exec(5). */
const hidden = ['/home', '/root', '/run/user', '/tmp', '/var/tmp']

const isBelow = (path: string, top: string): boolean => path === top || path.startsWith(`${top}/`)

/**
 * Checks that the service can see a path.
 *
 * @returns the absolute path
 * @throws Refusal for a hidden one
 */
function visible(what: string, path: string, hint: string): string {
  const whole = resolve(path)
  let real = whole
  try {
    real = realpathSync(whole)
  } catch {
    // A missing file may be created before the service starts.
  }
  const top = hidden.find((each) => isBelow(whole, each) || isBelow(real, each))
  if (top === undefined) return whole
  throw refusal('service/path', `${what} ${path}: a service does not see ${top}`, { hint })
}

const elsewhere = 'move it, e.g. to /srv'

/** The arguments of `hakube serve`. Paths are absolute, because a service starts in another directory. */
function wordsOf({ options, parameters }: Context): string[] {
  const repository = options.text('repo')
  const words = carriedOptions().flatMap(({ name, value, default: usual }): string[] => {
    if (value === undefined) return options.flag(name) ? [`--${name}`] : []
    const text = options.text(name)
    if (text === null || text === usual || sockets.has(name) || credentials.some((each) => each === name))
      return []
    if (name === 'assets') return [`--${name}`, visible(`--${name}`, text, elsewhere)]
    if (name === 'repo' && isDirectory(text)) return [`--${name}`, visible(`--${name}`, text, elsewhere)]
    return [`--${name}`, text]
  })
  // After `--`, a word that begins with a dash is not an option.
  const served = parameters.map((target) =>
    repository === null ? visible('the profile', target, `${elsewhere}, or follow it with --repo`) : target,
  )
  return [...words, '--', ...served]
}

/**
 * Whether a repository is a directory on this machine.
 *
 * @throws Refusal for an address that `hakube serve` does not accept
 */
function isDirectory(repository: string): boolean {
  const address = readRepositoryAddress(repository)
  if ('wrong' in address) throw refusal('serve/repository', `--repo: ${address.wrong}`)
  return address.url === resolve(repository)
}

function isLow(address: string | null): boolean {
  return address !== null && parseListenAddress(address).port < 1024
}

const unitName = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/

async function write(directory: string, units: readonly UnitFile[]): Promise<void> {
  for (const { name, content } of units)
    try {
      await writeWhole(join(directory, name), content, 0o644)
    } catch (fault) {
      if (!isSystemError(fault)) throw fault
      throw refusal('service/write', `cannot write ${join(directory, name)}: ${describeSystemError(fault)}`, {
        hint: 'name a directory that exists, and write to /etc/systemd/system as root',
      })
    }
}

/** Whether all users may read a file; null if there is none. */
function isOpen(file: string): boolean | null {
  try {
    const { mode } = statSync(file)
    return (mode & 0o004) !== 0
  } catch {
    return null
  }
}

/** Warns about files that the service's user cannot read, such as a bundle of `hakube secrets init`, which only its owner can. */
function unreadable({ options, parameters }: Context): string {
  if (options.text('repo') !== null) return ''
  return parameters
    .map((word) => resolve(word))
    .flatMap((profile) => [profile, bundleFile(profile)])
    .filter((file) => isOpen(file) === false)
    .map(
      (file) =>
        `hakube: warning: the user of the service cannot read ${file}; a bundle is encrypted, so all may read it: chmod o+r ${quote(file)}\n`,
    )
    .join('')
}

/** `hakube service PROFILE|DIR…` */
export const action: Command = async (context) => {
  const { options, program, parameters, stdout, stderr } = context
  const name = options.text('name') ?? ''
  if (!unitName.test(name)) {
    stderr.write('hakube: --name takes letters, digits, - and _\n')
    return exit.usage
  }
  const installed = 'install hakube and Node.js for all users: npm install --global'
  const units = serviceUnits({
    name,
    program: program.map((path) => visible('hakube runs from', path, installed)),
    words: wordsOf(context),
    listen: options.text('listen') ?? '',
    listenTls: options.text('listen-tls'),
    lowPorts: isLow(options.text('syslog')),
    credentials: new Map(
      credentials.flatMap((option) => {
        const file = options.text(option)
        return file === null ? [] : [[option, resolve(file)]]
      }),
    ),
  })
  stderr.write(unreadable(context))
  const out = options.text('out')
  if (out === null) {
    stdout.write(units.map((unit) => `# /etc/systemd/system/${unit.name}\n${unit.content}`).join('\n'))
    return exit.success
  }
  await write(out, units)
  const names = units.map((unit) => unit.name).join(' ')
  stderr.write(
    `hakube: wrote ${names}; start them, and arm a machine:\n` +
      `  systemctl daemon-reload && systemctl enable --now ${names}\n` +
      `  hakube arm ${quote(parameters[0] ?? '')} NAME --state /var/lib/${name}\n`,
  )
  return exit.success
}
