import { X509Certificate } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { Profile } from '../../src/profile/schema.ts'
import type { Bundle } from '../../src/secrets/bundle.ts'
import { parseBundle, serializeBundle } from '../../src/secrets/bundle.ts'
import { makeEnrolment } from '../../src/secrets/make.ts'
import { rotatable, rotate } from '../../src/secrets/rotate.ts'
import { applySync, hasWork, planSync, type SyncPlan } from '../../src/secrets/sync.ts'
import { testSources } from '../example.ts'
import { bundleOf, laterSources, recipient, wantedOf } from './bundle-of.ts'
import { etcdProfile } from './etcd-profile.ts'

const made = new Date('2026-01-01T00:00:00Z')
const days = (number: number): Date => new Date(made.getTime() + number * 24 * 60 * 60_000)
/** The certificates of the test bundle are valid for 30 days. */
const patient = (profile: Profile): void => void (profile.secrets = { warningDays: 5 })

const inline = (profile: Profile): void => void (profile.secrets = { warningDays: 5, delivery: 'inline' })

const bundle = await bundleOf(etcdProfile(patient))

const reasons = (plan: SyncPlan): string[] => [
  ...plan.certificates.flatMap(({ need, problems }) =>
    problems.map(({ kind, text }) => `${need.machine} ${need.kind}: ${kind}: ${text}`),
  ),
  ...plan.server.map(({ kind, text }) => `server: ${kind}: ${text}`),
  ...plan.authorities.flatMap(({ name, problems }) =>
    problems.map(({ kind, text }) => `${name}: ${kind}: ${text}`),
  ),
  ...plan.unused.map(({ machine, kind }) => `unused ${machine} ${kind}`),
]

function plan(change: (profile: Profile) => void, now = made, of: Bundle = bundle): SyncPlan {
  const profile = etcdProfile((changed) => {
    patient(changed)
    change(changed)
  })
  return planSync(of, wantedOf(profile), now)
}

const find = (profile: Profile, name: string) => {
  const machine = profile.machines.find((each) => each.name === name)
  if (!machine) throw new Error(name)
  return machine
}

