// `npm start`: from a fresh clone to a served example rack. More arguments go to `hakube serve`.
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { build, root } from './prepare.mjs'

build()
const example = [
  'profiles/external-load-balancers.yaml',
  '--listen',
  '127.0.0.1:8080',
  '--throw-away-secrets',
]
const server = spawn(
  process.execPath,
  [join(root, 'dist', 'cli.js'), 'serve', ...example, ...process.argv.slice(2)],
  {
    cwd: root,
    stdio: 'inherit',
  },
)
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => server.kill(signal))
server.on('exit', (status, signal) => process.exit(signal ? 1 : (status ?? 1)))
