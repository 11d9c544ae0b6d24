import { type ChildProcess, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { exampleFile } from '../example.ts'
import { until } from '../support/processes.ts'
import { hakube, program } from './hakube.ts'

let folder = ''
let profile = ''
const servers = new Set<ChildProcess>()

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hakube-serve-'))
  profile = join(folder, 'profile.yaml')
  writeFileSync(profile, readFileSync(exampleFile('external-load-balancers')))
})
afterEach(() => {
  for (const server of servers) server.kill('SIGKILL')
  servers.clear()
  rmSync(folder, { recursive: true, force: true })
})

type Running = { child: ChildProcess; url: string; stdout: () => string; stderr: () => string }

/** Starts the server on a free port of the loopback and waits until it says where. */
async function serve(...words: string[]): Promise<Running> {
  const child = spawn(process.execPath, [program, 'serve', ...words, '--listen', '127.0.0.1:0'], {
    cwd: folder,
  })
  servers.add(child)
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (data: Buffer) => (stdout += data.toString()))
  child.stderr.on('data', (data: Buffer) => (stderr += data.toString()))
  const url = await until(
    'the server listens',
    30,
    () => /on (http:\S+)\n[^]*user-data\n/.exec(stdout)?.[1] ?? null,
    () => stderr,
  )
  return { child, url, stdout: () => stdout, stderr: () => stderr }
}

const ended = (child: ChildProcess): Promise<number | string | null> =>
  new Promise((resolve) => {
    child.once('exit', (status, signal) => resolve(status ?? signal))
  })

function get(url: string): Promise<{ status: number | undefined; body: string }> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { agent: false }, (response) => {
      let body = ''
      response.on('data', (data: Buffer) => (body += data.toString()))
      response.on('end', () => resolve({ status: response.statusCode, body }))
    })
    asked.on('error', reject)
    asked.end()
  })
}

const plain = ({ url, stdout, stderr }: Running) => ({
  stdout: stdout().replaceAll(url, 'http://here'),
  stderr: stderr().replaceAll(url, 'http://here'),
})

