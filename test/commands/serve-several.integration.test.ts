import { execFileSync } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { describeWith } from '../prerequisites.ts'
import { boot, get, openRacks, other, path, sample, second, type Seed } from './several-racks.ts'

/* curl and openssl do what machines do. The proofs of reloads and of a repository are in serve-several.long.test.ts. */

let racks: ReturnType<typeof openRacks>
beforeEach(() => {
  racks = openRacks()
})
afterEach(() => racks.close())

/** The certificate that a machine trusts when it enrols. */
function authorityOf({ write_files: files }: Seed): string {
  const file = files.find((each) => each.path === '/etc/hakube/server-ca.crt')
  if (!file) throw new Error('the seed has no CA')
  return file.encoding === undefined ? file.content : Buffer.from(file.content, 'base64').toString()
}

/** Makes a key, enrols with curl, and fetches the secrets. @returns the subject of the certificate, and the list of secret files */
function enrol(at: string, machine: typeof sample, authority: string): { subject: string; files: string[] } {
  const own = mkdtempSync(join(racks.directory, 'machine-'))
  const sh = (text: string): string =>
    execFileSync('bash', ['-ec', text], { cwd: own, encoding: 'utf8', stdio: 'pipe' })
  writeFileSync(join(own, 'ca.crt'), authority)
  const base = `https://10.10.10.5:${machine.port}/api/v1/machines/${machine.mac}`
  const curl = `curl --silent --show-error --fail --cacert ca.crt --connect-to ::${at}`
  sh(`openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout key -subj /CN=any -out request
${curl} --data-binary @request -o certificate ${base}/enrol
${curl} --cert certificate --key key -o secrets.tar ${base}/secrets
${curl} --cert certificate --key key --data-binary '{"state":"installed"}' ${base}/report`)
  return {
    subject: sh('openssl x509 -in certificate -noout -subject').trim(),
    files: sh('tar --list --file secrets.tar').trim().split('\n'),
  }
}

describeWith({ programs: ['curl', 'openssl', 'tar'] }, 'hakube serve with several profiles', () => {
  it('serves the machines of both, arms them by name, and lets each enrol with the CAs of its cluster', async () => {
    const { url, tls } = await racks.serve(path('a.yaml'), path('b.yaml'))
    // Nobody is armed: both boot from their disks.
    for (const { mac } of [sample, other]) expect(await get(`${url}/ipxe/${mac}`)).toContain('is not armed')
    expect(racks.run('arm', path('b.yaml'), sample.name).stdout).toBe(`armed: ${sample.name}\n`)
    expect(await get(`${url}/ipxe/${sample.mac}`)).toContain('is not armed')
    const authorities = [authorityOf(await boot(url, other))]
    expect(racks.run('arm', path('a.yaml'), `sample/${sample.name}`).stdout).toBe(`armed: ${sample.name}\n`)
    authorities.push(authorityOf(await boot(url, sample)))
    expect(new Set(authorities).size).toBe(2)
    const [theirs = '', own = ''] = authorities
    const [first, next] = [await tls(path('a.yaml')), await tls(path('b.yaml'))]
    for (const [at, machine, authority] of [
      [first, sample, own],
      [next, other, theirs],
    ] as const) {
      const { subject, files } = enrol(at, machine, authority)
      expect(subject).toMatch(new RegExp(`CN ?= ?${machine.name}$`))
      expect(files.length).toBeGreaterThan(3)
    }
    // The other cluster's listener has another CA, and does not know the machine.
    expect(() => enrol(next, sample, own)).toThrow('curl: (60)')
    expect(() => enrol(next, { ...sample, port: other.port }, theirs)).toThrow('error: 404')
    const status = (file: string): string[] =>
      racks
        .run('status', path(file))
        .stdout.split('\n')
        .slice(1, -1)
        .map((line) => line.replace(/ {2,}.*/, ''))
    expect(status('b.yaml')).toEqual(status('a.yaml'))
    expect(status('a.yaml').length).toBe(8)
    expect(
      racks.run('wait', path('b.yaml'), sample.name, '--for', 'installed', '--timeout', '1s'),
    ).toMatchObject({
      status: 0,
      stdout: 'installed: 1 machine\n',
    })
    expect(racks.run('logs', path('b.yaml'), sample.name).stdout).toContain('enrolled with the key')
    // Only machines of this profile are meant.
    const wrong = [`sample/${sample.name}`, sample.mac, 'nobody'].map((word) =>
      racks.run('arm', path('b.yaml'), word),
    )
    expect(wrong.map(({ status: code }) => code)).toEqual([1, 1, 1])
    expect(racks.run('arm', path('b.yaml'), '--all').stdout).toBe('armed: 8 machines\n')
    const metrics = await get(`${url}/metrics`)
    expect(metrics).toContain('hakube_machines{cluster="other",state="armed"} 8\n')
    expect(metrics).toContain('hakube_machines{cluster="sample",state="armed"} 0\n')
    expect(racks.run('arm', path('c.yaml'), '--all').stderr).toContain(
      'no server is running for racks/c.yaml',
    )
    // Its machines have one server.
    const again = racks.run('serve', path('b.yaml'), '--ephemeral-secrets', '--listen', '127.0.0.1:0')
    expect(again).toMatchObject({ status: 1, stderr: expect.stringContaining('another server uses it') })
  })

  it('serves nothing if profiles conflict, and reports all conflicts at once', () => {
    racks.write('b.yaml', second.replace('52:54:01:aa:bb:03', '52:54:00:aa:bb:03').replace('8444', '8443'))
    const { status, stderr } = racks.run('serve', path('a.yaml'), path('b.yaml'), '--ephemeral-secrets')
    expect(status).toBe(1)
    expect(stderr.match(/^\S+: error\[\S+\]/gm)).toEqual([
      expect.stringMatching(/^racks\/b\.yaml:\d+:\d+: error\[profiles\/same-mac\]$/),
      expect.stringMatching(/^racks\/b\.yaml:\d+:\d+: error\[profiles\/same-delivery-port\]$/),
    ])
  })
})
