import {
  type Arbitrary,
  assert,
  boolean,
  constantFrom,
  infiniteStream,
  integer,
  nat,
  pre,
  property,
  record,
  subarray,
} from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Cluster, Machine } from '../../src/cluster/cluster.ts'
import { resolve, resolveWithoutSecrets } from '../../src/cluster/resolve.ts'
import { assemble } from '../../src/assembly/assemble.ts'
import { machineFiles } from '../../src/assembly/first-boot.ts'
import { components } from '../../src/components/index.ts'
import { hasErrors } from '../../src/diagnostics/diagnostic.ts'
import { applyRules } from '../../src/profile/rules/index.ts'
import { type Profile, roles } from '../../src/profile/schema.ts'
import { machinePkiFiles } from '../../src/secrets/machine-files.ts'
import type { Secrets } from '../../src/secrets/secrets.ts'
import { compileMachine } from '../../src/installers/compile.ts'
import { textOf } from '../../src/templates/template.ts'
import { exampleProfile } from '../example.ts'
import { fakeSecrets } from './fake-secrets.ts'

/** Every secret of a cluster, by what it is; texts as they stand in files. */
function allSecrets(secrets: Secrets): Map<string, string> {
  const list = new Map([
    ['bootstrap token', secrets.bootstrapToken],
    ['certificate key', secrets.certificateKey],
    ['keepalived password', secrets.keepalivedPassword],
    ['conntrackd key', secrets.conntrackdKey],
    ...secrets.encryptionKeys.map((key, index) => [`encryption key ${index}`, key] as const),
    ['service account', keyBody(secrets.serviceAccount.privateKey)],
    ['server', keyBody(secrets.server?.key ?? '')],
  ])
  for (const [name, pair] of Object.entries(secrets.enrolment ?? {}))
    list.set(`enrolment ${name}`, keyBody(pair.key))
  for (const [name, pair] of Object.entries(secrets.authorities))
    list.set(`authority ${name}`, keyBody(pair.key))
  for (const [machine, certificates] of Object.entries(secrets.machines))
    for (const [kind, pair] of Object.entries(certificates)) list.set(`${machine} ${kind}`, keyBody(pair.key))
  return list
}

const keyBody = (key: string): string => key.split('\n').slice(1, -2).join('\n')

/** Who may hold what: the whole design, in one table. */
function allowed(what: string, machine: Machine, cluster: Omit<Cluster, 'secrets'>): boolean {
  const isNode = machine.role === 'control-plane' || machine.role === 'worker'
  const preplaced = cluster.kubernetes.certificates === 'preplaced'
  const holdsAuthorities = machine.initializes || (preplaced && machine.role === 'control-plane')
  switch (what) {
    case 'bootstrap token':
      return isNode
    case 'encryption key 0':
    case 'encryption key 1':
      return machine.role === 'control-plane'
    case 'certificate key':
      return machine.role === 'control-plane' && !preplaced
    // The others get them from the first, encrypted with the certificate key.
    case 'authority kubernetes':
    case 'authority frontProxy':
    case 'service account':
      return holdsAuthorities
    case 'authority etcd':
      return holdsAuthorities && cluster.etcd.placement === 'stacked'
    case 'keepalived password':
    case 'conntrackd key':
      return machine.balancesLoad
    case 'server':
    case 'enrolment serverAuthority':
    case 'enrolment machineAuthority':
      return false
    default:
      return what.startsWith(`${machine.name} `)
  }
}

/** All that a machine is given, as one text for each file: on the disk, and over the network. */
function* textsOf(
  cluster: Cluster,
  machine: Machine,
): Generator<{ path: string; text: string; isPublic: boolean }> {
  const assembly = assemble(components, cluster, machine)
  for (const file of machineFiles(cluster, assembly))
    yield { path: file.path, text: textOf(file.content), isPublic: false }
  // Where machines enrol, the seed is for everyone.
  for (const file of compileMachine(cluster, assembly))
    yield { path: file.path, text: file.body.toString('utf8'), isPublic: cluster.enrolment !== null }
}

function strays(cluster: Cluster): string[] {
  const secrets = [...allSecrets(cluster.secrets)]
  return cluster.machines.flatMap((machine) =>
    [...textsOf(cluster, machine)].flatMap(({ path, text, isPublic }) => {
      // In YAML a key is indented: without blanks it is the same text.
      const bare = text.replaceAll(/[ \t]+/g, '')
      return secrets
        .filter(([what, secret]) => bare.includes(secret) && (isPublic || !allowed(what, machine, cluster)))
        .map(([what]) => `${machine.name} (${machine.role}) ${path}: ${what}`)
    }),
  )
}

