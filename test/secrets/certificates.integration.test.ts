import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { serverNeed } from '../../src/cluster/certificate-needs.ts'
import { resolveWithoutSecrets } from '../../src/cluster/resolve.ts'
import { issueAll, issueServer } from '../../src/secrets/make.ts'
import { secretPolicy } from '../../src/secrets/policy.ts'
import type { KeyPair } from '../../src/secrets/secrets.ts'
import { systemSources } from '../../src/secrets/sources.ts'
import { testSources } from '../example.ts'
import { describeWith, findProgram } from '../prerequisites.ts'
import { bundleOf, wantedOf } from './bundle-of.ts'
import { etcdProfile } from './etcd-profile.ts'

const profile = etcdProfile()
const { needs } = wantedOf(profile)
const { secrets } = await bundleOf(profile)
/** As bundles have it whose machines do not enrol. */
const selfSigned = await issueServer(
  serverNeed(resolveWithoutSecrets(profile, new Map())),
  testSources(),
  secretPolicy(profile),
  null,
)

function succeeds(work: () => string): boolean {
  try {
    return work().endsWith(': OK\n')
  } catch (fault) {
    if (String(fault).includes('certificate purpose')) return false
    throw fault
  }
}

/** Every certificate that is not an authority, by the name of its file. */
const leaves = new Map<string, KeyPair>(
  Object.entries(secrets.machines).flatMap(([machine, certificates]) =>
    Object.entries(certificates).map(([kind, pair]) => [`${machine}-${kind}`, pair] as const),
  ),
)

