import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { once } from 'node:events'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { proxy } from '../../src/components/proxy.ts'
import { textOf } from '../../src/templates/template.ts'
import { describeWith } from '../prerequisites.ts'
import { assembleOnly } from '../support/assemble-only.ts'
import { changedCluster, machineOf } from './host.ts'

describeWith({ linux: true, programs: ['curl', 'bash', 'apt-config'] }, 'the settings of the proxy', () => {
  const directory = mkdtempSync(join(tmpdir(), 'hakube-proxy-'))
  const asked: string[] = []
  let server: Server
  beforeAll(async () => {
    server = createServer((request, response) => {
      asked.push(request.url ?? '')
      response.end('from the proxy\n')
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
  })
  afterAll(() => {
    server.close()
    rmSync(directory, { recursive: true })
  })

  const fileAt = (path: string): string => {
    const { port } = server.address() as AddressInfo
    const cluster = changedCluster((profile) => {
      profile.distribution = { name: 'debian', version: '13' }
      profile.proxy = { http: `http://127.0.0.1:${port}`, except: ['.intern.example.com'] }
      profile.mirrors = { ...profile.mirrors, kubernetes: 'http://mirror.intern.example.com/kubernetes' }
    })
    const { files } = assembleOnly([proxy], cluster, machineOf(cluster, 'sample-kube-worker-001'))
    return textOf(files.find((file) => file.path === path)!.content)
  }

  it('curl uses the proxy outside the cluster, and not within it', async () => {
    writeFileSync(join(directory, 'proxy'), fileAt('/etc/hakube/proxy'))
    const script = `source ${directory}/proxy
      curl --silent http://example.net/file
      for host in sample-kube-master-001 10.10.10.19 mirror.intern.example.com; do
        curl --silent --max-time 1 "http://$host:1/" || true
      done`
    const child = spawn('bash', ['-c', script], { env: { PATH: process.env['PATH'] } })
    let output = ''
    child.stdout.on('data', (data) => (output += String(data)))
    await once(child, 'close')
    expect(output).toBe('from the proxy\n')
    expect(asked).toEqual(['http://example.net/file'])
  })

  it('apt reads the proxy and the mirrors that it reaches directly', () => {
    const file = join(directory, 'apt.conf')
    writeFileSync(file, fileAt('/etc/apt/apt.conf.d/95-hakube-proxy'))
    const { stdout } = spawnSync('apt-config', ['dump', '--format', '%f=%v%n', '-c', file], {
      encoding: 'utf8',
    })
    const lines = stdout.split('\n').filter((line) => /^Acquire::https?::Proxy/.test(line))
    expect(lines.map((line) => line.replace(/127\.0\.0\.1:\d+/, 'PROXY'))).toMatchInlineSnapshot(`
      [
        "Acquire::http::Proxy=http://PROXY",
        "Acquire::http::Proxy::mirror.intern.example.com=DIRECT",
        "Acquire::https::Proxy=http://PROXY",
        "Acquire::https::Proxy::mirror.intern.example.com=DIRECT",
      ]
    `)
  })
})
