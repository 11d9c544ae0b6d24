import { execFileSync, spawn, spawnSync } from 'node:child_process'
import {
  appendFileSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { inlineExample } from '../example.ts'
import { describeWith, findProgram } from '../prerequisites.ts'
import { type Ended, hakube, program } from './hakube.ts'

const use = (name: string): string => findProgram(name) ?? name

/** What the bundle holds, as far as the tests look at it. */
type Document = {
  own?: Record<string, string>
  recipients: string[]
  bootstrapToken: string
  certificateKey: string
  serviceAccount: { privateKey: string; publicKey: string }
  authorities: Record<'kubernetes' | 'frontProxy' | 'etcd', { certificate: string; key: string }>
  machines: Record<string, Record<string, { certificate: string; key: string }>>
}

describeWith({ linux: true, programs: ['age', 'age-keygen', 'openssl', 'git'] }, 'hakube secrets', () => {
  let directory = ''
  let recipient = ''
  const at = (name: string): string => join(directory, name)
  const run = (...words: string[]): Ended =>
    hakube(words, { directory, environment: { HAKUBE_AGE_KEY_FILE: at('key') } })
  const good = (...words: string[]): Ended => {
    const ended = run(...words)
    expect({ words, ...ended }).toMatchObject({ status: 0 })
    return ended
  }
  const makeKey = (name: string): string => {
    execFileSync(use('age-keygen'), ['-o', at(name)], { stdio: 'pipe' })
    return execFileSync(use('age-keygen'), ['-y', at(name)], { encoding: 'utf8' }).trim()
  }
  const content = (name = 'key') =>
    execFileSync(use('age'), ['-d', '-i', at(name), at('secrets.age')], { encoding: 'utf8' })
  const parsed = () => JSON.parse(content()) as Document
  const keys = () => (JSON.parse(content()) as { encryptionKeys: string[] }).encryptionKeys
  const changeProfile = (from: string, to: string) => {
    const text = readFileSync(at('profile.yaml'), 'utf8')
    if (!text.includes(from)) throw new Error(from)
    writeFileSync(at('profile.yaml'), text.replaceAll(from, to))
  }
  const start = (...words: string[]) =>
    new Promise<number | null>((resolve) => {
      const line = [program, 'secrets', ...words, '--age-key-file', 'key']
      spawn(process.execPath, line, { cwd: directory, stdio: 'ignore' }).once('exit', resolve)
    })
  const init = () => good('secrets', 'init', 'profile.yaml', '--recipient', recipient)
  const inDirectory = () => readdirSync(directory).toSorted()
  const untouched = ['key', 'profile.yaml', 'secrets.age']

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'hakube-secrets-'))
    const text = inlineExample('external-load-balancers')
    writeFileSync(at('profile.yaml'), `${text}\netcd:\n  clients: [load-balancer]\n`)
    recipient = makeKey('key')
  })
  afterEach(() => rmSync(directory, { recursive: true }))

  it('init, show, check and render work together, with the same bytes each time', () => {
    expect(init().stdout).toBe('secrets.age\n')
    expect(inDirectory()).toEqual(untouched)
    const shown = good('secrets', 'show', 'profile.yaml').stdout
    for (const text of ['sample-haproxy-001 etcd-client', 'CN=etcd-ca', recipient])
      expect(shown).toContain(text)
    const { bootstrapToken, certificateKey, authorities } = parsed()
    for (const secret of ['PRIVATE KEY', bootstrapToken, certificateKey]) {
      expect(shown).not.toContain(secret)
      expect(good('secrets', 'show', 'profile.yaml', '--format', 'json').stdout).not.toContain(secret)
    }
    expect(good('secrets', 'show', 'profile.yaml', '--reveal').stdout).toBe(content())
    expect(good('check', 'profile.yaml', '--programs', 'none').stderr).toMatch(/\n1 warning\n$/)
    good('render', 'profile.yaml', '--out', 'one')
    good('render', 'profile.yaml', '--out', 'two')
    execFileSync('diff', ['-r', at('one'), at('two')])
    const whole = execFileSync('grep', ['-rl', bootstrapToken, at('one')], { encoding: 'utf8' })
    expect(whole.split('\n').length).toBeGreaterThan(3)
    expect(JSON.parse(readFileSync(at('one/manifest.json'), 'utf8'))).toMatchObject({
      throwAwaySecrets: false,
    })
    const hash = execFileSync(
      'sh',
      ['-c', 'openssl x509 -pubkey -noout | openssl pkey -pubin -outform der | openssl dgst -sha256 -r'],
      { input: authorities.kubernetes.certificate, encoding: 'utf8' },
    )
    expect(shown).toContain(`sha256:${hash.split(' ')[0]}`)
  })

  it('rotate keeps the old key for encryption at rest until it is removed', () => {
    changeProfile('kubernetes:\n', 'kubernetes:\n  encryptionAtRest: {}\n')
    init()
    const [old] = keys()
    const names = () => /^encryption +(.*)$/m.exec(good('secrets', 'show', 'profile.yaml').stdout)?.[1]
    expect(names()).toMatch(/^key-[0-9a-f]{8}$/)
    good('secrets', 'rotate', 'profile.yaml', 'encryption-key')
    expect(names()).toMatch(/^key-[0-9a-f]{8}, old: key-[0-9a-f]{8}$/)
    expect(keys()).toEqual([expect.not.stringContaining(old ?? ''), old])
    good('render', 'profile.yaml', '--out', 'site')
    const holders = execFileSync('grep', ['-rlF', old ?? '', at('site')], { encoding: 'utf8' })
    expect(holders.split('\n').filter(Boolean).length).toBe(3)
    good('secrets', 'rotate', 'profile.yaml', 'old-encryption-keys')
    expect(keys()).toHaveLength(1)
    expect(keys()).not.toContain(old)
    expect(good('secrets', 'show', 'profile.yaml').stdout).not.toContain(keys()[0])
  })

  it('init never overwrites a bundle, and requires a recipient', () => {
    expect(run('secrets', 'init', 'profile.yaml')).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('no recipients for the bundle were given'),
    })
    expect(inDirectory()).toEqual(['key', 'profile.yaml'])
    init()
    const before = readFileSync(at('secrets.age'))
    expect(run('secrets', 'init', 'profile.yaml', '--recipient', recipient)).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('secrets.age already exists; nothing was written'),
    })
    expect(readFileSync(at('secrets.age')).equals(before)).toBe(true)
  })

  it('sync encrypts to exactly the recipients that the profile lists', () => {
    const other = makeKey('other')
    changeProfile('{delivery: inline}', `{delivery: inline, recipients: [${recipient}, ${other}]}`)
    const stranger = makeKey('stranger')
    expect(run('secrets', 'init', 'profile.yaml', '--recipient', stranger).status).toBe(1)
    good('secrets', 'init', 'profile.yaml')
    expect(content('other')).toBe(content('key'))
    changeProfile(other, stranger)
    expect(good('secrets', 'show', 'profile.yaml').stdout.split('\n').slice(1, 4)).toEqual([
      `recipients      ${recipient}`,
      `                ${other}  (the profile no longer lists it)`,
      `                ${stranger}  (in the profile only: hakube secrets sync adds it)`,
    ])
    changeProfile(`, ${stranger}`, '')
    expect(run('check', 'profile.yaml', '--programs', 'none').stdout).toContain(
      'differ from those in the profile',
    )
    expect(good('secrets', 'sync', 'profile.yaml').stdout).toBe(`no longer encrypt to ${other}\n`)
    expect(() => content('other')).toThrow('no identity matched')
  })

  it('admission prints what hakube-admit reads, and nothing else', () => {
    init()
    const { bootstrapToken, certificateKey } = parsed()
    const printed = good('secrets', 'admission', 'profile.yaml')
    expect(printed.stdout).toBe(`token ${bootstrapToken}\ncertificate-key ${certificateKey}\n`)
    expect(printed.stderr).not.toContain(bootstrapToken)
    changeProfile('kubernetes:\n', 'kubernetes:\n  certificates: preplaced\n')
    expect(good('secrets', 'admission', 'profile.yaml').stdout).toBe(`token ${bootstrapToken}\n`)
    expect(hakube(['secrets', 'admission', 'profile.yaml'], { directory })).toMatchObject({
      status: 1,
      stdout: '',
    })
  })

  it('user-defined secrets are set from a file or a pipe, listed, written to files of machines, never shown, and removed', () => {
    init()
    writeFileSync(at('token'), 'very-secret-1\n')
    const set = good('secrets', 'set', 'profile.yaml', 'registry-token', '--from', 'token')
    expect(set).toMatchObject({
      stdout: '',
      stderr: expect.stringMatching(/^secrets\.age: has the secret registry-token\n/m),
    })
    expect(parsed().own).toEqual({ 'registry-token': 'very-secret-1' })
    const piped = spawnSync(
      'bash',
      ['-c', `printf 'a\nb\n' | "$0" "$1" secrets set profile.yaml certificate`, process.execPath, program],
      {
        cwd: directory,
        encoding: 'utf8',
        env: { PATH: process.env['PATH'], HAKUBE_AGE_KEY_FILE: at('key') },
      },
    )
    expect(piped.status).toBe(0)
    expect(good('secrets', 'list', 'profile.yaml').stdout).toBe('certificate\nregistry-token\n')
    const before = readFileSync(at('secrets.age'))
    good('secrets', 'set', 'profile.yaml', 'registry-token', '--from', 'token')
    expect(readFileSync(at('secrets.age')).equals(before)).toBe(true)

    changeProfile('\nfiles:\n', '\nfiles:\n  - {path: /etc/token, fromSecret: registry-tokn}\n')
    const missing = run('check', 'profile.yaml', '--programs', 'none')
    expect(missing.status).toBe(1)
    expect(missing.stdout).toContain('error[secrets/no-own]: the secrets bundle has no secret registry-tokn')
    expect(missing.stdout).toContain('did you mean registry-token?')
    changeProfile('registry-tokn', 'registry-token')
    expect(good('check', 'profile.yaml', '--programs', 'none').stdout).not.toContain('very-secret')
    good('render', 'profile.yaml', '--out', 'site')
    const seeds = readdirSync(at('site'), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('user-data'))
      .map((path) => readFileSync(join(at('site'), path), 'utf8'))
    expect(seeds.length).toBeGreaterThan(0)
    expect(seeds.every((text) => text.includes('very-secret-1'))).toBe(true)

    expect(run('secrets', 'unset', 'profile.yaml', 'nothing')).toMatchObject({ status: 1, stdout: '' })
    good('secrets', 'unset', 'profile.yaml', 'registry-token')
    good('secrets', 'unset', 'profile.yaml', 'certificate')
    expect(parsed()).not.toHaveProperty('own')
    for (const words of [
      ['Token', '--from', 'token'],
      ['empty', '--from', '/dev/null'],
    ])
      expect(run('secrets', 'set', 'profile.yaml', ...words)).toMatchObject({ status: 1, stdout: '' })
  })

  it('render and serve refuse to run without a bundle or a key, and check reports it', () => {
    const refused = run('render', 'profile.yaml', '--out', 'site')
    expect(refused).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('hakube secrets init profile.yaml --recipient age1…'),
    })
    expect(run('serve', 'profile.yaml', '--listen', '127.0.0.1:0')).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('has no secrets bundle'),
    })
    init()
    const blind = (...words: string[]) => hakube(words, { directory })
    expect(blind('render', 'profile.yaml', '--out', 'site')).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('no key to open it was given'),
    })
    expect(blind('check', 'profile.yaml')).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('only the profile itself was checked'),
    })
    expect(blind('render', 'profile.yaml', '--out', 'site', '--age-key-file', at('key')).status).toBe(0)
    const sops = hakube(['secrets', 'show', 'profile.yaml'], {
      directory,
      environment: { SOPS_AGE_KEY_FILE: at('key') },
    })
    expect(sops.status).toBe(0)
  })

  it.each([
    ['cut short', (text: string) => text.slice(0, 2000), 'is damaged'],
    [
      'altered',
      (text: string) => text.replace(/^(.{500})./s, (_, start: string) => `${start}@`),
      'is damaged',
    ],
    ['empty', () => '', 'is damaged'],
    ['in clear', () => '{"bootstrapToken": "x"}', 'is not encrypted'],
    [
      'left in a merge conflict',
      (text: string) => text.replace(/\n(.{64}\n)/, '\n<<<<<<< HEAD\n$1=======\n$1>>>>>>> other\n'),
      'error[secrets/merge-conflict]: git left a merge conflict in secrets.age: two branches changed the secrets\n' +
        '  hint: encrypted data cannot be merged: keep one side (git checkout --ours secrets.age, or --theirs), then repeat the changes of the other; hakube secrets sync issues missing certificates\n',
    ],
  ])('every command ends with status 1 and writes nothing for a bundle that is %s', (_, change, message) => {
    init()
    const broken = change(readFileSync(at('secrets.age'), 'utf8'))
    writeFileSync(at('secrets.age'), broken)
    for (const words of [
      ['secrets', 'sync', 'profile.yaml'],
      ['secrets', 'show', 'profile.yaml'],
      ['secrets', 'rotate', 'profile.yaml', 'bootstrap-token'],
      ['secrets', 'add-recipient', 'profile.yaml', recipient],
      ['secrets', 'export', 'profile.yaml', 'sample-haproxy-001', '--out', 'out'],
      ['check', 'profile.yaml'],
      ['render', 'profile.yaml', '--out', 'site'],
    ])
      expect({ words, ...run(...words) }).toMatchObject({
        status: 1,
        [words[0] === 'check' ? 'stdout' : 'stderr']: expect.stringContaining(message),
      })
    expect(readFileSync(at('secrets.age'), 'utf8')).toBe(broken)
    expect(inDirectory()).toEqual(untouched)
  })

  it('the wrong key ends with status 1 and writes nothing', () => {
    init()
    makeKey('other')
    const before = readFileSync(at('secrets.age'))
    const refused = run('secrets', 'sync', 'profile.yaml', '--age-key-file', 'other')
    expect(refused).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('is not encrypted to any of the given keys'),
    })
    expect(readFileSync(at('secrets.age')).equals(before)).toBe(true)
  })

  it('sync issues certificates for a new and a renamed machine, and the rest stays byte for byte; check and render report what is missing before', () => {
    init()
    const before = parsed()
    changeProfile('name: sample-haproxy-002', 'name: sample-haproxy-009')
    const stale = run('check', 'profile.yaml', '--programs', 'none')
    expect(stale.status).toBe(1)
    expect(stale.stdout).toMatch(
      /profile\.yaml:\d+:11: error\[secrets\/stale\]: etcd-client certificate of sample-haproxy-009: it does not exist yet/,
    )
    expect(run('render', 'profile.yaml', '--out', 'site').status).toBe(1)
    expect(existsSync(at('site'))).toBe(false)
    expect(good('secrets', 'sync', 'profile.yaml', '--dry-run').stdout).toBe(
      'issue etcd-client of sample-haproxy-009: it does not exist yet\n' +
        'keep etcd-client of sample-haproxy-002: nothing needs it; --prune removes it\n',
    )
    expect(parsed()).toEqual(before)
    good('secrets', 'sync', 'profile.yaml')
    const after = parsed()
    expect(after).toEqual({
      ...before,
      machines: { ...before.machines, 'sample-haproxy-009': after.machines['sample-haproxy-009'] },
    })
    const file = readFileSync(at('secrets.age'))
    good('secrets', 'sync', 'profile.yaml')
    expect(readFileSync(at('secrets.age')).equals(file), 'nothing to do: nothing written').toBe(true)
    good('secrets', 'sync', 'profile.yaml', '--prune')
    expect(Object.keys(parsed().machines)).toEqual(['sample-haproxy-001', 'sample-haproxy-009'])
    good('render', 'profile.yaml', '--out', 'site')
  })

  it('a rotated CA gives one message for all, and everything verifies again', () => {
    init()
    const before = parsed()
    good('secrets', 'rotate', 'profile.yaml', 'authority/etcd')
    const after = parsed()
    expect(after.authorities.kubernetes).toEqual(before.authorities.kubernetes)
    expect(after.authorities.etcd).not.toEqual(before.authorities.etcd)
    writeFileSync(at('ca'), after.authorities.etcd.certificate)
    for (const { 'etcd-client': pair } of Object.values(after.machines)) {
      writeFileSync(at('leaf'), pair!.certificate)
      expect(
        execFileSync('openssl', ['verify', '-x509_strict', '-CAfile', at('ca'), at('leaf')], {
          encoding: 'utf8',
        }),
      ).toContain('OK')
    }
    expect(run('secrets', 'rotate', 'profile.yaml', 'bootstrap-tokn')).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('did you mean bootstrap-token?'),
    })
    good('secrets', 'rotate', 'profile.yaml', 'bootstrap-token')
    expect(parsed()).toEqual({ ...after, bootstrapToken: expect.not.stringMatching(after.bootstrapToken) })
  })

  it('concurrent runs wait for each other, and no change is lost', async () => {
    init()
    const others = Array.from({ length: 4 }, (_, index) => makeKey(`key-${index}`))
    changeProfile('name: sample-haproxy-002', 'name: sample-haproxy-009')
    expect(
      await Promise.all([
        ...others.map((other) => start('add-recipient', 'profile.yaml', other)),
        start('sync', 'profile.yaml'),
        start('sync', 'profile.yaml'),
      ]),
    ).toEqual([0, 0, 0, 0, 0, 0])
    expect(parsed().recipients.toSorted()).toEqual([recipient, ...others].toSorted())
    expect(Object.keys(parsed().machines)).toContain('sample-haproxy-009')
    expect(good('secrets', 'sync', 'profile.yaml', '--dry-run').stderr).toContain('nothing to do')
  })

  it('interrupting the generation of keys ends with status 130, and leaves nothing behind', async () => {
    changeProfile('{delivery: inline}', '{delivery: inline, keyBits: 4096}')
    const child = spawn(
      process.execPath,
      [program, 'secrets', 'init', 'profile.yaml', '--recipient', recipient],
      { cwd: directory, stdio: 'ignore' },
    )
    const ended = new Promise((resolve) => child.once('exit', resolve))
    while (!existsSync(at('.secrets.age.lock'))) await new Promise((resolve) => setTimeout(resolve, 5))
    child.kill('SIGINT')
    expect(await ended).toBe(130)
    expect(inDirectory()).toEqual(['key', 'profile.yaml'])
  })

  it('export writes the keys of encryption at rest only for control planes', () => {
    changeProfile('kubernetes:\n', 'kubernetes:\n  encryptionAtRest: {}\n')
    init()
    const file = 'etc/kubernetes/encryption/configuration.yaml'
    good('secrets', 'export', 'profile.yaml', 'sample-kube-master-001', '--out', 'out')
    expect(statSync(at(`out/${file}`)).mode & 0o777).toBe(0o600)
    expect(readFileSync(at(`out/${file}`), 'utf8')).toContain(keys()[0])
    good('secrets', 'export', 'profile.yaml', 'sample-haproxy-001', '--out', 'balancer')
    expect(existsSync(at(`balancer/${file}`))).toBe(false)
  })

  it('import reads the CAs of a running cluster, as openssl made them, and export writes them again', () => {
    const pki = at('pki')
    mkdirSync(join(pki, 'etcd'), { recursive: true })
    for (const [place, key] of [
      ['ca', 'rsa:2048'],
      ['front-proxy-ca', 'rsa:2048'],
      ['etcd/ca', 'ec'],
    ] as const) {
      const curve = key === 'ec' ? ['-pkeyopt', 'ec_paramgen_curve:P-256'] : []
      execFileSync(
        'openssl',
        [
          'req',
          '-x509',
          '-newkey',
          key,
          ...curve,
          '-nodes',
          '-days',
          '400',
          '-subj',
          `/CN=my ${place.replace('/', ' ')}`,
          '-addext',
          'keyUsage=critical,keyCertSign',
          '-keyout',
          join(pki, `${place}.key`),
          '-out',
          join(pki, `${place}.crt`),
        ],
        { stdio: 'pipe' },
      )
    }
    execFileSync('openssl', ['genrsa', '-out', join(pki, 'sa.key'), '2048'], { stdio: 'pipe' })
    execFileSync('openssl', ['rsa', '-in', join(pki, 'sa.key'), '-pubout', '-out', join(pki, 'sa.pub')], {
      stdio: 'pipe',
    })
    good('secrets', 'import', 'profile.yaml', 'pki', '--recipient', recipient)
    const bundle = parsed()
    expect(bundle.authorities.etcd.key).toBe(readFileSync(join(pki, 'etcd/ca.key'), 'utf8'))
    writeFileSync(at('leaf'), bundle.machines['sample-haproxy-001']!['etcd-client']!.certificate)
    expect(
      execFileSync('openssl', ['verify', '-x509_strict', '-CAfile', join(pki, 'etcd/ca.crt'), at('leaf')], {
        encoding: 'utf8',
      }),
    ).toContain('OK')

    const umask = process.umask(0)
    try {
      good('secrets', 'export', 'profile.yaml', 'sample-kube-master-001', '--out', 'out')
    } finally {
      process.umask(umask)
    }
    for (const name of ['ca', 'front-proxy-ca', 'etcd/ca'])
      for (const [ending, mode] of [
        ['crt', 0o644],
        ['key', 0o600],
      ] as const) {
        const file = join(directory, 'out/etc/kubernetes/pki', `${name}.${ending}`)
        expect([file, statSync(file).mode & 0o777]).toEqual([file, mode])
        expect(readFileSync(file, 'utf8')).toBe(readFileSync(join(pki, `${name}.${ending}`), 'utf8'))
      }
    expect(statSync(at('out')).mode & 0o777).toBe(0o700)
    expect(run('secrets', 'export', 'profile.yaml', 'sample-kube-master-001', '--out', 'out')).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('is not empty'),
    })
    // The system says there that a directory is missing, although all above it are there.
    expect(
      run('secrets', 'export', 'profile.yaml', 'sample-kube-master-001', '--out', '/proc/self/out'),
    ).toMatchObject({ status: 1, stderr: expect.stringContaining('cannot write /proc/self/out/etc/') })
    good('secrets', 'export', 'profile.yaml', 'sample-haproxy-001', '--out', 'balancer')
    expect(readdirSync(at('balancer/etc/etcd/pki')).toSorted()).toEqual([
      'ca.crt',
      'client.crt',
      'client.key',
    ])
  })

  it('import refuses files that do not belong together, all in one list', () => {
    const pki = at('pki')
    mkdirSync(join(pki, 'etcd'), { recursive: true })
    const make = (place: string) =>
      execFileSync(
        'openssl',
        [
          'req',
          '-x509',
          '-newkey',
          'rsa:2048',
          '-nodes',
          '-subj',
          '/CN=x',
          '-keyout',
          join(pki, `${place}.key`),
          '-out',
          join(pki, `${place}.crt`),
        ],
        { stdio: 'pipe' },
      )
    for (const place of ['ca', 'front-proxy-ca', 'sa']) make(place)
    copyFileSync(join(pki, 'front-proxy-ca.key'), join(pki, 'ca.key'))
    writeFileSync(join(pki, 'front-proxy-ca.crt'), 'nothing')
    execFileSync('openssl', ['rsa', '-in', join(pki, 'ca.key'), '-pubout', '-out', join(pki, 'sa.pub')], {
      stdio: 'pipe',
    })
    const refused = run('secrets', 'import', 'profile.yaml', 'pki', '--recipient', recipient)
    expect(refused.status).toBe(1)
    expect(refused.stderr.split('\n').filter((line) => line.startsWith('error['))).toEqual([
      'error[secrets/import]: pki/ca.crt: the certificate and the key do not match',
      'error[secrets/import]: pki/front-proxy-ca.crt: this is not a certificate',
      'error[secrets/import]: cannot read pki/etcd/ca.crt: no such file or directory (ENOENT)',
      'error[secrets/import]: cannot read pki/etcd/ca.key: no such file or directory (ENOENT)',
      'error[secrets/import]: pki/sa.key and sa.pub do not match',
    ])
    expect(existsSync(at('secrets.age'))).toBe(false)
  })

  it('import refuses CAs during a rotation, and keys with a passphrase', () => {
    const pki = at('pki')
    mkdirSync(join(pki, 'etcd'), { recursive: true })
    const make = (place: string, ...words: string[]) => {
      const [key, certificate] = [join(pki, `${place}.key`), join(pki, `${place}.crt`)]
      const line = [
        'req',
        '-x509',
        '-newkey',
        'rsa:2048',
        '-subj',
        '/CN=x',
        '-keyout',
        key,
        '-out',
        certificate,
      ]
      execFileSync('openssl', [...line, ...words], { stdio: 'pipe' })
    }
    for (const place of ['ca', 'etcd/ca', 'sa']) make(place, '-nodes')
    make('front-proxy-ca', '-passout', 'pass:x1234')
    appendFileSync(join(pki, 'ca.crt'), readFileSync(join(pki, 'etcd/ca.crt')))
    execFileSync('openssl', ['rsa', '-in', join(pki, 'sa.key'), '-pubout', '-out', join(pki, 'sa.pub')], {
      stdio: 'pipe',
    })
    const refused = run('secrets', 'import', 'profile.yaml', 'pki', '--recipient', recipient)
    const stderr = refused.stderr.slice(refused.stderr.indexOf('error['))
    expect({ status: refused.status, stderr }).toEqual({
      status: 1,
      stderr:
        'error[secrets/import]: pki/ca.crt: it contains more than one certificate, as during a CA rotation: finish that first, and keep only ' +
        'the one that matches the .key\n\n' +
        'error[secrets/import]: pki/front-proxy-ca.crt: its .key has a passphrase: remove it with openssl pkey -in KEY -out COPY, in a directory that only you can read\n',
    })
    expect(existsSync(at('secrets.age'))).toBe(false)
  })

  it('import warns that keys of encrypted objects in etcd are not in that directory', () => {
    changeProfile('kubernetes:\n', 'kubernetes:\n  encryptionAtRest: {}\n')
    const pki = at('pki')
    mkdirSync(join(pki, 'etcd'), { recursive: true })
    init()
    const { authorities, serviceAccount } = parsed()
    const put = (name: string, text: string) => writeFileSync(join(pki, name), text)
    for (const [place, pair] of [
      ['ca', authorities.kubernetes],
      ['front-proxy-ca', authorities.frontProxy],
      ['etcd/ca', authorities.etcd],
    ] as const) {
      put(`${place}.crt`, pair.certificate)
      put(`${place}.key`, pair.key)
    }
    put('sa.key', serviceAccount.privateKey)
    put('sa.pub', serviceAccount.publicKey)
    const told = 'the key for encryption at rest is new'
    expect(good('secrets', 'import', 'profile.yaml', 'pki').stderr).not.toContain(told)
    rmSync(at('secrets.age'))
    expect(good('secrets', 'import', 'profile.yaml', 'pki', '--recipient', recipient).stderr).toContain(told)
  })

  it('recipients are added and removed, but never the last one, and never a secret key', () => {
    init()
    const other = makeKey('other')
    good('secrets', 'add-recipient', 'profile.yaml', other)
    expect(content('other')).toBe(content('key'))
    good('secrets', 'remove-recipient', 'profile.yaml', recipient)
    expect(() => content('key')).toThrow('no identity matched')
    const refused = run('secrets', 'remove-recipient', 'profile.yaml', other, '--age-key-file', 'other')
    expect(refused).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('without its last recipient'),
    })
    const secret = readFileSync(at('key'), 'utf8').trim().split('\n').at(-1) ?? ''
    const plugin = 'age1yubikey1qwt50d05nh5vutpdzmlg5wn80xq5negm4uj9ghv0snvdd3yysf5yw3rhl3t'
    const ofPlugin = run('secrets', 'add-recipient', 'profile.yaml', plugin, '--age-key-file', 'other')
    expect(ofPlugin.stderr).toContain(
      `${plugin} is a key type that only the age program or one of its plugins supports`,
    )
    const mixedUp = run('secrets', 'add-recipient', 'profile.yaml', secret, '--age-key-file', 'other')
    expect(mixedUp.status).toBe(1)
    expect(mixedUp.stderr).not.toContain(secret)
  })

  it('check refuses an age key and a kubeconfig that git tracks', () => {
    init()
    const kubeconfig = `apiVersion: v1\nkind: Config\nusers:\n- name: admin\n  user:\n    client-key-data: ${'A'.repeat(80)}\n`
    writeFileSync(at('admin.conf'), kubeconfig)
    for (const words of [
      ['init', '-q'],
      ['add', '.'],
    ])
      execFileSync('git', words, { cwd: directory, stdio: 'pipe' })
    const { status, stdout } = run('check', 'profile.yaml', '--programs', 'none')
    const told = stdout.split('\n').filter((line) => line.includes('secrets/tracked'))
    expect({ status, told }).toEqual({
      status: 1,
      told: [
        'error[secrets/tracked]: git tracks an age private key: key',
        'error[secrets/tracked]: git tracks the kubeconfig of an administrator: admin.conf',
      ],
    })
  })
})