describeWith({ programs: ['openssl'] }, 'certificates of machines, as openssl reads them', () => {
  let directory = ''
  const openssl = (...words: string[]): string =>
    execFileSync(findProgram('openssl') ?? 'openssl', words, {
      cwd: directory,
      stdio: 'pipe',
      encoding: 'utf8',
    })
  const at = String(Date.UTC(2026, 0, 15) / 1000)
  const write = (name: string, { certificate, key }: KeyPair): void => {
    writeFileSync(join(directory, `${name}.crt`), certificate)
    writeFileSync(join(directory, `${name}.key`), key, { mode: 0o600 })
  }

  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'hakube-certificates-'))
    for (const [name, pair] of Object.entries(secrets.authorities)) write(name, pair)
    for (const [name, pair] of leaves) write(name, pair)
    if (!secrets.server || !secrets.enrolment || !selfSigned) throw new Error('no server')
    write('server', secrets.server)
    write('server-ca', secrets.enrolment.serverAuthority)
    write('self-signed', selfSigned)
  })
  afterAll(() => rmSync(directory, { recursive: true }))

  it('exist for each need', () => {
    expect([...leaves.keys()]).toEqual(needs.map(({ machine, kind }) => `${machine}-${kind}`))
  })

  /** What openssl says about a certificate, a line for each extension. */
  function describeCertificate(name: string): Record<string, string> {
    const text = openssl('x509', '-in', `${name}.crt`, '-noout', '-text', '-nameopt', 'RFC2253')
    const extension = (title: string): string =>
      new RegExp(`X509v3 ${title}: ?(critical)?\\s*\\n\\s+(.*)\\n`)
        .exec(text)
        ?.slice(1)
        .filter(Boolean)
        .join(' ') ?? '-'
    return {
      subject: /Subject: (.*)/.exec(text)?.[1] ?? '',
      issuer: /Issuer: (.*)/.exec(text)?.[1] ?? '',
      from: /Not Before: (.*)/.exec(text)?.[1] ?? '',
      until: /Not After : (.*)/.exec(text)?.[1] ?? '',
      signature: /Signature Algorithm: (.*)/.exec(text)?.[1] ?? '',
      size: /Public-Key: \((.*)\)/.exec(text)?.[1] ?? '',
      constraints: extension('Basic Constraints'),
      usage: extension('Key Usage'),
      extended: extension('Extended Key Usage'),
      names: extension('Subject Alternative Name'),
      signer: extension('Authority Key Identifier'),
    }
  }

  it.each([...leaves.keys()])('are complete: %s', (name) => {
    const need = needs.find(({ machine, kind }) => `${machine}-${kind}` === name)
    if (!need) throw new Error(name)
    const signer = openssl('x509', '-in', 'etcd.crt', '-noout', '-ext', 'subjectKeyIdentifier')
      .trim()
      .split(/\s+/)
      .at(-1)
    const names = [
      ...need.dnsNames.map((text) => `DNS:${text}`),
      ...need.addresses.map((text) => `IP Address:${text === '::1' ? '0:0:0:0:0:0:0:1' : text}`),
    ]
    const usages = { server: 'TLS Web Server Authentication', client: 'TLS Web Client Authentication' }
    expect(describeCertificate(name)).toEqual({
      subject: `CN=${need.commonName}`,
      issuer: 'CN=etcd-ca',
      from: 'Dec 31 23:55:00 2025 GMT',
      until: 'Jan 31 00:00:00 2026 GMT',
      signature: 'sha256WithRSAEncryption',
      size: '2048 bit',
      constraints: 'critical CA:FALSE',
      usage: 'critical Digital Signature, Key Encipherment',
      extended: need.usages.map((usage) => usages[usage]).join(', '),
      names: names.join(', ') || '-',
      signer,
    })
  })

  it.each([...leaves.keys()])(
    'verify only for their purposes, under their CA, within their validity: %s',
    (name) => {
      const verify = (purpose: string, authority = 'etcd', time = at) =>
        openssl(
          'verify',
          '-x509_strict',
          '-purpose',
          purpose,
          '-attime',
          time,
          '-CAfile',
          `${authority}.crt`,
          `${name}.crt`,
        )
      const need = needs.find(({ machine, kind }) => `${machine}-${kind}` === name)
      expect(verify('sslclient')).toBe(`${name}.crt: OK\n`)
      const isServer = need?.usages.includes('server') ?? false
      expect(succeeds(() => verify('sslserver'))).toBe(isServer)
      expect(() => verify('sslclient', 'kubernetes')).toThrow('unable to get local issuer certificate')
      const day = 24 * 60 * 60
      expect(() => verify('sslclient', 'etcd', String(Number(at) - 16 * day))).toThrow('not yet valid')
      expect(() => verify('sslclient', 'etcd', String(Number(at) + 17 * day))).toThrow('has expired')
    },
  )

  it.each([...leaves.keys()])('match the key beside them: %s', (name) => {
    const ofKey = openssl('pkey', '-in', `${name}.key`, '-pubout')
    expect(openssl('x509', '-in', `${name}.crt`, '-noout', '-pubkey')).toBe(ofKey)
  })

  it('have unique serial numbers and keys', () => {
    const of = (what: string) =>
      [...leaves.keys()].map((name) => openssl('x509', '-in', `${name}.crt`, '-noout', what))
    expect(new Set(of('-serial')).size).toBe(leaves.size)
    expect(new Set(of('-pubkey')).size).toBe(leaves.size)
  })

  it.each([
    ['server', 'CN=hakube-server-ca', 'server-ca.crt'],
    ['self-signed', 'CN=10.10.10.5', 'self-signed.crt'],
  ])("are for servers only, for hakube's own server, as %s: by %s", (certificate, by, trusted) => {
    const { names, extended, subject, issuer, constraints } = describeCertificate(certificate)
    expect({ names, extended, subject, issuer, constraints }).toEqual({
      names: 'IP Address:10.10.10.5',
      extended: 'TLS Web Server Authentication',
      subject: 'CN=10.10.10.5',
      issuer: by,
      constraints: 'critical CA:FALSE',
    })
    const verify = (...words: string[]) => {
      const options = ['-purpose', 'sslserver', '-attime', at, '-CAfile', trusted]
      return openssl('verify', ...options, ...words, `${certificate}.crt`)
    }
    expect(verify('-verify_ip', '10.10.10.5')).toBe(`${certificate}.crt: OK\n`)
    expect(() => verify('-verify_ip', '10.10.10.6')).toThrow('IP address mismatch')
  })

  it('can be signed by a CA with an elliptic key and a name that openssl wrote', async () => {
    const subject = '/O=Sächsische Werke/CN=etcd ca'
    openssl(
      'req',
      '-x509',
      '-utf8',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-addext',
      'keyUsage=critical,keyCertSign',
      '-nodes',
      '-days',
      '3650',
      '-subj',
      subject,
      '-keyout',
      'ec.key',
      '-out',
      'ec.crt',
    )
    const authority = { certificate: openssl('x509', '-in', 'ec.crt'), key: openssl('pkey', '-in', 'ec.key') }
    const sources = { ...testSources(), now: () => new Date() }
    const policy = { keyBits: 2048, certificateDays: 30 }
    const [issued] = await issueAll(needs.slice(0, 1), authority, sources, policy)
    if (!issued) throw new Error('nothing was made')
    write('ec-leaf', issued.pair)
    expect(
      openssl('verify', '-x509_strict', '-purpose', 'sslserver', '-CAfile', 'ec.crt', 'ec-leaf.crt'),
    ).toBe('ec-leaf.crt: OK\n')
    expect(describeCertificate('ec-leaf')['signature']).toBe('ecdsa-with-SHA256')
  })

  it('have a P-256 key for clients of etcd, unless their curl or the profile requires RSA', async () => {
    const authority = {
      certificate: openssl('x509', '-in', 'etcd.crt'),
      key: openssl('pkey', '-in', 'etcd.key'),
    }
    const need = {
      machine: 'worker-1',
      kind: 'etcd-client' as const,
      commonName: 'worker-1',
      dnsNames: [],
      addresses: [],
      usages: ['client' as const],
    }
    const kindOf = async (keyType: { keyType?: 'p256' }, keyBits: number): Promise<string> => {
      const policy = { keyBits, certificateDays: 30 }
      const [issued] = await issueAll([{ ...need, ...keyType }], authority, systemSources, policy)
      if (!issued) throw new Error('nothing was made')
      write('client', issued.pair)
      const ofKey = openssl('pkey', '-in', 'client.key', '-pubout')
      expect(openssl('x509', '-in', 'client.crt', '-noout', '-pubkey')).toBe(ofKey)
      expect(
        openssl('verify', '-x509_strict', '-purpose', 'sslclient', '-CAfile', 'etcd.crt', 'client.crt'),
      ).toBe('client.crt: OK\n')
      return (
        /Public-Key: \((\d+ bit)\)/.exec(openssl('x509', '-in', 'client.crt', '-noout', '-text'))?.[1] ?? ''
      )
    }
    expect(await kindOf({ keyType: 'p256' }, 2048)).toBe('256 bit')
    expect(await kindOf({ keyType: 'p256' }, 3072)).toBe('3072 bit')
    expect(await kindOf({}, 2048)).toBe('2048 bit')
  })
})
