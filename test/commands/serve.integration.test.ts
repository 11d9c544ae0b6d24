import { type ChildProcess, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { exampleFile, inlineExample } from '../example.ts'
import { until } from '../support/processes.ts'
import { hakube, program } from './hakube.ts'

let directory = ''
let profile = ''
const servers = new Set<ChildProcess>()

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'hakube-serve-'))
  profile = join(directory, 'profile.yaml')
  writeFileSync(profile, readFileSync(exampleFile('external-load-balancers')))
})
afterEach(() => {
  for (const server of servers) server.kill('SIGKILL')
  servers.clear()
  rmSync(directory, { recursive: true, force: true })
})

type Running = { child: ChildProcess; url: string; stdout: () => string; stderr: () => string }

/** Starts the server on a free port of the loopback and waits until it says where. */
async function serve(...words: string[]): Promise<Running> {
  const child = spawn(
    process.execPath,
    [program, 'serve', ...words, '--arm', 'all', '--listen', '127.0.0.1:0'],
    {
      cwd: directory,
    },
  )
  servers.add(child)
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (data: Buffer) => (stdout += data.toString()))
  child.stderr.on('data', (data: Buffer) => (stderr += data.toString()))
  const url = await until(
    'the server listens',
    120,
    () => /on (http:\S+)\n[^]*boot\.ipxe\n/.exec(stdout)?.[1] ?? null,
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
  stdout: stdout().replaceAll(url, 'http://here').replaceAll(directory, 'DIR'),
  stderr: stderr()
    .replaceAll(url, 'http://here')
    .replaceAll(/https:\/\/127\.0\.0\.1:\d+/g, 'https://here')
    .replace(/is in \S+\/operator-token/, 'is in STATE/operator-token'),
})

/** A directory that can be served: its seeds contain the secrets. */
function renderSite() {
  writeFileSync(join(directory, 'inline.yaml'), inlineExample('external-load-balancers'))
  return hakube(['render', 'inline.yaml', '--out', 'site', '--ephemeral-secrets'], { directory })
}

const mirror = 'https://dl.rockylinux.org/pub/rocky/9/BaseOS/x86_64/os/images/pxeboot'
const flannelSum = 'e875824be2f552b45711dbda91af81b17eb961d00025d914d9fef18fad8f09c0'
const linesAfter = (running: Running, number: number) =>
  until('all about its assets', 120, () => {
    const lines = plain(running)
      .stderr.split('\n')
      .filter((line) => !/machines contact|the page is|machines enrol on/.test(line))
    return lines.length > number ? lines : null
  })