describe('planSync', () => {
  it('has nothing to do for a complete bundle', () => {
    const nothing = plan(() => undefined)
    expect([reasons(nothing), hasWork(nothing, true)]).toEqual([[], false])
  })

  it('issues certificates for a new machine', () => {
    const added = plan((profile) => {
      profile.machines.push({ ...find(profile, 'worker-2'), name: 'worker-3', address: '10.10.10.53' })
    })
    // It makes its key itself.
    expect(reasons(added)).toEqual([])
  })

  it('a new machine, where seeds hold the secrets', () => {
    const added = plan((profile) => {
      profile.secrets = { ...profile.secrets, delivery: 'inline' }
      profile.machines.push({ ...find(profile, 'worker-2'), name: 'worker-3', address: '10.10.10.53' })
    })
    expect(reasons(added)).toEqual(['worker-3 etcd-client: missing: it does not exist yet'])
  })

  it('reissues certificates for another address', () => {
    const moved = plan((profile) => void (find(profile, 'etcd-2').address = '10.10.10.39'))
    const text = 'addresses: 10.10.10.39 is missing; 10.10.10.32 is no longer needed'
    expect(reasons(moved)).toEqual([
      `etcd-2 etcd-server: contents: ${text}`,
      `etcd-2 etcd-peer: contents: ${text}`,
    ])
  })

  it('treats a renamed machine as new, and the old one as unused', () => {
    const renamed = plan((profile) => void (find(profile, 'worker-2').name = 'worker-9'))
    expect(reasons(renamed)).toEqual(['unused worker-2 etcd-client'])
  })

  it('reissues only the certificates with names in another domain', () => {
    const moved = plan((profile) => void (profile.network.searchDomain = 'other.example'))
    expect(moved.certificates.map(({ need }) => `${need.machine} ${need.kind}`)).toEqual([
      'etcd-1 etcd-server',
      'etcd-1 etcd-peer',
      'etcd-2 etcd-server',
      'etcd-2 etcd-peer',
      'etcd-3 etcd-server',
      'etcd-3 etcd-peer',
    ])
  })

  it('reissues the certificate for another address of the server', () => {
    const moved = plan((profile) => void (profile.server = 'http://10.10.10.6:8080'))
    expect(reasons(moved)).toEqual([
      'server: contents: subject: CN=10.10.10.6 is missing; CN=10.10.10.5 is no longer needed',
      'server: contents: addresses: 10.10.10.6 is missing; 10.10.10.5 is no longer needed',
    ])
  })

  it('reissues within the warning period and after expiry, but not before', () => {
    // oxlint-disable-next-line unicorn/consistent-function-scoping -- it belongs to this test alone
    const kinds = (now: Date) =>
      new Set(reasons(plan(() => undefined, now)).map((text) => text.split(': ')[2]))
    expect(kinds(days(24))).toEqual(new Set())
    expect(kinds(days(25))).toEqual(new Set(['it expires on 2026-01-31']))
    expect(kinds(days(30))).toEqual(new Set(['it expired on 2026-01-31']))
  })

  it('reports a CA that expires soon, and leaves it unchanged', () => {
    const late = plan(() => undefined, new Date('2035-12-30T00:00:00Z'))
    expect(late.authorities.map(({ name, problems }) => [name, problems])).toEqual(
      ['kubernetes', 'frontProxy', 'etcd'].map((name) => [
        name,
        [{ kind: 'expiring', text: 'it expires on 2036-01-01' }],
      ]),
    )
  })

  it('keeps a certificate that expires with its CA, because a new one would too', async () => {
    const late = new Date('2035-12-27T00:00:00Z')
    const wanted = wantedOf(etcdProfile(patient))
    const renew = (now: Date) =>
      applySync(bundle, { ...planSync(bundle, wanted, now), server: [] }, wanted, {
        ...testSources(),
        now: () => now,
      })
    const renewed = await renew(late)
    for (const now of [late, new Date('2036-02-01T00:00:00Z')])
      expect(planSync(renewed, wanted, now).certificates).toEqual([])
    await expect(renew(new Date('2036-02-01T00:00:00Z'))).rejects.toThrow(
      'authority/etcd can no longer sign certificates: it expired on 2036-01-01',
    )
  })

  it('reissues a certificate made with a fast clock', () => {
    const early = plan(() => undefined, days(-400))
    const text = 'early: it is not valid before 2025-12-31, by the clock of this computer'
    expect(reasons(early).every((each) => each.endsWith(text))).toBe(true)
    // The certificate of the server is valid from 1970.
    expect(reasons(early)).toHaveLength(11 + 3)
  })

  it('reissues certificates for larger keys', () => {
    const larger = plan((profile) => void (profile.secrets = { warningDays: 5, keyBits: 3072 }))
    expect(reasons(larger)).toHaveLength(11 + 1 + 3)
    expect(reasons(larger)[0]).toBe(
      'etcd-1 etcd-server: small-key: its key has 2048 bits, but the profile requires 3072',
    )
  })

  it('reissues a certificate with the key of another', () => {
    const [one, other] = [bundle.secrets.machines['etcd-1'], bundle.secrets.machines['etcd-2']]
    const mixed = { ...one, 'etcd-peer': { ...one!['etcd-peer']!, key: other!['etcd-peer']!.key } }
    const machines = Object.assign(Object.create(null), bundle.secrets.machines, { 'etcd-1': mixed })
    const broken = { ...bundle, secrets: { ...bundle.secrets, machines } }
    expect(reasons(plan(() => undefined, made, broken))).toEqual([
      'etcd-1 etcd-peer: key: its key belongs to another certificate',
    ])
  })

  it('plans to encrypt to the recipients of the profile', () => {
    const other = 'age1p4fwtelcf5l5lyz3x3d3erq8hhmd0ac5tcpyjvaqjvw2ehvqsgxqwujk5k'
    // oxlint-disable-next-line unicorn/consistent-function-scoping -- it belongs to this test alone
    const listed = (...recipients: string[]) =>
      plan((profile) => void (profile.secrets = { warningDays: 5, recipients })).recipients
    expect(listed(recipient)).toBe(null)
    expect(listed(other)).toEqual({ add: [other], remove: [recipient] })
  })
})

