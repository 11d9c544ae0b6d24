// `hakube serve` and simulated machines, alone in a network namespace in which each machine has its address of the profile. Run by
// inNamespace (namespace.mjs); prints the result as JSON.
import { spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { acknowledgements } from './machine.mjs'

const { cli, profile, directory, server, machines, atOnce, kills, keepSecrets } = JSON.parse(process.argv[2])
const state = join(directory, 'state')
const logFile = join(directory, 'log')

// Children end with this process, however it ends.
const start = (words, stdio) =>
  spawn('setpriv', ['--pdeathsig', 'KILL', process.execPath, ...words], { stdio, cwd: directory })
const ended = (child) =>
  new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) resolve()
    else child.once('exit', resolve)
  })

let most = 0
const notePeak = ({ pid }) => {
  try {
    const peak = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
    most = Math.max(most, Number(peak ?? 0) / 1024)
  } catch {
    // It has just ended.
  }
}

/** Starts the server, and waits until it reports that it is serving. */
async function serve() {
  const log = openSync(logFile, 'a')
  const words = ['serve', profile, '--arm', 'all', '--listen', '0.0.0.0:8080', '--state', state]
  const child = start([cli, ...words, '--assets', join(directory, 'assets')], ['ignore', 'pipe', log])
  closeSync(log)
  let output = ''
  child.stdout.on('data', (data) => (output += data))
  while (!output.includes('hakube serves')) {
    if (child.exitCode !== null || child.signalCode !== null)
      throw new Error(`hakube serve ended\n${readFileSync(logFile, 'utf8').slice(-3000)}`)
    await wait(5)
  }
  return child
}

/** Boots the machines. @returns when all have ended */
function bootMachines(acknowledged, results) {
  const secretsDirectory = keepSecrets ? join(directory, 'secrets') : null
  const file = fileURLToPath(new URL('./machines.mjs', import.meta.url))
  const words = JSON.stringify({ server, machines, atOnce, secretsDirectory })
  const child = start([file, words], ['ignore', 'pipe', 'inherit'])
  createInterface({ input: child.stdout }).on('line', (line) => {
    const said = JSON.parse(line)
    if (said.type === 'ended') results.push(...said.machines)
    else acknowledged.push(said)
  })
  return new Promise((resolve) => child.once('close', resolve))
}

let child = await serve()
const acknowledged = []
const results = []
const begun = performance.now()
const cpu = () => {
  const fields = readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(') ')[1].split(' ')
  return (Number(fields[11]) + Number(fields[12])) / 100
}
const before = cpu()
const booted = bootMachines(acknowledged, results)
const load = { over: false }
void booted.then(() => (load.over = true))
// The kills are spread over the load: each comes soon after one of the acknowledgements.
const last = acknowledgements * machines.length - atOnce
const moments = Array.from({ length: kills }, () => Math.random() * last).toSorted(
  (one, other) => one - other,
)
let killed = 0
for (const moment of moments) {
  while (acknowledged.length < moment && !load.over) await wait(2)
  if (load.over) break
  await wait(Math.random() * 50)
  notePeak(child)
  child.kill('SIGKILL')
  await ended(child)
  killed++
  child = await serve()
}
await booted
const milliseconds = performance.now() - begun
notePeak(child)
const seconds = kills === 0 ? cpu() - before : null
const token = readFileSync(join(state, 'operator-token'), 'utf8').trim()
const answer = await fetch('http://127.0.0.1:8080/api/v1/machines', {
  headers: { authorization: `Bearer ${token}` },
})
const shown = await answer.json()
child.kill('SIGTERM')
await ended(child)
const result = {
  milliseconds,
  serverSeconds: seconds,
  megabytes: Math.round(most),
  killed,
  machines: results,
  acknowledged,
  shown: shown.machines.map(({ mac, name, state: stage }) => ({ mac, name, stage })),
}
process.stdout.write(JSON.stringify(result))
