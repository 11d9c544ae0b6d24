import { execFile, execFileSync } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TLSSocket } from 'node:tls'
import { promisify } from 'node:util'
import { afterAll, afterEach, beforeEach, expect, it } from 'vitest'
import { parse } from 'yaml'
import { certifyLeaf } from '../../src/secrets/leaf.ts'
import type { KeyPair } from '../../src/secrets/secrets.ts'
import { readIssuer } from '../../src/secrets/sign.ts'
import { systemSources } from '../../src/secrets/sources.ts'
import { exampleFile } from '../example.ts'
import { describeWithKubernetes } from '../kubernetes-programs.ts'
import { describeWith, findProgram } from '../prerequisites.ts'
import { type Ended, hakube } from './hakube.ts'

const use = (name: string): string => findProgram(name) ?? name

type Kubeconfig = {
  clusters: { name: string; cluster: Record<string, string> }[]
  users: { name: string; user: Record<'client-certificate-data' | 'client-key-data', string> }[]
}

let directory = ''
const at = (name: string): string => join(directory, name)
const run = (...words: string[]): Ended =>
  hakube(['kubeconfig', ...words], { directory, environment: { HAKUBE_AGE_KEY_FILE: at('key') } })
const read = (text: string): Kubeconfig => parse(text)
const decode = (base64: string | undefined): string => Buffer.from(base64 ?? '', 'base64').toString('utf8')
const certificateOf = (text: string): X509Certificate =>
  new X509Certificate(decode(read(text).users[0]?.user['client-certificate-data']))

const openssl = (...words: string[]): string =>
  execFileSync(use('openssl'), words, { cwd: directory, encoding: 'utf8' })
const subject = (...words: string[]): string[] =>
  certificateOf(run('profile.yaml', ...words).stdout).subject.split('\n')

/** A profile with its bundle: made once, because keys take their time. */
const original = mkdtempSync(join(tmpdir(), 'hakube-kubeconfig-'))
afterAll(() => rmSync(original, { recursive: true }))

function prepare(): void {
  directory = original
  if (!existsSync(at('secrets.age'))) makeBundle()
  directory = mkdtempSync(join(tmpdir(), 'hakube-kubeconfig-'))
  cpSync(original, directory, { recursive: true })
}

function makeBundle(): void {
  copyFileSync(exampleFile('external-load-balancers'), at('profile.yaml'))
  execFileSync(use('age-keygen'), ['-o', at('key')], { stdio: 'pipe' })
  const recipient = execFileSync(use('age-keygen'), ['-y', at('key')], { encoding: 'utf8' }).trim()
  const { status, stderr } = hakube(['secrets', 'init', 'profile.yaml', '--recipient', recipient], {
    directory,
  })
  if (status !== 0) throw new Error(stderr)
}

function authority(): KeyPair {
  const { stdout } = hakube(['secrets', 'show', 'profile.yaml', '--reveal', '--age-key-file', 'key'], {
    directory,
  })
  const bundle: { authorities: { kubernetes: KeyPair } } = JSON.parse(stdout)
  return bundle.authorities.kubernetes
}

