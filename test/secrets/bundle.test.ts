import { Refusal } from '../../src/diagnostics/refusal.ts'
import { describe, expect, it } from 'vitest'
import { parseBundle, serializeBundle } from '../../src/secrets/bundle.ts'
import { machineRecord } from '../../src/secrets/secrets.ts'
import { bundleOf } from './bundle-of.ts'
import { etcdProfile } from './etcd-profile.ts'

const bundle = await bundleOf(etcdProfile())
const text = serializeBundle(bundle)

function refusal(changed: string) {
  try {
    parseBundle(changed, 'secrets.age')
  } catch (fault) {
    if (fault instanceof Refusal) return fault.diagnostics.map(({ code, message }) => [code, message])
    throw fault
  }
  return null
}

/** The text with one thing in it changed. */
function changed(place: readonly string[], value: unknown): string {
  const document: object = JSON.parse(text)
  const holder = place.slice(0, -1).reduce((at, key) => Reflect.get(at, key) as object, document)
  Reflect.set(holder, place.at(-1) ?? '', value)
  return JSON.stringify(document)
}

/** PEM still, but its length is no longer needed. */
const spoiled = (pem: string): string => pem.replace('-----\nMII', '-----\nMIJ')

describe('serializeBundle', () => {
  it('is read back as it was', () => {
    expect(parseBundle(text, 'secrets.age')).toEqual(bundle)
    expect(serializeBundle(parseBundle(text, 'secrets.age'))).toBe(text)
  })

  it('is the same text for machines in another order', () => {
    const machines = machineRecord(Object.entries(bundle.secrets.machines).toReversed())
    expect(serializeBundle({ ...bundle, secrets: { ...bundle.secrets, machines } })).toBe(text)
  })

  it('refuses ephemeral secrets', () => {
    const secrets = { ...bundle.secrets, ephemeral: true }
    expect(() => serializeBundle({ ...bundle, secrets })).toThrow('ephemeral secrets must not be saved')
  })
})

describe('parseBundle', () => {
  it('reads a bundle from before there was encryption at rest', () => {
    const older: { encryptionKeys?: unknown } = JSON.parse(text)
    delete older.encryptionKeys
    const { secrets } = parseBundle(JSON.stringify(older), 'secrets.age')
    expect(secrets).toEqual({ ...bundle.secrets, encryptionKeys: [] })
  })

  it('returns machines that inherit nothing', () => {
    const { machines } = parseBundle(text, 'secrets.age').secrets
    expect(Object.keys(machines['constructor'] ?? {})).toEqual(['etcd-client'])
    expect([machines['toString'], machines['valueOf'], machines['__proto__']]).toEqual([
      undefined,
      undefined,
      undefined,
    ])
  })

  it.each([
    ['no JSON', 'x', 'secrets.age can be decrypted, but its content is not JSON'],
    [
      'another document',
      '{}',
      'secrets.age can be decrypted, but is not a secrets bundle: see $.format, $.version, $.cluster, $.recipients, $.authorities',
    ],
    [
      'a key that is none',
      changed(['serviceAccount', 'privateKey'], 'x'),
      'secrets.age can be decrypted, but is not a secrets bundle: see $.serviceAccount.privateKey',
    ],
    [
      'a certificate that only looks like one',
      changed(['authorities', 'etcd', 'certificate'], spoiled(bundle.secrets.authorities.etcd.certificate)),
      'secrets.age can be decrypted, but is not a secrets bundle: see $.authorities.etcd.certificate',
    ],
    [
      'a key that only looks like one',
      changed(['authorities', 'frontProxy', 'key'], spoiled(bundle.secrets.authorities.frontProxy.key)),
      'secrets.age can be decrypted, but is not a secrets bundle: see $.authorities.frontProxy.key',
    ],
    [
      'a reader that is none',
      changed(['recipients'], ['age1x']),
      'secrets.age can be decrypted, but is not a secrets bundle: see $.recipients[0]',
    ],
    [
      'something unknown',
      changed(['more'], 1),
      'secrets.age can be decrypted, but is not a secrets bundle: see $',
    ],
    [
      'a strange kind',
      changed(['machines', 'etcd-1', 'x'], {}),
      'secrets.age can be decrypted, but is not a secrets bundle: see $.machines.etcd-1',
    ],
    [
      'a strange name',
      changed(['machines', '../x'], {}),
      'secrets.age can be decrypted, but is not a secrets bundle: see $.machines["../x"]',
    ],
  ])('refuses %s', (_, given, message) => {
    expect(refusal(given)).toEqual([['secrets/content', message]])
  })

  it('reports that it is from a newer hakube', () => {
    expect(refusal(changed(['version'], 2))).toEqual([
      ['secrets/version', 'secrets.age has format 2, but this hakube reads format 1'],
    ])
  })
})