describe('hakube serve', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)('serves a profile until %s', async (signal) => {
    const running = await serve(profile, '--ephemeral-secrets', '--log', 'json')
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

  it('does not arm again what it has installed when it is restarted with the same arguments', async () => {
    const started = await serve(profile, '--ephemeral-secrets')
    expect((await get(`${started.url}/kickstart/52-54-00-aa-bb-01.ks`)).status).toBe(200)
    const end = ended(started.child)
    started.child.kill('SIGTERM')
    await end
    const { url, stdout, stderr } = await serve(profile, '--ephemeral-secrets')
    const armed = await until('it says what is armed', 120, () => /^Armed, .*$/m.exec(stdout())?.[0] ?? null)
    expect(armed).toBe(
      'Armed, to be installed at the next boot from the network: 7 machines. Watch the progress:',
    )
    const warning = await until(
      'it warns',
      120,
      () => /^hakube: warning: --arm .*\n/m.exec(stderr().replaceAll(directory, 'DIR'))?.[0] ?? null,
    )
    expect(warning).toBe(
      'hakube: warning: --arm does not apply to sample-haproxy-001: already installed, or being installed; ' +
        'to erase and reinstall: hakube arm DIR/profile.yaml NAME --wipe\n',
    )
    expect((await get(`${url}/ipxe/52-54-00-aa-bb-01`)).body).toContain('its installation has already begun')
    expect((await get(`${url}/ipxe/52-54-00-aa-bb-02`)).body).toContain('ERASES')
  })

  it('reports that the port is in use, and no bug in hakube', async () => {
    const { url } = await serve(profile, '--ephemeral-secrets')
    const taken = url.replace('http://', '')
    const { status, stderr } = hakube([
      'serve',
      profile,
      '--ephemeral-secrets',
      '--listen',
      taken,
      '--state',
      join(directory, 'state'),
    ])
    expect({ status, stderr: stderr.replaceAll(taken, 'ADDRESS') }).toEqual({
      status: 1,
      stderr:
        'error[serve/listen-address]: another program already listens on ADDRESS\n  hint: stop it, or use --listen with another port\n',
    })
  })

  it('lists the files that machines need, and reports those missing from --assets', async () => {
    mkdirSync(join(directory, 'assets/rocky-9-amd64'), { recursive: true })
    writeFileSync(join(directory, 'assets/rocky-9-amd64/vmlinuz'), 'kernel')
    const running = await serve(profile, '--ephemeral-secrets', '--assets', 'assets')
    expect(await linesAfter(running, 6)).toEqual([
      'hakube: files that machines fetch from assets/:',
      `  assets/rocky-9-amd64/vmlinuz           6 bytes  no sha256  kernel, from ${mirror}/vmlinuz`,
      `  assets/rocky-9-amd64/initrd.img        missing  no sha256  initrd, from ${mirror}/initrd.img`,
      `  assets/manifests/flannel-v0.28.9.yaml  missing  sha256 ${flannelSum}  network plugin manifest, from the release of flannel`,
      'hakube: warning: machines will ask for assets/rocky-9-amd64/initrd.img (initrd), and it is not in assets',
      'hakube: warning: machines will ask for assets/manifests/flannel-v0.28.9.yaml (network plugin manifest), and it is not in assets',
      '',
    ])
  })

  it('reports needed files that are empty, or differ from the checksum of the profile', async () => {
    const flannel = exampleFile('flannel-service')
    const archives = {
      etcd: 'etcd-v3.6.6-linux-amd64.tar.gz',
      'cri-dockerd': 'cri-dockerd-0.3.24.amd64.tgz',
      'CNI plugins': 'cni-plugins-linux-amd64-v1.7.1.tgz',
      flannel: 'flannel-v0.25.7-linux-amd64.tar.gz',
    }
    const paths = ['debian-13-amd64/linux', 'debian-13-amd64/initrd.gz', ...Object.values(archives)]
    for (const path of paths) {
      mkdirSync(dirname(join(directory, 'assets', path)), { recursive: true })
      writeFileSync(join(directory, 'assets', path), path.endsWith('linux') ? '' : 'something')
    }
    const running = await serve(flannel, '--ephemeral-secrets', '--assets', 'assets')
    const sum = createHash('sha256').update('something').digest('hex')
    const lines = await until('the warnings', 120, () => {
      const found = running
        .stderr()
        .split('\n')
        .filter((line) => line.includes('warning: assets/'))
      return found.length > Object.keys(archives).length ? found : null
    })
    expect(lines.map((line) => line.replace(/profile has [0-9a-f]{64}/, 'profile has SUM'))).toEqual([
      'hakube: warning: assets/debian-13-amd64/linux (kernel) is empty',
      ...Object.entries(archives).map(
        ([name, path]) =>
          `hakube: warning: assets/${path} (${name} archive) has sha256 ${sum}, but the profile has SUM: machines will refuse it`,
      ),
    ])
  })

  it('refuses a directory of assets that holds what the site is made from', () => {
    const words = ['serve', 'profile.yaml', '--ephemeral-secrets', '--listen', '127.0.0.1:0', '--assets']
    mkdirSync(join(directory, 'keys'))
    writeFileSync(join(directory, 'keys/operator'), 'not looked at', { mode: 0o644 })
    const key = ['--age-key-file', 'keys/operator']
    const hint =
      '  hint: anyone on the network can read its content: choose a directory that holds only kernels, initial RAM disks and images\n'
    const refusal = (rest: string) => ({
      status: 1,
      stdout: '',
      stderr: `error[serve/assets]: cannot serve assets from ${rest}\n${hint}`,
    })
    expect(hakube([...words, '.'], { directory })).toEqual(refusal('.: it holds the profile profile.yaml'))
    expect(hakube([...words, 'keys', ...key], { directory })).toEqual(
      refusal('keys: it holds the age key keys/operator'),
    )
    renderSite()
    const ofSite = ['serve', 'site', '--listen', '127.0.0.1:0', '--assets']
    expect(hakube([...ofSite, 'site'], { directory })).toEqual(refusal('site: it is the rendered site'))
    expect(hakube([...ofSite, 'site/seed'], { directory })).toEqual(
      refusal(`site/seed: it is inside the rendered site ${realpathSync(directory)}/site`),
    )
  })

  it('reports which assets it does not serve, and what machines will lack because of that', async () => {
    mkdirSync(join(directory, 'assets/rocky-9-amd64'), { recursive: true })
    writeFileSync(join(directory, 'assets/rocky-9-amd64/vmlinuz'), 'kernel', { mode: 0o600 })
    writeFileSync(join(directory, 'assets/rocky-9-amd64/initrd.img'), 'initrd')
    for (let number = 10; number < 22; number++)
      writeFileSync(join(directory, `assets/s${number}`), '', { mode: 0o600 })
    const running = await serve(profile, '--ephemeral-secrets', '--assets', 'assets')
    const why = 'is not readable by others, so it is not served; chmod -R o+rX makes it readable'
    expect(await linesAfter(running, 17)).toEqual([
      `hakube: warning: assets/rocky-9-amd64/vmlinuz ${why}`,
      ...Array.from({ length: 9 }, (_, at) => `hakube: warning: assets/s${10 + at} ${why}`),
      'hakube: warning: 3 more below assets/ are not served for the same reason',
      'hakube: files that machines fetch from assets/:',
      `  assets/rocky-9-amd64/vmlinuz           not served  no sha256  kernel, from ${mirror}/vmlinuz`,
      `  assets/rocky-9-amd64/initrd.img           6 bytes  no sha256  initrd, from ${mirror}/initrd.img`,
      `  assets/manifests/flannel-v0.28.9.yaml     missing  sha256 ${flannelSum}  network plugin manifest, from the release of flannel`,
      'hakube: warning: assets/rocky-9-amd64/vmlinuz (kernel) is not readable by others, so no machine gets it',
      'hakube: warning: machines will ask for assets/manifests/flannel-v0.28.9.yaml (network plugin manifest), and it is not in assets',
      '',
    ])
    expect((await get(`${running.url}/assets/rocky-9-amd64/vmlinuz`)).status).toBe(404)
    expect((await get(`${running.url}/assets/rocky-9-amd64/initrd.img`)).body).toBe('initrd')
  })

  it('serves a rendered directory, byte by byte, and assets', async () => {
    expect(renderSite().status).toBe(0)
    mkdirSync(join(directory, 'assets'))
    writeFileSync(join(directory, 'assets/vmlinuz'), 'kernel')
    const running = await serve('site', '--assets', 'assets')
    expect(await get(`${running.url}/seed/52-54-00-aa-bb-01/user-data`)).toEqual({
      status: 200,
      body: readFileSync(join(directory, 'site/seed/52-54-00-aa-bb-01/user-data'), 'utf8'),
    })
    expect(await get(`${running.url}/assets/vmlinuz`)).toEqual({ status: 200, body: 'kernel' })
  })

  it('reloads everything at SIGHUP, and keeps the last good site if the new profile is bad', async () => {
    mkdirSync(join(directory, 'assets'))
    const running = await serve(profile, '--ephemeral-secrets', '--assets', 'assets')
    const address = `${running.url}/seed/52-54-00-aa-bb-01/meta-data`
    const good = readFileSync(profile, 'utf8')
    const readAgain = (times: number) =>
      until('it has reloaded', 120, () => (running.stderr().split('reloaded').length > times ? true : null))

    writeFileSync(profile, good.replace('role: load-balancer', 'role: loadbalancer'))
    running.child.kill('SIGHUP')
    await readAgain(1)
    expect(running.stderr()).toContain('hakube: reloaded: still serving the last good site\n')
    expect((await get(address)).body).toContain('sample-haproxy-001')

    writeFileSync(profile, good.replaceAll('sample-haproxy-001', 'renamed'))
    writeFileSync(join(directory, 'assets/initrd'), 'new')
    running.child.kill('SIGHUP')
    await readAgain(2)
    expect((await get(address)).body).toContain('renamed')
    expect(await get(`${running.url}/assets/initrd`)).toEqual({ status: 200, body: 'new' })
  })

  it('refuses a profile with mistakes, one without secrets, a changed directory, and a wrong address', () => {
    writeFileSync(join(directory, 'wrong.yaml'), 'hakube: 1\n')
    expect(hakube(['serve', 'wrong.yaml', '--ephemeral-secrets'], { directory }).status).toBe(1)
    expect(hakube(['serve', 'profile.yaml'], { directory })).toMatchInlineSnapshot(`
      {
        "status": 1,
        "stderr": "error[secrets/missing]: profile.yaml has no secrets bundle, without which nothing can be rendered
        hint: create secrets.age with hakube secrets init profile.yaml --recipient age1…; --ephemeral-secrets generates secrets for this run, for a trial: no other run can add machines to that cluster
      ",
        "stdout": "",
      }
    `)
    hakube(['render', profile, '--out', 'site', '--ephemeral-secrets'], { directory })
    const rendered = statSync(join(directory, 'site/boot.ipxe')).size
    writeFileSync(join(directory, 'site/boot.ipxe'), '#!ipxe\nshell\n')
    expect(hakube(['serve', 'site'], { directory })).toEqual({
      status: 1,
      stdout: '',
      stderr:
        `error[site/damaged]: site/boot.ipxe: has 13 bytes instead of the ${rendered} in the manifest\n` +
        '  hint: render again; do not edit the files of a site\n',
    })
    expect(hakube(['serve', 'profile.yaml', '--ephemeral-secrets', '--listen', '8080'], { directory }))
      .toMatchInlineSnapshot(`
        {
          "status": 1,
          "stderr": "error[serve/listen-address]: 8080 is not a listen address
          hint: write :8080, or 127.0.0.1:8080
        ",
          "stdout": "",
        }
      `)
  })
})
