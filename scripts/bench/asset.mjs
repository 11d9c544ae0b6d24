// A large asset, such as an installer's image: `hakube serve` and nginx, one process each, with access logs.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { cli, environment, has, profileFile, row, work } from './measure.mjs'

const clients = 4
const size = 2 ** 30

const cpuOf = (pid) => {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ')
  return (Number(fields[11]) + Number(fields[12])) / 100
}
/** nginx answers in a child of the process that was started. */
const withChildren = (pid) => {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean)
  return [pid, ...children].reduce((sum, each) => sum + cpuOf(each), 0)
}

async function curl(url) {
  const child = spawn('curl', ['--silent', '--fail', '--output', '/dev/null', url], { stdio: 'ignore' })
  const [status] = await once(child, 'close')
  return status === 0
}

const textOf = ({ rate, cpu }) => `${rate.toFixed(2)} GB/s, ${cpu.toFixed(2)} s of a core for a GB`

async function measure(program, args, url) {
  const child = spawn(program, args, { stdio: 'ignore', env: environment })
  const ended = once(child, 'exit')
  try {
    while (!(await curl(url.replace('large', 'small')))) {
      if (child.exitCode !== null) throw new Error(`${program} ended with ${child.exitCode}`)
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    // So that neither has to read the file from the disk.
    await curl(url)
    const before = withChildren(child.pid)
    const started = performance.now()
    const done = await Promise.all(Array.from({ length: clients }, () => curl(url)))
    const seconds = (performance.now() - started) / 1000
    if (done.includes(false)) throw new Error(`${program} did not send ${url}`)
    const gigabytes = (clients * size) / 1e9
    return { rate: gigabytes / seconds, cpu: (withChildren(child.pid) - before) / gigabytes }
  } finally {
    child.kill()
    await ended
  }
}

export async function assetBench() {
  const what = `an asset of 1 GiB, ${clients} clients`
  if (!has('nginx') || !has('curl')) return row(what, 'not run: needs nginx and curl')
  const assets = join(work, 'assets')
  mkdirSync(assets)
  const block = Buffer.alloc(2 ** 24, 'hakube')
  writeFileSync(join(assets, 'small'), 'small')
  for (let written = 0; written < size; written += block.length)
    writeFileSync(join(assets, 'large'), block, { flag: 'a' })
  const configuration = join(work, 'nginx-asset.conf')
  const user = process.getuid() === 0 ? 'user root;' : ''
  writeFileSync(
    configuration,
    `${user} daemon off; pid ${work}/nginx-asset.pid; error_log ${work}/nginx.log; worker_processes 1;
events {}
http { access_log ${work}/access.log; sendfile on; server { listen 127.0.0.1:18084; root ${work}; } }
`,
  )
  const listen = '127.0.0.1:18083'
  const serve = [cli, 'serve', profileFile(100), '--listen', listen, '--listen-tls', '127.0.0.1:0']
  const words = [...serve, '--assets', assets, '--state', join(work, 'asset-state')]
  const own = await measure(process.execPath, words, `http://${listen}/assets/large`)
  const nginx = await measure(
    'nginx',
    ['-e', `${work}/nginx.log`, '-c', configuration],
    'http://127.0.0.1:18084/assets/large',
  )
  row(`serve: ${what}`, textOf(own), 'at least 0.8 of nginx')
  row(`nginx, one worker: the same`, textOf(nginx))
  row('serve: its share of the rate of nginx', (own.rate / nginx.rate).toFixed(2), 'at least 0.8')
}