describe('hakube serve', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)('serves a profile until %s', async (signal) => {
    const running = await serve(profile, '--throw-away-secrets', '--log', 'json')
    expect(plain(running)).toMatchSnapshot()
    const answer = await get(`${running.url}/seed/52:54:00:AA:BB:01/meta-data`)
    expect(answer.status).toBe(200)
    expect(answer.body).toContain('sample-haproxy-001')
    expect((await get(`${running.url}/ipxe/52-54-00-00-00-99`)).status).toBe(404)
    const end = ended(running.child)
    running.child.kill(signal)
    expect(await end).toBe(0)
    const log = running
      .stderr()
      .split('\n')
      .filter((line) => line.startsWith('{'))
    expect(log.map((line) => (JSON.parse(line) as { status: number }).status)).toEqual([200, 404])
  })

  it('says that the port is taken, and nothing about a fault of hakube', async () => {
    const { url } = await serve(profile, '--throw-away-secrets')
    const taken = url.replace('http://', '')
    const { status, stderr } = hakube(['serve', profile, '--throw-away-secrets', '--listen', taken])
    expect({ status, stderr: stderr.replaceAll(taken, 'ADDRESS') }).toEqual({
      status: 1,
      stderr:
        'error[serve/listen-address]: another program listens on ADDRESS already\n  hint: stop it, or use --listen with another port\n',
    })
  })

  it('names the files that machines need and --assets has not', async () => {
    mkdirSync(join(folder, 'assets/rocky-9-amd64'), { recursive: true })
    writeFileSync(join(folder, 'assets/rocky-9-amd64/vmlinuz'), 'kernel')
    const running = await serve(profile, '--throw-away-secrets', '--assets', 'assets')
    expect(plain(running).stderr.split('\n').slice(1)).toEqual([
      'hakube: warning: machines will ask for these files, which are not in assets:',
      '  rocky-9-amd64/initrd.img  from https://dl.rockylinux.org/pub/rocky/9/BaseOS/x86_64/os/images/pxeboot/initrd.img',
      '  manifests/flannel-v0.28.9.yaml  from the release of flannel',
      '',
    ])
  })

  it('names needed files that are empty, and those with another checksum than the profile gives', async () => {
    const flannel = exampleFile('flannel-service')
    const archives = [
      'etcd-v3.6.6-linux-amd64.tar.gz',
      'cri-dockerd-0.3.24.amd64.tgz',
      'cni-plugins-linux-amd64-v1.7.1.tgz',
      'flannel-v0.25.7-linux-amd64.tar.gz',
    ]
    const paths = ['debian-13-amd64/linux', 'debian-13-amd64/initrd.gz', ...archives]
    for (const path of paths) {
      mkdirSync(dirname(join(folder, 'assets', path)), { recursive: true })
      writeFileSync(join(folder, 'assets', path), path.endsWith('linux') ? '' : 'something')
    }
    const running = await serve(flannel, '--throw-away-secrets', '--assets', 'assets')
    const sum = createHash('sha256').update('something').digest('hex')
    const lines = await until('the warnings', 30, () => {
      const found = running
        .stderr()
        .split('\n')
        .filter((line) => line.includes('warning: assets/'))
      return found.length > archives.length ? found : null
    })
    expect(lines.map((line) => line.replace(/profile has [0-9a-f]{64}/, 'profile has SUM'))).toEqual([
      'hakube: warning: assets/debian-13-amd64/linux is empty',
      ...archives.map(
        (path) =>
          `hakube: warning: assets/${path} has sha256 ${sum}, but the profile has SUM: machines will refuse it`,
      ),
    ])
  })

  it('refuses a folder of assets that holds what the site is made from', () => {
    const words = ['serve', 'profile.yaml', '--throw-away-secrets', '--listen', '127.0.0.1:0', '--assets']
    mkdirSync(join(folder, 'keys'))
    writeFileSync(join(folder, 'keys/operator'), 'not looked at', { mode: 0o644 })
    const key = ['--age-key-file', 'keys/operator']
    const hint =
      '  hint: whoever is in the network can read all that is in there: give a folder with kernels, initial RAM disks and images alone\n'
    const refusal = (rest: string) => ({
      status: 1,
      stdout: '',
      stderr: `error[serve/assets]: cannot serve assets from ${rest}\n${hint}`,
    })
    expect(hakube([...words, '.'], { folder })).toEqual(refusal('.: it holds the profile profile.yaml'))
    expect(hakube([...words, 'keys', ...key], { folder })).toEqual(
      refusal('keys: it holds the age key keys/operator'),
    )
    hakube(['render', profile, '--out', 'site', '--throw-away-secrets'], { folder })
    const ofSite = ['serve', 'site', '--listen', '127.0.0.1:0', '--assets']
    expect(hakube([...ofSite, 'site'], { folder })).toEqual(refusal('site: it is the rendered site'))
    expect(hakube([...ofSite, 'site/seed'], { folder })).toEqual(
      refusal(`site/seed: it is inside the rendered site ${realpathSync(folder)}/site`),
    )
  })

  it('names what it leaves out of the assets, and what machines will miss for that', async () => {
    mkdirSync(join(folder, 'assets/rocky-9-amd64'), { recursive: true })
    writeFileSync(join(folder, 'assets/rocky-9-amd64/vmlinuz'), 'kernel', { mode: 0o600 })
    writeFileSync(join(folder, 'assets/rocky-9-amd64/initrd.img'), 'initrd')
    for (let number = 10; number < 22; number++)
      writeFileSync(join(folder, `assets/s${number}`), '', { mode: 0o600 })
    const running = await serve(profile, '--throw-away-secrets', '--assets', 'assets')
    const why = 'is not readable by others, so it is not served; chmod -R o+rX makes it readable'
    expect(
      plain(running)
        .stderr.split('\n')
        .filter((line) => !line.includes('machines look for')),
    ).toEqual([
      `hakube: warning: assets/rocky-9-amd64/vmlinuz ${why}`,
      ...Array.from({ length: 9 }, (_, at) => `hakube: warning: assets/s${10 + at} ${why}`),
      'hakube: warning: 3 more below assets/ are not served for the same reason',
      'hakube: warning: machines will ask for these files, which are not in assets:',
      '  rocky-9-amd64/vmlinuz  from https://dl.rockylinux.org/pub/rocky/9/BaseOS/x86_64/os/images/pxeboot/vmlinuz',
      '  manifests/flannel-v0.28.9.yaml  from the release of flannel',
      '',
    ])
    expect((await get(`${running.url}/assets/rocky-9-amd64/vmlinuz`)).status).toBe(404)
    expect((await get(`${running.url}/assets/rocky-9-amd64/initrd.img`)).body).toBe('initrd')
  })

  it('serves a rendered folder, byte by byte, and assets', async () => {
    expect(hakube(['render', profile, '--out', 'site', '--throw-away-secrets'], { folder }).status).toBe(0)
    mkdirSync(join(folder, 'assets'))
    writeFileSync(join(folder, 'assets/vmlinuz'), 'kernel')
    const running = await serve('site', '--assets', 'assets')
    expect(await get(`${running.url}/seed/52-54-00-aa-bb-01/user-data`)).toEqual({
      status: 200,
      body: readFileSync(join(folder, 'site/seed/52-54-00-aa-bb-01/user-data'), 'utf8'),
    })
    expect(await get(`${running.url}/assets/vmlinuz`)).toEqual({ status: 200, body: 'kernel' })
  })

  it('reads everything again at SIGHUP, and keeps the last good site when the new profile is bad', async () => {
    mkdirSync(join(folder, 'assets'))
    const running = await serve(profile, '--throw-away-secrets', '--assets', 'assets')
    const address = `${running.url}/seed/52-54-00-aa-bb-01/meta-data`
    const good = readFileSync(profile, 'utf8')
    const readAgain = (times: number) =>
      until('it has read again', 30, () =>
        running.stderr().split('read again').length > times ? true : null,
      )

    writeFileSync(profile, good.replace('role: load-balancer', 'role: loadbalancer'))
    running.child.kill('SIGHUP')
    await readAgain(1)
    expect(running.stderr()).toContain('hakube: read again: the last good site stays\n')
    expect((await get(address)).body).toContain('sample-haproxy-001')

    writeFileSync(profile, good.replaceAll('sample-haproxy-001', 'renamed'))
    writeFileSync(join(folder, 'assets/initrd'), 'new')
    running.child.kill('SIGHUP')
    await readAgain(2)
    expect((await get(address)).body).toContain('renamed')
    expect(await get(`${running.url}/assets/initrd`)).toEqual({ status: 200, body: 'new' })
  })

  it('refuses a profile with mistakes, one without secrets, a changed folder, and a wrong address', () => {
    writeFileSync(join(folder, 'wrong.yaml'), 'hakube: 1\n')
    expect(hakube(['serve', 'wrong.yaml', '--throw-away-secrets'], { folder }).status).toBe(1)
    expect(hakube(['serve', 'profile.yaml'], { folder })).toMatchInlineSnapshot(`
      {
        "status": 1,
        "stderr": "error[secrets/missing]: profile.yaml has no secrets bundle, and without keys and tokens nothing can be rendered
        hint: hakube secrets init profile.yaml --recipient age1… makes secrets.age; --throw-away-secrets makes some for this run, for a trial: no other run can add machines to that cluster
      ",
        "stdout": "",
      }
    `)
    hakube(['render', profile, '--out', 'site', '--throw-away-secrets'], { folder })
    writeFileSync(join(folder, 'site/boot.ipxe'), '#!ipxe\nshell\n')
    expect(hakube(['serve', 'site'], { folder })).toMatchInlineSnapshot(`
      {
        "status": 1,
        "stderr": "error[site/damaged]: site/boot.ipxe: has 13 bytes, the manifest says 3179
        hint: render again; files of a site are not edited by hand
      ",
        "stdout": "",
      }
    `)
    expect(hakube(['serve', 'profile.yaml', '--throw-away-secrets', '--listen', '8080'], { folder }))
      .toMatchInlineSnapshot(`
        {
          "status": 1,
          "stderr": "error[serve/listen-address]: 8080 is no address to listen on
          hint: write :8080, or 127.0.0.1:8080
        ",
          "stdout": "",
        }
      `)
  })
})
