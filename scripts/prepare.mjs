// Setup that `npm start`, `npm test` and `npm run bench` share: installs the locked packages and compiles, each only if something
// changed. Plain JavaScript, because it runs before anything is installed.
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { join } from 'node:path'

export const root = fileURLToPath(new URL('..', import.meta.url))

/** Runs a program with its output shown. Returns its exit code; 127 if it cannot be started. */
export function run(program, args, options = {}) {
  const done = spawnSync(program, args, { cwd: root, stdio: 'inherit', ...options })
  if (done.error) process.stderr.write(`${program}: ${done.error.message}\n`)
  return done.status ?? 127
}

export const local = (name) => join(root, 'node_modules', '.bin', name)

const modified = (path) => (existsSync(path) ? statSync(path).mtimeMs : 0)

function newest(directory) {
  const files = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  )
  return Math.max(0, ...files.map((entry) => modified(join(entry.parentPath, entry.name))))
}

function demand(status, what) {
  if (status === 0) return
  process.stderr.write(`${what} failed with status ${status}\n`)
  process.exit(1)
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number)
  const good = (major === 20 && minor >= 19) || (major === 22 && minor >= 12) || major > 22
  if (good) return
  process.stderr.write(`hakube needs Node 20.19, 22.12 or later; this is ${process.version}\n`)
  process.exit(1)
}

export function install() {
  checkNode()
  const installed = modified(join(root, 'node_modules', '.package-lock.json'))
  if (installed >= modified(join(root, 'package-lock.json'))) return
  process.stderr.write('Installing the packages of package-lock.json …\n')
  demand(run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error']), 'npm ci')
}

export function build() {
  install()
  if (
    modified(join(root, 'dist', 'cli.js')) >
    Math.max(newest(join(root, 'src')), modified(join(root, 'tsconfig.json')))
  )
    return
  process.stderr.write('Compiling …\n')
  demand(run('npm', ['run', '--silent', 'build']), 'the build')
}
