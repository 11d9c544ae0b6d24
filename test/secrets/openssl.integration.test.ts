import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { authorityHash } from '../../src/secrets/authority-hash.ts'
import { findProgram, describeWith } from '../prerequisites.ts'
import { testSecrets } from '../example.ts'

describeWith({ programs: ['openssl'] }, 'CAs, as openssl reads them', () => {
  let directory = ''
  const names = ['kubernetes', 'frontProxy', 'etcd'] as const
  const openssl = (command: string[], input?: string | Buffer): Buffer =>
    execFileSync(findProgram('openssl') ?? 'openssl', command, { cwd: directory, input, stdio: 'pipe' })

  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'hakube-openssl-'))
    for (const name of names) {
      writeFileSync(join(directory, `${name}.crt`), testSecrets.authorities[name].certificate)
      writeFileSync(join(directory, `${name}.key`), testSecrets.authorities[name].key, { mode: 0o600 })
    }
  })
  afterAll(() => rmSync(directory, { recursive: true }))

  it.each(names)('is complete: %s', async (name) => {
    const text = openssl(['x509', '-in', `${name}.crt`, '-noout', '-text', '-nameopt', 'RFC2253']).toString()
    await expect(text).toMatchFileSnapshot(`../fixtures/secrets/expected/${name}.txt`)
  })

  it.each(names)('verifies as a chain of one: %s', (name) => {
    const at = String(Date.UTC(2026, 5, 1) / 1000)
    const verified = openssl([
      'verify',
      '-x509_strict',
      '-attime',
      at,
      '-CAfile',
      `${name}.crt`,
      `${name}.crt`,
    ])
    expect(verified.toString()).toBe(`${name}.crt: OK\n`)
  })

  it.each(names)('signs a server certificate that verifies, and only under itself: %s', (name) => {
    openssl([
      'req',
      '-new',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-subj',
      '/CN=leaf',
      '-keyout',
      'leaf.key',
      '-out',
      'leaf.csr',
    ])
    openssl([
      'x509',
      '-req',
      '-in',
      'leaf.csr',
      '-CA',
      `${name}.crt`,
      '-CAkey',
      `${name}.key`,
      '-out',
      'leaf.crt',
    ])
    const verify = (authority: string) =>
      openssl(['verify', '-CAfile', `${authority}.crt`, 'leaf.crt']).toString()
    expect(verify(name)).toBe('leaf.crt: OK\n')
    const other = name === 'etcd' ? 'kubernetes' : 'etcd'
    expect(() => verify(other)).toThrow('unable to get local issuer certificate')
  })

  it.each(names)('has the hash that openssl computes: %s', (name) => {
    const { certificate } = testSecrets.authorities[name]
    const pem = openssl(['x509', '-pubkey', '-noout'], certificate)
    const der = openssl(['pkey', '-pubin', '-outform', 'der'], pem)
    const hash = openssl(['dgst', '-sha256', '-r'], der).toString().split(' ')[0]
    expect(authorityHash(certificate)).toBe(`sha256:${hash}`)
  })

  it('has the hash that openssl computes for an elliptic key', () => {
    const subject = ['-subj', '/CN=kubernetes', '-days', '1', '-keyout', 'ec.key', '-out', 'ec.crt']
    openssl(['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', ...subject])
    const pem = openssl(['x509', '-in', 'ec.crt', '-pubkey', '-noout'])
    const der = openssl(['pkey', '-pubin', '-outform', 'der'], pem)
    const hash = openssl(['dgst', '-sha256', '-r'], der).toString().split(' ')[0]
    const certificate = openssl(['x509', '-in', 'ec.crt']).toString()
    expect(authorityHash(certificate)).toBe(`sha256:${hash}`)
  })
})
