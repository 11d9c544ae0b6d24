// `npm start`: from a fresh clone to a served example rack. Additional arguments are passed to `hakube serve`.
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { build, root } from './prepare.mjs'

build()
const more = process.argv.slice(2)
const listen = more.some((word) => /^--listen(=|$)/.test(word)) ? [] : ['--listen', '127.0.0.1:8080']
const example = [
  'profiles/external-load-balancers.yaml',
  ...listen,
  '--ephemeral-secrets',
  '--arm',
  'all',
  ...more,
]
const server = spawn(process.execPath, [join(root, 'dist', 'cli.js'), 'serve', ...example], {
  cwd: root,
  stdio: 'inherit',
})
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => server.kill(signal))
server.on('exit', (status, signal) => process.exit(signal ? 1 : (status ?? 1)))