describeWith({ linux: true, programs: ['age-keygen', 'openssl'] }, 'hakube kubeconfig', () => {
  beforeEach(prepare)
  afterEach(() => rmSync(directory, { recursive: true }))

  it('issues a client certificate for a few days, for the API address of the profile', () => {
    const { status, stdout, stderr } = run('profile.yaml')
    expect(status).toBe(0)
    expect(stderr).toMatch(
      /^hakube: kubernetes-admin of kubeadm:cluster-admins at https:\/\/10\.10\.10\.19:6443 until \d{4}-\d\d-\d\d; /,
    )
    expect(stdout.split('\n')[0]).toBe('# Made by hakube kubeconfig for the cluster sample.')
    const { certificate, key } = authority()
    const { clusters, users, ...rest } = read(stdout)
    expect(rest).toEqual({
      apiVersion: 'v1',
      kind: 'Config',
      contexts: [
        { name: 'kubernetes-admin@sample', context: { cluster: 'sample', user: 'kubernetes-admin@sample' } },
      ],
      'current-context': 'kubernetes-admin@sample',
    })
    expect(clusters).toEqual([
      {
        name: 'sample',
        cluster: {
          server: 'https://10.10.10.19:6443',
          'certificate-authority-data': Buffer.from(certificate).toString('base64'),
        },
      },
    ])
    writeFileSync(at('ca.crt'), certificate)
    writeFileSync(at('client.crt'), decode(users[0]?.user['client-certificate-data']))
    writeFileSync(at('client.key'), decode(users[0]?.user['client-key-data']))
    expect(openssl('verify', '-purpose', 'sslclient', '-CAfile', 'ca.crt', 'client.crt')).toBe(
      'client.crt: OK\n',
    )
    expect(openssl('x509', '-in', 'client.crt', '-noout', '-subject', '-nameopt', 'RFC2253')).toBe(
      'subject=CN=kubernetes-admin,O=kubeadm:cluster-admins\n',
    )
    expect(openssl('x509', '-in', 'client.crt', '-noout', '-pubkey')).toBe(
      openssl('pkey', '-in', 'client.key', '-pubout'),
    )
    const { validFrom, validTo } = certificateOf(stdout)
    expect((Date.parse(validTo) - Date.parse(validFrom)) / 60_000).toBe(7 * 24 * 60 + 5)
    // Only what is meant for this user.
    expect(stdout).not.toContain(Buffer.from(key).toString('base64'))
    expect(certificateOf(run('profile.yaml').stdout).serialNumber).not.toBe(
      certificateOf(stdout).serialNumber,
    )
  })

  it('uses the group that each version of Kubernetes binds itself, or the one that was requested', () => {
    const text = readFileSync(at('profile.yaml'), 'utf8')
    const change = (version: string) =>
      writeFileSync(at('profile.yaml'), text.replace(/version: "1\.\d+\.\d+"/, `version: "${version}"`))
    change('1.29.14')
    expect(subject()).toEqual(['O=kubeadm:cluster-admins', 'CN=kubernetes-admin'])
    change('1.28.15')
    expect(subject()).toEqual(['O=system:masters', 'CN=kubernetes-admin'])
    expect(subject('--user', 'jane', '--group', 'developers')).toEqual(['O=developers', 'CN=jane'])
  })

  it('writes a file that only its owner can read, and replaces only its own files', () => {
    expect(run('profile.yaml', '--out', 'kubeconfig')).toMatchObject({ status: 0, stdout: 'kubeconfig\n' })
    expect(statSync(at('kubeconfig')).mode & 0o777).toBe(0o600)
    const first = readFileSync(at('kubeconfig'), 'utf8')
    expect(run('profile.yaml', '--out', 'kubeconfig', '--days', '1').status).toBe(0)
    expect(readFileSync(at('kubeconfig'), 'utf8')).not.toBe(first)
    writeFileSync(at('other'), 'apiVersion: v1\nkind: Config\n')
    expect(run('profile.yaml', '--out', 'other')).toMatchObject({
      status: 1,
      stdout: '',
      stderr: expect.stringContaining('other already exists, and hakube did not write it for this cluster'),
    })
    expect(readFileSync(at('other'), 'utf8')).toBe('apiVersion: v1\nkind: Config\n')
    expect(run('profile.yaml', '--out', 'nowhere/kubeconfig')).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('cannot write nowhere/kubeconfig'),
    })
    expect(readdirSync(directory).toSorted()).toEqual([
      'key',
      'kubeconfig',
      'other',
      'profile.yaml',
      'secrets.age',
    ])
  })

  it.each([
    ['10.10.10.14', { server: 'https://10.10.10.14:6443' }],
    ['10.10.10.14:443', { server: 'https://10.10.10.14:443' }],
    ['https://localhost:9443/', { server: 'https://localhost:9443', 'tls-server-name': '10.10.10.19' }],
    ['[fd00::1]:6443', { server: 'https://[fd00::1]:6443', 'tls-server-name': '10.10.10.19' }],
    ['fd00:0::1', { server: 'https://[fd00::1]:6443', 'tls-server-name': '10.10.10.19' }],
  ])('uses another address of the API: %s', (server, expected) => {
    const { clusters } = read(run('profile.yaml', '--server', server).stdout)
    expect(clusters[0]?.cluster).toEqual({
      ...expected,
      'certificate-authority-data': expect.any(String) as string,
    })
  })

  it.each([
    [['--days', '0'], '--days 0: not a number from 1 to 365'],
    [['--days', '366'], '--days 366: not a number from 1 to 365'],
    [['--days', 'x'], '--days x: not a number from 1 to 365'],
    [['--user', 'jäne'], '--user: not 1 to 64 printable ASCII characters'],
    [['--group', 'x'.repeat(65)], '--group: not 1 to 64 printable ASCII characters'],
    [['--server', 'http://one'], '--server http://one: not HOST, HOST:PORT or https://HOST:PORT'],
    [['--server', 'one:70000'], '--server one:70000: not HOST, HOST:PORT or https://HOST:PORT'],
  ])('refuses %j', (words, message) => {
    expect(run('profile.yaml', ...words)).toEqual({
      status: 2,
      stdout: '',
      stderr: `hakube: ${message}\nSee hakube kubeconfig --help.\n`,
    })
  })

  it('reports what is missing', () => {
    expect(hakube(['kubeconfig', 'profile.yaml'], { directory })).toMatchObject({
      status: 1,
      stdout: '',
      stderr: expect.stringContaining('no key to open it was given'),
    })
    rmSync(at('secrets.age'))
    expect(run('profile.yaml')).toMatchObject({
      status: 1,
      stdout: '',
      stderr: expect.stringContaining('does not exist'),
    })
  })
})

