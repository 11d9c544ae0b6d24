// How long a request waits at most while `hakube serve` reads a large rack again.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { cli, environment, profileFile, row } from './measure.mjs'

const seed = '/seed/52-54-00-00-00-64/user-data'
const port = 18_082

/** Milliseconds until the answer is complete; null if there is none. */
const asked = (agent) =>
  new Promise((resolve) => {
    const started = performance.now()
    const one = request({ host: '127.0.0.1', port, path: seed, agent }, (answer) => {
      answer.resume()
      answer.on('end', () => resolve(answer.statusCode === 200 ? performance.now() - started : null))
    })
    one.on('error', () => resolve(null))
    one.end()
  })

const memory = (pid, name) =>
  Math.round(
    Number(new RegExp(`${name}:\\s+(\\d+)`).exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024,
  )

const middle = (list) => Math.round(list.toSorted((one, other) => one - other)[Math.floor(list.length / 2)])

/** Sends one request after the other, from before a reload until after it. */
export async function reloading(count, rounds = 3) {
  const child = spawn(
    process.execPath,
    [cli, 'serve', profileFile(count), '--listen', `127.0.0.1:${port}`, '--arm', 'all'],
    { stdio: ['ignore', 'pipe', 'pipe'], env: environment },
  )
  const ended = once(child, 'exit')
  const seen = { reloads: 0 }
  child.stderr.on('data', (data) => {
    seen.reloads += data.toString().split('hakube: reloaded: serving').length - 1
  })
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  try {
    // Before that, SIGHUP does not mean a reload.
    await Promise.race([once(child.stdout, 'data'), ended])
    await new Promise((resolve) => setTimeout(resolve, 2000))
    const before = memory(child.pid, 'VmHWM')
    const longest = []
    const durations = []
    for (let round = 1; round <= rounds; round++) {
      const times = []
      const started = performance.now()
      child.kill('SIGHUP')
      while (seen.reloads < round) {
        if (child.exitCode !== null) throw new Error(`hakube serve ended with ${child.exitCode}`)
        times.push((await asked(agent)) ?? Number.NaN)
        await new Promise((resolve) => setTimeout(resolve, 1))
      }
      durations.push(performance.now() - started)
      for (let more = 0; more < 50; more++) times.push((await asked(agent)) ?? Number.NaN)
      longest.push(Math.max(...times))
    }
    row(
      `serve: longest wait of a request meanwhile, ${count} machines`,
      `${middle(longest)} ms (${longest.map((each) => Math.round(each)).join(', ')})`,
      'under 100 ms',
    )
    row(
      `serve: memory after ${rounds} reloads, ${count} machines`,
      `${memory(child.pid, 'VmRSS')} MB, peak ${memory(child.pid, 'VmHWM')} MB (${before} MB before)`,
    )
  } finally {
    agent.destroy()
    child.kill()
    await ended
  }
}
