// `hakube serve`: startup time and throughput, compared with nginx serving the same bytes.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import { cli, environment, has, profileFile, row, run, seconds, work } from './measure.mjs'

const seed = '/seed/52-54-00-00-00-64/user-data'

const get = (port, path) =>
  new Promise((resolve) => {
    const asked = request({ host: '127.0.0.1', port, path }, (answer) => {
      const pieces = []
      answer.on('data', (piece) => pieces.push(piece))
      answer.on('end', () => resolve(answer.statusCode === 200 ? Buffer.concat(pieces) : null))
    })
    asked.on('error', () => resolve(null))
    asked.end()
  })

async function firstAnswer(port, child) {
  while (child.exitCode === null) {
    const body = await get(port, seed)
    if (body) return body
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  throw new Error(`${child.spawnargs.join(' ')} ended with ${child.exitCode}`)
}

/** Gives `work` a running server program, and always ends it afterwards. */
async function withServer(port, program, args, work) {
  const started = performance.now()
  const child = spawn(program, args, { stdio: 'ignore', env: environment })
  const ended = once(child, 'exit')
  try {
    const body = await firstAnswer(port, child)
    await work({ body, milliseconds: performance.now() - started, pid: child.pid })
  } finally {
    child.kill()
    await ended
  }
}

function requests(port) {
  const { stdout } = run('wrk', ['-t1', '-c32', '-d5s', '--latency', `http://127.0.0.1:${port}${seed}`])
  const rate = /Requests\/sec:\s+([\d.]+)/.exec(stdout)?.[1]
  const tail = /99%\s+(\S+)/.exec(stdout)?.[1]
  const refused = /Non-2xx[^\n]*/.exec(stdout)?.[0]
  if (refused) throw new Error(refused)
  return `${Math.round(Number(rate)).toLocaleString('en')} requests/s, 99 % within ${tail}`
}

/** Needs the site of `count` machines, rendered from the same bundle, so that the bytes are equal. */
export async function serving(count, site) {
  const compares = has('wrk') && has('nginx')
  let served
  await withServer(
    18_080,
    process.execPath,
    [cli, 'serve', profileFile(count), '--listen', '127.0.0.1:18080', '--arm', 'all'],
    async ({ body, milliseconds, pid }) => {
      served = body
      row(`serve: start to first answer, ${count} machines`, seconds(milliseconds))
      const memory = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
      row(`serve: peak memory, ${count} machines`, `${Math.round(Number(memory) / 1024)} MB`)
      if (compares) row(`serve, one process: a seed of ${body.length} bytes`, requests(18_080))
    },
  )
  if (!compares) return row('requests per second', 'not run: needs wrk and nginx')
  for (const workers of [1, 'auto']) await nginx(workers, site, served)
}

async function nginx(workers, site, served) {
  const file = join(work, 'nginx.conf')
  const user = process.getuid() === 0 ? 'user root;' : ''
  // Writes an access log, because hakube does.
  writeFileSync(
    file,
    `${user} daemon off; pid ${work}/nginx.pid; error_log ${work}/nginx.log; worker_processes ${workers};
events {}
http { access_log ${work}/access.log; sendfile on; server { listen 127.0.0.1:18081; root ${site}; } }
`,
  )
  await withServer(18_081, 'nginx', ['-e', `${work}/nginx.log`, '-c', file], async ({ body }) => {
    if (!body.equals(served)) throw new Error('nginx and hakube serve different bytes')
    const name = workers === 1 ? 'nginx, one worker' : 'nginx, a worker for each core'
    row(`${name}: the same file`, requests(18_081))
  })
}