const names = ['constructor', 'toString', 'a', 'a-1', 'a-11', 'node', 'etcd', 'b2'] as const

/** Profiles with any number of machines of each role, any etcd placement and of load balancers. */
const anyProfile: Arbitrary<Profile> = record({
  counts: record({
    balancers: integer({ min: 0, max: 2 }),
    controlPlanes: constantFrom(1, 3),
    workers: integer({ min: 0, max: 3 }),
    etcd: constantFrom(0, 0, 1, 3),
  }),
  placement: constantFrom('stacked', 'control-plane', 'dedicated', undefined),
  clients: subarray([...roles]),
  order: infiniteStream(nat()).map((stream) => Array.from({ length: 12 }, () => stream.next().value)),
  suffix: constantFrom('', '-x', '1'),
  encrypts: boolean(),
  preplaced: boolean(),
  enrols: boolean(),
}).map(({ counts, placement, clients, order, suffix, encrypts, preplaced, enrols }) => {
  const profile = structuredClone(exampleProfile('external-load-balancers'))
  const list = [
    ...Array.from({ length: counts.balancers }, () => 'load-balancer' as const),
    ...Array.from({ length: counts.controlPlanes }, () => 'control-plane' as const),
    ...Array.from({ length: counts.workers }, () => 'worker' as const),
    ...Array.from({ length: counts.etcd }, () => 'etcd' as const),
  ]
  profile.machines = list
    .map((role, index) => ({ role, rank: order[index] ?? 0 }))
    .toSorted((one, other) => one.rank - other.rank)
    .map(({ role }, index) => ({
      name: `${names[index % names.length]?.toLowerCase()}${index >= names.length ? `-${index}` : suffix}`,
      role,
      mac: `52:54:00:00:01:${String(index + 10)}`,
      address: `10.10.10.${index + 30}`,
    }))
  if (enrols) profile.secrets = { delivery: 'enrolled' }
  if (preplaced) profile.kubernetes.certificates = 'preplaced'
  if (encrypts) profile.kubernetes.encryptionAtRest = {}
  profile.etcd = { clients, ...(placement ? { placement } : {}) }
  return profile
})

/** A profile that check refuses says nothing. */
const isGood = (profile: Profile): boolean => !hasErrors(applyRules({ profile, sources: new Map() }))

describe('the distribution of secrets', () => {
  it('gives no machine a secret that is not its own or shared by design', () => {
    let looked = 0
    assert(
      property(anyProfile, (profile) => {
        pre(isGood(profile))
        const bare = resolveWithoutSecrets(profile, new Map())
        const cluster = resolve(profile, new Map(), fakeSecrets(bare))
        looked += cluster.machines.length
        expect(strays(cluster)).toEqual([])
      }),
      { numRuns: 60 },
    )
    expect(looked).toBeGreaterThan(100)
  })

  it('finds a misplaced key, so the search itself works', () => {
    const profile = exampleProfile()
    const bare = resolveWithoutSecrets(profile, new Map())
    const secrets = fakeSecrets(bare)
    profile.files = [{ path: '/etc/stray', content: `x\n${secrets.authorities.etcd.key}`, mode: '0600' }]
    const holders = (delivery: 'inline' | 'enrolled') => {
      profile.secrets = { delivery }
      return new Set(strays(resolve(profile, new Map(), secrets)).map((text) => text.split(' ')[0]))
    }
    const machines = profile.machines.filter((_, index) => !bare.machines[index]?.initializes)
    expect(holders('inline')).toEqual(new Set(machines.map(({ name }) => name)))
    // Nobody may have it in what is public.
    expect(holders('enrolled')).toEqual(new Set(profile.machines.map(({ name }) => name)))
  })

  it('holds for export too, where each control plane may have what kubeadm would create', () => {
    assert(
      property(anyProfile, (profile) => {
        pre(isGood(profile))
        const cluster = resolveWithoutSecrets(profile, new Map())
        const secrets = fakeSecrets(cluster)
        for (const machine of cluster.machines) {
          const controlPlane = machine.role === 'control-plane'
          const files = machinePkiFiles(secrets, {
            name: machine.name,
            controlPlane,
            node: controlPlane || machine.role === 'worker',
            stackedEtcd: cluster.etcd.placement === 'stacked',
            etcdDirectory: '/etc/etcd/pki',
          })
          for (const [what, secret] of allSecrets(secrets)) {
            const holders = files.filter(({ content }) => content.includes(secret))
            const may = allowed(what, { ...machine, initializes: controlPlane }, cluster)
            expect({ what, strays: may ? [] : holders }).toEqual({ what, strays: [] })
            for (const { mode } of holders) expect(mode).toBe(0o600)
          }
        }
      }),
      { numRuns: 60 },
    )
  })
})
