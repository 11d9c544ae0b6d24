import { execFile, execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { bringAssets, type Bringing } from '../../src/assets/bring.ts'
import type { Limits } from '../../src/assets/download.ts'
import { lockText, type LockedAsset } from '../../src/assets/lock-file.ts'
import type { WantedAsset } from '../../src/assets/sources.ts'
import { program, root } from '../commands/hakube.ts'
import { describeWith } from '../prerequisites.ts'
import { file, startHttpsServer, type HttpsServer } from './https-server.ts'

const limits: Limits = { idle: 300, total: 20_000, size: 1 << 20, attempts: 3, pause: 1 }
const content = Buffer.from(Array.from({ length: 100_000 }, (_, index) => index % 251))
const sha256 = createHash('sha256').update(content).digest('hex')
const never = new AbortController().signal

const scratch = mkdtempSync(join(tmpdir(), 'hakube-assets-'))
afterAll(() => rmSync(scratch, { recursive: true }))

describeWith({ programs: ['openssl', 'gpg', 'gpgv'] }, 'files below assets/', () => {
  let server: HttpsServer
  let directory: string

  beforeAll(async () => {
    server = await startHttpsServer(scratch)
  })
  afterAll(() => server.close())
  beforeEach(() => {
    directory = mkdtempSync(join(scratch, 'dir-'))
    server.answers.clear()
    server.asked.length = 0
  })

  const wanted = (path: string, more: Partial<WantedAsset> = {}): WantedAsset => ({
    what: 'file',
    path,
    source: 'somewhere',
    url: `${server.origin}/${path}`,
    sha256,
    signed: null,
    ...more,
  })

  /** What became of each file: how it came, or what went wrong. */
  async function bring(assets: readonly WantedAsset[], more: Partial<Bringing> = {}) {
    const rows = await bringAssets(assets, {
      directory,
      from: null,
      lock: new Map(),
      verifier: null,
      ca: [server.ca],
      stop: never,
      limits,
      onBytes: () => {},
      ...more,
    })
    return rows.map(({ asset, how, diagnostics }) => {
      const words = diagnostics.map(({ code, message }) => `${code}: ${message}`)
      return [asset.path, how, ...words]
        .join(' | ')
        .replaceAll(server.origin, 'SERVER')
        .replaceAll(directory, 'DIR')
    })
  }

  const isThere = (path: string): boolean =>
    existsSync(join(directory, path)) && readFileSync(join(directory, path)).equals(content)
  /** Hidden files, which are downloads that are not whole. */
  const parts = (): string[] => readdirSync(directory).filter((name) => name.startsWith('.'))

  it('are downloaded, each in one request, and are not downloaded again', async () => {
    server.answers.set('/a/b/kernel', file(content))
    expect(await bring([wanted('a/b/kernel')])).toEqual(['a/b/kernel | fetched'])
    expect(isThere('a/b/kernel')).toBe(true)
    expect(await bring([wanted('a/b/kernel')])).toEqual(['a/b/kernel | present'])
    expect(server.asked).toEqual(['/a/b/kernel -'])
  })

  it('are resumed where the connection broke if the server supports it, and restarted otherwise', async () => {
    server.answers.set('/cut', file(content, { cuts: 2 }))
    server.answers.set('/whole-only', file(content, { cuts: 1, ranges: false }))
    expect(await bring([wanted('cut'), wanted('whole-only')])).toEqual([
      'cut | fetched',
      'whole-only | fetched',
    ])
    expect([isThere('cut'), isThere('whole-only'), parts()]).toEqual([true, true, []])
    // How much of a cut answer arrives is up to the network.
    expect(server.asked.map((line) => line.replace(/[1-9]\d*-$/, 'MORE-'))).toEqual([
      '/cut -',
      '/cut bytes=MORE-',
      '/cut bytes=MORE-',
      '/whole-only -',
      '/whole-only bytes=MORE-',
    ])
  })

  it('are resumed by the next run, and restarted if the part belongs to another file', async () => {
    for (const name of ['good', 'bad']) server.answers.set(`/${name}`, file(content))
    writeFileSync(join(directory, '.good.part'), content.subarray(0, 30_000))
    writeFileSync(join(directory, '.bad.part'), Buffer.alloc(30_000, 'x'))
    expect(await bring([wanted('good'), wanted('bad')])).toEqual(['good | fetched', 'bad | fetched'])
    expect([isThere('good'), isThere('bad'), parts()]).toEqual([true, true, []])
    expect(server.asked).toEqual(['/good bytes=30000-', '/bad bytes=30000-', '/bad -'])
  })

  it('report all problems in one run, and leave no partial file in place', async () => {
    const { answers } = server
    answers.set('/wrong', file(Buffer.from('other')))
    answers.set('/always-cut', file(content, { cuts: 99, ranges: false }))
    answers.set('/slow', (_, response) => void response.writeHead(200).write('x'))
    answers.set('/to-http', (_, response) =>
      response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end(),
    )
    answers.set('/round', (_, response) => response.writeHead(302, { location: '/round' }).end())
    answers.set(
      '/large',
      (_, response) => void response.writeHead(200, { 'content-length': 1 << 21 }).write('x'),
    )
    answers.set('/endless', (_, response) => {
      response.writeHead(200)
      const more = (): void => void (response.destroyed || response.write(Buffer.alloc(65_536), more))
      more()
    })
    answers.set('/other-part', (request, response, seen) => {
      if (seen === 0) return file(content, { cuts: 1 })(request, response, seen)
      response.writeHead(206, { 'content-range': 'bytes 1-2/3' }).end('xx')
    })
    answers.set('/redirected', (_, response) => response.writeHead(307, { location: '/right' }).end())
    answers.set('/right', file(content))
    const names = [
      'missing',
      'wrong',
      'always-cut',
      'slow',
      'to-http',
      'round',
      'large',
      'endless',
      'other-part',
    ]
    const refused = wanted('no-server', { url: 'https://127.0.0.1:1/x' })
    const untrusted = await bring([wanted('right')], { ca: [] })
    expect(untrusted).toEqual([
      expect.stringMatching(/^right \| missing \| assets\/fetch: .*(?:certificate|issuer)/) as string,
    ])
    const source = wanted('nowhere', { url: null })
    expect(await bring([...names.map((name) => wanted(name)), refused, source, wanted('redirected')]))
      .toMatchInlineSnapshot(`
        [
          "missing | missing | assets/fetch: cannot fetch SERVER/missing: the server answers 404",
          "wrong | missing | assets/checksum: SERVER/wrong has the SHA-256 d9298a10d1b0735837dc4bd85dac641b0f3cef27a47e5d53a54f2f3f5b2fcffa, but the profile requires cd2df694e424bc7968cc37f47751019e5ca0cd1bdf2e479ea537c3a1c32ee1aa for assets/wrong",
          "always-cut | missing | assets/fetch: cannot fetch SERVER/always-cut: the connection was cut",
          "slow | missing | assets/fetch: cannot fetch SERVER/slow: nothing was received for 0.3 s",
          "to-http | missing | assets/fetch: cannot fetch SERVER/to-http: the server redirects to http://, which is refused",
          "round | missing | assets/fetch: cannot fetch SERVER/round: the server redirects more than 5 times",
          "large | missing | assets/fetch: cannot fetch SERVER/large: it is larger than 1048576 bytes",
          "endless | missing | assets/fetch: cannot fetch SERVER/endless: it is larger than 1048576 bytes",
          "other-part | missing | assets/fetch: cannot fetch SERVER/other-part: the server sent a different part of the file than was requested",
          "no-server | missing | assets/fetch: cannot fetch https://127.0.0.1:1/x: connect ECONNREFUSED 127.0.0.1:1",
          "nowhere | missing | assets/no-source: hakube does not know where to download assets/nowhere",
          "redirected | fetched",
        ]
      `)
    expect(isThere('redirected')).toBe(true)
    expect(readdirSync(directory).filter((name) => !name.startsWith('.'))).toEqual(['redirected'])
  })

  it('are not written through links', async () => {
    const outside = mkdtempSync(join(scratch, 'outside-'))
    writeFileSync(join(outside, 'victim'), 'untouched')
    symlinkSync(outside, join(directory, 'linked'))
    symlinkSync(join(outside, 'victim'), join(directory, 'file'))
    symlinkSync(join(outside, 'victim'), join(directory, '.part-linked.part'))
    mkdirSync(join(directory, 'is-directory'))
    const names = ['linked/kernel', 'file', 'part-linked', 'is-directory', 'is-directory/below']
    for (const name of names) server.answers.set(`/${name}`, file(content))
    expect(await bring(names.map((name) => wanted(name)))).toMatchInlineSnapshot(`
      [
        "linked/kernel | missing | assets/place: cannot use assets/linked/kernel: DIR/linked is a symbolic link",
        "file | missing | assets/place: cannot use assets/file: DIR/file is a symbolic link",
        "part-linked | missing | assets/place: cannot use assets/part-linked: DIR/.part-linked.part is a symbolic link",
        "is-directory | missing | assets/place: cannot use assets/is-directory: DIR/is-directory is not a file",
        "is-directory/below | fetched",
      ]
    `)
    expect(readdirSync(outside)).toEqual(['victim'])
    expect(readFileSync(join(outside, 'victim'), 'utf8')).toBe('untouched')
  })

  it('must match the lock file until it is renewed', async () => {
    server.answers.set('/kernel', file(content))
    const asset = wanted('kernel', { sha256: null })
    const old: LockedAsset = { path: 'kernel', source: 'x', size: 1, sha256: '0'.repeat(64) }
    expect(await bring([asset], { lock: new Map([['kernel', old]]) })).toEqual([
      `kernel | missing | assets/checksum: SERVER/kernel has the SHA-256 ${sha256}, but the lock file requires ${old.sha256} for assets/kernel`,
    ])
    expect(readdirSync(directory)).toEqual([])
    expect(await bring([asset])).toEqual(['kernel | fetched'])
  })

  it('are copied only from the directory', async () => {
    const from = mkdtempSync(join(scratch, 'from-'))
    mkdirSync(join(from, 'deep'))
    writeFileSync(join(from, 'deep/by-path'), content)
    writeFileSync(join(from, 'by-name'), content)
    writeFileSync(join(from, 'unknown'), content)
    const assets = [
      wanted('deep/by-path'),
      wanted('deep/by-name'),
      wanted('unknown', { sha256: null }),
      wanted('absent'),
    ]
    const rows = await bring(assets, { from })
    expect(rows.map((row) => row.replace(from, 'FROM'))).toMatchInlineSnapshot(`
      [
        "deep/by-path | copied",
        "deep/by-name | copied",
        "unknown | copied | assets/unverified: assets/unknown cannot be verified, because no checksum is known: it is used as it is there",
        "absent | missing | assets/no-source: FROM does not have absent",
      ]
    `)
    expect(server.asked).toEqual([])
  })

  /** A tree as Debian's mirrors have it, with a list that a key of the test has signed. */
  function signTree(sums: string): { keyring: string } {
    const home = mkdtempSync(join(tmpdir(), 'hakube-gpg-'))
    const gpg = (...words: string[]) =>
      execFileSync('gpg', ['--homedir', home, '--batch', '--yes', ...words], {
        stdio: ['ignore', 'pipe', 'ignore'],
      })
    gpg('--passphrase', '', '--quick-generate-key', 'test <test@example.com>', 'ed25519', 'sign', 'never')
    const keyring = join(mkdtempSync(join(scratch, 'keyring-')), 'keyring.gpg')
    gpg('--output', keyring, '--export')
    const list = `${sums}  ./netboot/debian-installer/amd64/linux\n${sums}  ./netboot/debian-installer/amd64/initrd.gz\n`
    const listSum = createHash('sha256').update(list).digest('hex')
    const release = join(home, 'Release')
    writeFileSync(
      release,
      `Suite: stable\nSHA256:\n ${listSum} ${list.length} main/installer-amd64/current/images/SHA256SUMS\n`,
    )
    gpg('--clearsign', '--output', `${release}.asc`, release)
    const dist = '/debian/dists/bookworm'
    const images = `${dist}/main/installer-amd64/current/images`
    server.answers.set(`${dist}/InRelease`, file(readFileSync(`${release}.asc`)))
    server.answers.set(`${images}/SHA256SUMS`, file(Buffer.from(list)))
    for (const name of ['linux', 'initrd.gz'])
      server.answers.set(`${images}/netboot/debian-installer/amd64/${name}`, file(content))
    execFileSync('gpgconf', ['--homedir', home, '--kill', 'all'])
    rmSync(home, { recursive: true })
    return { keyring }
  }

  /** A profile may not name the loopback as its mirror: so the command gets a name for it, and the answer of a resolver. */
  const mirror = (): string => server.origin.replace('127.0.0.1', 'mirror.example.com')
  const resolver = `data:text/javascript,${encodeURIComponent(`
    import dns from 'node:dns'
    dns.lookup = (name, options, done) =>
      options.all ? done(null, [{ address: '127.0.0.1', family: 4 }]) : done(null, '127.0.0.1', 4)
  `)}`

  /** `hakube assets` of a profile that installs Debian from the server's tree. */
  function runCommand(keyring: string, ...words: string[]) {
    const profile = join(directory, 'rack.yaml')
    const text = readFileSync(join(root, 'profiles/rack-test.yaml'), 'utf8')
      .replace('install: live', 'install: preseed')
      .replace('firmware: bios', 'firmware: bios\n  disk: /dev/sda')
    const trust = `\ntrust:\n  - content: |\n${server.ca.replaceAll(/^(?=.)/gm, '      ')}\n`
    writeFileSync(profile, `${text}${trust}mirrors:\n  distribution: ${mirror()}/debian\n`)
    return new Promise<string>((resolve) => {
      const line = [
        '--import',
        resolver,
        program,
        'assets',
        profile,
        '--dir',
        join(directory, 'assets'),
        '--keyring',
        keyring,
        ...words,
      ]
      execFile(process.execPath, line, { encoding: 'utf8' }, (fault, stdout, stderr) => {
        const text = `${stdout}${stderr}status ${fault === null ? 0 : fault.code}\n`
        resolve(
          text.replaceAll(mirror(), 'SERVER').replaceAll(directory, 'DIR').replaceAll(scratch, 'SCRATCH'),
        )
      })
    })
  }

  it('of Debian match its signed list, and the command writes the lock file', async () => {
    const { keyring } = signTree(sha256)
    const directoryOf = 'main/installer-amd64/current/images/netboot/debian-installer/amd64'
    const source = (name: string) => `${mirror()}/debian/dists/bookworm/${directoryOf}/${name}`
    expect(await runCommand(keyring)).toBe(
      `fetched  debian-12-amd64/linux  98 KiB  ${sha256}\nfetched  debian-12-amd64/initrd.gz  98 KiB  ${sha256}\nstatus 0\n`,
    )
    const lock = readFileSync(join(directory, 'rack.assets.lock.yaml'), 'utf8')
    expect(lock).toBe(
      lockText(
        ['initrd.gz', 'linux'].map((name) => ({
          path: `debian-12-amd64/${name}`,
          source: source(name),
          size: content.length,
          sha256,
        })),
      ),
    )
    // From now on the lock file says it, and nobody is asked.
    server.asked.length = 0
    expect(await runCommand(keyring)).toContain(`present  debian-12-amd64/linux`)
    expect(server.asked).toEqual([])
    expect(readFileSync(join(directory, 'rack.assets.lock.yaml'), 'utf8')).toBe(lock)
  })

  it('of Debian are refused if another key signed the list, or it names another checksum', async () => {
    signTree(sha256)
    const other = signTree('0'.repeat(64))
    const wrong = await runCommand(other.keyring)
    expect(wrong).toContain(`error[assets/checksum]: SERVER/debian/dists/bookworm/`)
    const { keyring } = signTree(sha256)
    signTree(sha256)
    expect(await runCommand(keyring)).toContain(
      'SERVER/debian/dists/bookworm/InRelease has no good signature',
    )
    expect(await runCommand('/nowhere')).toContain('gpgv or the keyring of Debian is missing here')
    expect(existsSync(join(directory, 'assets/debian-12-amd64/linux'))).toBe(false)
  })
})
