// `npm run bench`: how fast hakube is, beside what one would use instead, measured in one run on this machine.
import { spawn, spawnSync } from 'node:child_process'
import { cpus, tmpdir, totalmem } from 'node:os'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { request } from 'node:http'
import { build, root } from './prepare.mjs'
import { profileOf } from './bench/profile.mjs'
import { ansibleBench } from './bench/ansible.mjs'

build()
const work = mkdtempSync(join(tmpdir(), 'hakube-bench-'))
const usageFile = join(work, 'usage')
const cli = join(root, 'dist', 'cli.js')
const rows = []
const row = (what, result, aim = '') => {
  rows.push([what, result, aim])
  process.stderr.write(`${what}: ${result}\n`)
}
const seconds = (milliseconds) => `${(milliseconds / 1000).toFixed(2)} s`
const has = (program) => spawnSync('sh', ['-c', `PATH=$PATH:/usr/sbin command -v ${program}`]).status === 0

/** Runs hakube to its end. @returns milliseconds and peak memory in MB */
function hakube(...args) {
  const started = performance.now()
  const done = spawnSync(
    process.execPath,
    ['--import', join(root, 'scripts/bench/report-usage.mjs'), cli, ...args],
    {
      encoding: 'utf8',
      env: { ...process.env, HAKUBE_USAGE_FILE: usageFile },
      maxBuffer: 1 << 28,
    },
  )
  const milliseconds = performance.now() - started
  if (done.status !== 0)
    throw new Error(`hakube ${args.join(' ')} ended with ${done.status}\n${done.stderr.slice(-3000)}`)
  return { milliseconds, megabytes: Math.round(Number(readFileSync(usageFile, 'utf8')) / 1024) }
}

function profileFile(count) {
  const file = join(work, `${count}.yaml`)
  if (!existsSync(file)) writeFileSync(file, profileOf(count))
  return file
}

function renders() {
  for (const [count, aim] of [
    [1000, 'under 1 s, 300 MB'],
    [10_000, 'linear, under 1 GB'],
  ]) {
    const args = ['render', profileFile(count), '--out', join(work, `site-${count}`), '--throw-away-secrets']
    for (const [state, target] of [
      ['cold', aim],
      ['nothing of the profile changed', ''],
    ]) {
      const { milliseconds, megabytes } = hakube(...args)
      row(`render ${count} machines, ${state}`, `${seconds(milliseconds)}, ${megabytes} MB`, target)
    }
  }
}

function checks() {
  const { milliseconds, megabytes } = hakube('check', profileFile(1000), '--throw-away-secrets')
  row('check 1000 machines with all programs', `${seconds(milliseconds)}, ${megabytes} MB`, 'under 10 s')
}

const get = (port, path) =>
  new Promise((resolve) => {
    const asked = request({ host: '127.0.0.1', port, path }, (answer) => {
      answer.resume()
      answer.on('end', () => resolve(answer.statusCode))
    })
    asked.on('error', () => resolve(0))
    asked.end()
  })

async function untilAnswered(port, path) {
  for (let tries = 0; tries < 6000; tries += 1) {
    if ((await get(port, path)) === 200) return
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  throw new Error(`no answer on port ${port}`)
}

const seed = 'seed/52-54-00-00-00-64'

function wrk(port) {
  const done = spawnSync(
    'wrk',
    ['-t1', '-c32', '-d5s', '--latency', `http://127.0.0.1:${port}/${seed}/user-data`],
    { encoding: 'utf8' },
  )
  const rate = /Requests\/sec:\s+([\d.]+)/.exec(done.stdout)?.[1]
  const tail = /99%\s+(\S+)/.exec(done.stdout)?.[1]
  return `${Math.round(Number(rate))} requests/s, 99 % within ${tail}`
}

async function serving() {
  const started = performance.now()
  const server = spawn(
    process.execPath,
    [cli, 'serve', profileFile(10_000), '--listen', '127.0.0.1:18080', '--throw-away-secrets'],
    { stdio: 'ignore' },
  )
  try {
    await untilAnswered(18_080, `/${seed}/user-data`)
    row('serve: start to first answer with 10,000 machines', seconds(performance.now() - started))
    const memory = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${server.pid}/status`, 'utf8'))?.[1]
    row('serve: peak memory with 10,000 machines', `${Math.round(Number(memory) / 1024)} MB`)
    if (!has('wrk') || !has('nginx')) return row('requests per second', 'not run: needs wrk and nginx')
    row('serve: a seed file, 32 connections', wrk(18_080))
    await besideNginx()
  } finally {
    server.kill()
  }
}

async function besideNginx() {
  const configuration = join(work, 'nginx.conf')
  writeFileSync(
    configuration,
    `daemon off; pid ${work}/nginx.pid; error_log ${work}/nginx.log; worker_processes auto; events {}
http { access_log ${work}/access.log; sendfile on; server { listen 127.0.0.1:18081; root ${work}/site-10000; } }
`,
  )
  const nginx = spawn('nginx', ['-c', configuration, '-g', 'user root;'], {
    stdio: 'ignore',
    env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin` },
  })
  try {
    await untilAnswered(18_081, `/${seed}/user-data`)
    row('nginx: the same file, 32 connections', wrk(18_081))
  } finally {
    nginx.kill()
  }
}

mkdirSync(work, { recursive: true })
try {
  renders()
  checks()
  await serving()
  if (has('ansible-playbook')) await ansibleBench({ work, hakube, row, seconds, profileOf })
  else row('ansible-playbook', 'not run: needs ansible-core')
} finally {
  rmSync(work, { recursive: true, force: true })
}

const widths = [0, 1, 2].map((column) => Math.max(...rows.map((cells) => cells[column].length), 6))
const line = (cells) => `| ${cells.map((cell, column) => cell.padEnd(widths[column])).join(' | ')} |`
process.stdout.write(
  `\n${cpus()[0]?.model}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GB, Node ${process.versions.node}\n\n`,
)
process.stdout.write(
  `${line(['what', 'result', 'aim'])}\n${line(widths.map((width) => '-'.repeat(width)))}\n`,
)
for (const cells of rows) process.stdout.write(`${line(cells)}\n`)
