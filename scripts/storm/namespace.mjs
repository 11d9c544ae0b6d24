// Runs a storm in a network namespace of its own, which only has a loopback interface. All addresses of 10.20.0.0/15 belong to it, so each
// machine sends from its own.
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const enter =
  'ip link set lo up && ip route add local 10.20.0.0/15 dev lo && ulimit -n "$(ulimit -H -n)" && exec "$0" "$@"'

/** @returns what run.mjs prints */
export function inNamespace(words, environment) {
  const file = fileURLToPath(new URL('./run.mjs', import.meta.url))
  const program = [process.execPath, file, JSON.stringify(words)]
  const child = spawn(
    'setpriv',
    ['--pdeathsig', 'KILL', 'unshare', '--net', '--', 'sh', '-c', enter, ...program],
    { stdio: ['ignore', 'pipe', 'pipe'], env: environment },
  )
  let output = ''
  let errors = ''
  child.stdout.setEncoding('utf8').on('data', (text) => (output += text))
  child.stderr.setEncoding('utf8').on('data', (text) => (errors += text))
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (status) => {
      if (status === 0) resolve(JSON.parse(output))
      else reject(new Error(`the storm ended with ${status}\n${errors.slice(-5000)}`))
    })
  })
}
