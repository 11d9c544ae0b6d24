import { createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { authorityHash } from '../../src/secrets/authority-hash.ts'
import { systemSources } from '../../src/secrets/sources.ts'
import { ephemeralSecrets } from '../../src/secrets/ephemeral.ts'
import { testSecrets, testSources } from '../example.ts'
import { pemBegin } from '../support/pem.ts'

const authorities = Object.entries(testSecrets.authorities)

describe('ephemeralSecrets', () => {
  it('makes the same from the same sources', async () => {
    expect(await ephemeralSecrets(testSources())).toEqual({ ...testSecrets, enrolment: null })
  })

  it('makes these from the sources of the tests', async () => {
    const { authorities: made, ...others } = { ...testSecrets, enrolment: null }
    const certificates = Object.fromEntries(
      Object.entries(made).map(([name, pair]) => [name, pair.certificate]),
    )
    const shown = { ...others, serviceAccount: { publicKey: others.serviceAccount.publicKey }, certificates }
    await expect(`${JSON.stringify(shown, null, 2)}\n`).toMatchFileSnapshot(
      '../fixtures/secrets/expected/test-secrets.json',
    )
  })

  it('marks them as ephemeral', () => {
    expect(testSecrets.ephemeral).toBe(true)
  })

  it.each([
    ['kubernetes', 'kubernetes'],
    ['frontProxy', 'front-proxy-ca'],
    ['etcd', 'etcd-ca'],
  ] as const)('authority %s: a certificate like kubeadm makes', (name, commonName) => {
    const { certificate, key } = testSecrets.authorities[name]
    const parsed = new X509Certificate(certificate)
    expect({
      subject: parsed.subject,
      issuer: parsed.issuer,
      names: parsed.subjectAltName,
      ca: parsed.ca,
      validFrom: parsed.validFrom,
      validTo: parsed.validTo,
      signsItself: parsed.verify(parsed.publicKey),
      hasItsKey: parsed.checkPrivateKey(createPrivateKey(key)),
    }).toEqual({
      subject: `CN=${commonName}`,
      issuer: `CN=${commonName}`,
      names: `DNS:${commonName}`,
      ca: true,
      validFrom: 'Dec 31 23:55:00 2025 GMT',
      validTo: 'Jan  1 00:00:00 2036 GMT',
      signsItself: true,
      hasItsKey: true,
    })
  })

  it('gives no two CAs the same key or serial number', () => {
    const parsed = authorities.map(([, pair]) => new X509Certificate(pair.certificate))
    expect(new Set(parsed.map((each) => each.serialNumber)).size).toBe(3)
    expect(new Set(authorities.map(([, pair]) => pair.key)).size).toBe(3)
  })

  it('has a service account key pair that belongs together, in the forms that kubeadm reads', () => {
    const { publicKey, privateKey } = testSecrets.serviceAccount
    expect(createPublicKey(privateKey).export({ type: 'spki', format: 'pem' })).toBe(publicKey)
    expect([privateKey.split('\n')[0], publicKey.split('\n')[0]]).toEqual([
      pemBegin('RSA PRIVATE KEY'),
      pemBegin('PUBLIC KEY'),
    ])
  })

  it('discards bytes that would make some characters of the token more likely', async () => {
    const bytes = [255, 252, 251, 0, 9, 10, 35, 36]
    let next = 0
    const secrets = await ephemeralSecrets({
      ...testSources(),
      random: (length) => Buffer.from(Array.from({ length }, () => bytes[next++ % bytes.length] ?? 0)),
    })
    expect(secrets.bootstrapToken).toMatch(/^[z09a]{6}\.[z09a]{16}$/)
  })

  it('makes different ones each time from the sources of the machine', async () => {
    const [one, other] = await Promise.all([ephemeralSecrets(systemSources), ephemeralSecrets(systemSources)])
    for (const secrets of [one, other]) {
      expect(secrets.bootstrapToken).toMatch(/^[a-z0-9]{6}\.[a-z0-9]{16}$/)
      expect(secrets.certificateKey).toMatch(/^[0-9a-f]{64}$/)
      const { certificate, key } = secrets.authorities.kubernetes
      expect(new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key))).toBe(true)
    }
    expect(one.bootstrapToken).not.toBe(other.bootstrapToken)
    expect(one.certificateKey).not.toBe(other.certificateKey)
    expect(one.authorities.kubernetes.key).not.toBe(other.authorities.kubernetes.key)
  })
})

describe('authorityHash', () => {
  it('has the form that kubeadm reads', () => {
    expect(authorityHash(testSecrets.authorities.kubernetes.certificate)).toMatch(/^sha256:[0-9a-f]{64}$/)
  })
})