describeWithKubernetes('hakube kubeconfig, read by kubectl 1.20.2', (kubernetes) => {
  beforeEach(prepare)
  afterEach(() => rmSync(directory, { recursive: true }))

  it('authenticates with the certificate, and verifies the API server at the end of a tunnel', async () => {
    const ca = authority()
    const { publicKey, privateKey } = await systemSources.rsaKeyPair(2048)
    const certificate = certifyLeaf(
      {
        commonName: 'kube-apiserver',
        dnsNames: [],
        addresses: ['10.10.10.19'],
        usages: ['server'],
        serialNumber: Buffer.alloc(16, 7),
        publicKey,
        now: new Date(),
        days: 1,
        notAfter: new Date(8.64e15),
      },
      readIssuer(ca),
    )
    const server = createServer(
      { key: privateKey, cert: certificate, ca: ca.certificate, requestCert: true, rejectUnauthorized: true },
      ({ socket, url }, response) => {
        const { subject } = (socket as TLSSocket).getPeerCertificate()
        response.setHeader('content-type', 'text/plain')
        response.end(`${[url, subject.O, subject.CN].join(' ')}\n`)
      },
    )
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    try {
      const { port } = server.address() as AddressInfo
      expect(
        run(
          'profile.yaml',
          '--server',
          `127.0.0.1:${port}`,
          '--out',
          'kubeconfig',
          '--group',
          'system:masters',
        ).status,
      ).toBe(0)
      const { stdout } = await promisify(execFile)(join(kubernetes, 'kubectl'), [
        `--kubeconfig=${at('kubeconfig')}`,
        'get',
        '--raw',
        '/whoami',
      ])
      expect(stdout).toBe('/whoami system:masters kubernetes-admin\n')
    } finally {
      server.close()
    }
  })
})
