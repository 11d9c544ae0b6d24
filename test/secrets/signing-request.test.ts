import { generateKeyPairSync, X509Certificate } from 'node:crypto'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { certifyMachine } from '../../src/secrets/machine-certificate.ts'
import { makeEnrolment } from '../../src/secrets/make.ts'
import { readIssuer } from '../../src/secrets/sign.ts'
import { fingerprintOf, longestRequest, readRequest } from '../../src/secrets/signing-request.ts'
import { testSources } from '../example.ts'
import { makeKey, pemOf, requestDer, requestOf } from './request-of.ts'

const pair = makeKey()
const rsa = (modulusLength: number, publicExponent = 65_537) =>
  generateKeyPairSync('rsa', { modulusLength, publicExponent })

describe('a certificate request', () => {
  it('contains the key that it was signed with', () => {
    expect(readRequest(requestOf(pair))?.fingerprint).toBe(fingerprintOf(pair.publicKey))
    const other = rsa(2048)
    expect(readRequest(requestOf(other))?.fingerprint).toBe(fingerprintOf(other.publicKey))
  })

  it('is refused if it is signed with another key', () => {
    expect(readRequest(pemOf(requestDer(pair, makeKey().privateKey)))).toBeNull()
    expect(readRequest(pemOf(requestDer(pair, rsa(2048).privateKey)))).toBeNull()
  })

  it('is refused for keys that are too weak, or that no machine generates', () => {
    expect(readRequest(requestOf(rsa(1024)))).toBeNull()
    expect(readRequest(requestOf(rsa(2048, 3)))).toBeNull()
    expect(readRequest(requestOf(makeKey('secp384r1')))).toBeNull()
    expect(readRequest(pemOf(requestDer(pair, pair.privateKey, 1)))).toBeNull()
  })

  it('is refused if anything surrounds it, or it is too long', () => {
    const text = requestOf(pair)
    for (const wrong of [
      '',
      ` ${text}`,
      `${text}${text}`,
      text.replace('REQUEST', 'RESPONSE'),
      text.replace('\n', '\nName: value\n\n'),
      text.padEnd(longestRequest + 1, '\n'),
    ])
      expect(readRequest(wrong)).toBeNull()
  })

  it('is refused with any byte of it changed, left out or added', () => {
    const der = requestDer(pair)
    fc.assert(
      fc.property(
        fc.nat(der.length - 1),
        fc.integer({ min: 1, max: 255 }),
        fc.constantFrom('change', 'cut', 'add', 'end'),
        (at, bits, how) => {
          const changed =
            how === 'change'
              ? Buffer.from(der.map((byte, index) => (index === at ? byte ^ bits : byte)))
              : how === 'cut'
                ? Buffer.concat([der.subarray(0, at), der.subarray(at + 1)])
                : how === 'end'
                  ? der.subarray(0, at)
                  : Buffer.concat([der.subarray(0, at), Buffer.from([bits]), der.subarray(at)])
          expect(readRequest(pemOf(changed))).toBeNull()
        },
      ),
      { numRuns: 500 },
    )
  })

  it('never causes an exception, whatever the bytes', () => {
    const nested = Buffer.concat([Buffer.from('3082'.repeat(1500), 'hex')])
    expect(readRequest(pemOf(nested))).toBeNull()
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        expect(readRequest(pemOf(Buffer.from(bytes)))).toBeNull()
      }),
    )
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (text) => {
        expect(readRequest(text)).toBeNull()
      }),
    )
  })
})

describe('the certificate of a machine', () => {
  it('is for its key and name, is valid only for client authentication, and expires with the CA', async () => {
    const { machineAuthority } = await makeEnrolment(testSources(), { keyBits: 2048 })
    const notAfter = new Date(new X509Certificate(machineAuthority.certificate).validTo)
    const now = new Date('2026-01-01T00:00:00Z')
    for (const { publicKey } of [pair, rsa(2048)]) {
      const text = certifyMachine(
        { name: 'worker-1', publicKey, now, notAfter },
        readIssuer(machineAuthority),
      )
      const certificate = new X509Certificate(text)
      const authority = new X509Certificate(machineAuthority.certificate)
      expect(certificate.checkIssued(authority) && certificate.verify(authority.publicKey)).toBe(true)
      expect(certificate.publicKey.equals(publicKey)).toBe(true)
      expect({
        subject: certificate.subject,
        names: certificate.subjectAltName,
        usages: certificate.keyUsage,
        authority: certificate.ca,
        from: certificate.validFrom,
        until: certificate.validTo,
      }).toEqual({
        subject: 'CN=worker-1',
        names: undefined,
        usages: ['1.3.6.1.5.5.7.3.2'],
        authority: false,
        from: 'Dec 31 23:55:00 2025 GMT',
        until: authority.validTo,
      })
    }
  })
})