async function apply(change: (profile: Profile) => void, prune = false): Promise<Bundle> {
  const profile = etcdProfile((changed) => {
    patient(changed)
    change(changed)
  })
  const wanted = wantedOf(profile)
  const sources = laterSources(days(1))
  const done = await applySync(bundle, planSync(bundle, wanted, days(1)), wanted, sources, { prune })
  expect(reasons(planSync(done, wanted, days(1))).filter((text) => !text.startsWith('unused'))).toEqual([])
  return done
}

/** What differs between two bundles, by place. */
function changes(one: unknown, other: unknown, place = ''): string[] {
  if (one === other) return []
  if (typeof one !== 'object' || typeof other !== 'object' || !one || !other) return [place]
  const keys = new Set([...Object.keys(one), ...Object.keys(other)])
  return [...keys].flatMap((key) =>
    changes(Reflect.get(one, key), Reflect.get(other, key), `${place}/${key}`),
  )
}

const encrypts = (profile: Profile) => void (profile.kubernetes.encryptionAtRest = {})

describe('the key for encryption at rest', () => {
  const older = { ...bundle, secrets: { ...bundle.secrets, encryptionKeys: [] } }

  it('is created if an older bundle has none, whether the profile uses it or not', async () => {
    expect([
      plan(() => undefined, made).encryptionKey,
      plan(() => undefined, made, older).encryptionKey,
      plan(encrypts, made, older).encryptionKey,
    ]).toEqual(['there', 'missing', 'needed'])
    const wanted = wantedOf(etcdProfile())
    const sources = { ...testSources(), random: (size: number) => Buffer.alloc(size, 7) }
    const alone = { ...planSync(older, wanted, made), certificates: [], server: [] }
    const done = await applySync(older, alone, wanted, sources)
    expect(changes(older, done)).toEqual(['/secrets/encryptionKeys/0'])
  })
})

describe('applySync', () => {
  it('changes only what the plan contains', async () => {
    const done = await apply((profile) => void (find(profile, 'etcd-2').address = '10.10.10.39'))
    expect(changes(bundle, done)).toEqual([
      '/secrets/machines/etcd-2/etcd-server/certificate',
      '/secrets/machines/etcd-2/etcd-server/key',
      '/secrets/machines/etcd-2/etcd-peer/certificate',
      '/secrets/machines/etcd-2/etcd-peer/key',
    ])
  })

  it('keeps what is no longer needed, and removes it on request', async () => {
    // oxlint-disable-next-line unicorn/consistent-function-scoping -- it belongs to this test alone
    const remove = (profile: Profile) => {
      profile.machines = profile.machines.filter(({ name }) => name !== 'constructor')
    }
    expect(changes(bundle, await apply(remove))).toEqual([])
    expect(changes(bundle, await apply(remove, true))).toEqual(['/secrets/machines/constructor'])
  })

  it('issues no certificate that outlives its CA', async () => {
    const wanted = wantedOf(etcdProfile((profile) => void (profile.secrets = { certificateDays: 3650 })))
    const late = new Date('2027-06-01T00:00:00Z')
    const plan = planSync(bundle, wanted, late)
    const few = { ...plan, certificates: plan.certificates.slice(0, 1), server: [] }
    const done = await applySync(bundle, few, wanted, laterSources(late))
    const { certificate } = done.secrets.machines['etcd-1']!['etcd-server']!
    expect(new X509Certificate(certificate).validTo).toBe('Jan  1 00:00:00 2036 GMT')
  })
})

describe('the CAs for enrolment', () => {
  const enrolled = wantedOf(etcdProfile(patient))
  const inline = wantedOf(
    etcdProfile((profile) => void (profile.secrets = { delivery: 'inline', warningDays: 5 })),
  )
  const { enrolment: _, ...others } = bundle.secrets
  const older: Bundle = { ...bundle, secrets: { ...others, enrolment: null } }
  const now = laterSources(days(1)).now()

  it('are created if the profile needs them, with a certificate for the server, and stay', async () => {
    expect(planSync(older, inline, now).enrolment).toBe('unneeded')
    const plan = planSync(older, enrolled, now)
    expect([plan.enrolment, hasWork(plan)]).toEqual(['needed', true])
    const done = await applySync(older, plan, enrolled, laterSources(days(1)))
    expect(changes(older, done).toSorted()).toEqual([
      '/secrets/enrolment',
      '/secrets/server/certificate',
      '/secrets/server/key',
    ])
    const { enrolment, server } = done.secrets
    const authority = new X509Certificate(enrolment!.serverAuthority.certificate)
    const certificate = new X509Certificate(server!.certificate)
    expect(certificate.checkIssued(authority) && certificate.verify(authority.publicKey)).toBe(true)
    // Machines verify it before anything has set their clocks.
    expect([authority.validFrom, certificate.validFrom]).toEqual(Array(2).fill('Jan  1 00:00:00 1970 GMT'))
    const again = planSync(done, enrolled, now)
    expect([again.enrolment, again.server, hasWork(again)]).toEqual(['there', [], false])
    const text = serializeBundle(done)
    expect(serializeBundle(parseBundle(text, 'secrets.age'))).toBe(text)
    // What is not needed any more does no harm.
    expect(hasWork(planSync(done, inline, now))).toBe(false)
  })
})

describe('rotate', () => {
  const policy = { keyBits: 2048 }

  it.each(rotatable)('replaces only %s', async (what) => {
    const sources = laterSources(days(1))
    const whole = { ...bundle.secrets, enrolment: await makeEnrolment(testSources(), policy) }
    const secrets = await rotate(whole, what, { ...sources, random: (size) => Buffer.alloc(size, 7) }, policy)
    const differing = Object.entries(secrets ?? {}).filter(
      ([key, value]) => Reflect.get(whole, key) !== value,
    )
    const expected: Record<string, string> = {
      'bootstrap-token': 'bootstrapToken',
      'certificate-key': 'certificateKey',
      'service-account': 'serviceAccount',
      'keepalived-password': 'keepalivedPassword',
      'conntrackd-key': 'conntrackdKey',
      'encryption-key': 'encryptionKeys',
      'old-encryption-keys': 'encryptionKeys',
    }
    expect(differing.map(([key]) => key)).toEqual([
      expected[what] ?? (what.startsWith('authority/') ? 'authorities' : what),
    ])
  })

  it('keeps old keys for encryption at rest, which still decrypt, until they are removed', async () => {
    const [old] = bundle.secrets.encryptionKeys
    const sources = { ...testSources(), random: (size: number) => Buffer.alloc(size, 7) }
    const rotated = await rotate(bundle.secrets, 'encryption-key', sources, policy)
    const fresh = Buffer.alloc(32, 7).toString('base64')
    expect(rotated?.encryptionKeys).toEqual([fresh, old])
    const forgotten = await rotate(rotated!, 'old-encryption-keys', sources, policy)
    expect(forgotten?.encryptionKeys).toEqual([fresh])
  })

  it('makes everything that a replaced CA of etcd signed stale, and nothing else', async () => {
    const secrets = await rotate(bundle.secrets, 'authority/etcd', laterSources(days(1)), policy)
    const stale = plan(() => undefined, days(1), { ...bundle, secrets: secrets! })
    expect(reasons(stale)).toEqual(
      wantedOf(etcdProfile()).needs.map(
        ({ machine, kind }) => `${machine} ${kind}: authority: its CA has been replaced`,
      ),
    )
  })

  it('replaces the certificates of a machine', async () => {
    const secrets = await rotate(bundle.secrets, 'machine/constructor', testSources(), policy)
    expect(reasons(plan(inline, made, { ...bundle, secrets: secrets! }))).toEqual([
      'constructor etcd-client: missing: it does not exist yet',
    ])
  })

  it.each(['machine/load-balancer-1', 'machine/toString', 'machine/', 'everything', ''])(
    'does not accept %s',
    async (what) => {
      expect(await rotate(bundle.secrets, what, testSources(), policy)).toBe(null)
    },
  )
})
