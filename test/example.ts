import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parse } from 'yaml'
import type { Cluster, Machine, System } from '../src/cluster/cluster.ts'
import { certificateNeeds, serverNeed } from '../src/cluster/certificate-needs.ts'
import {
  byArchitecture,
  ownMirror,
  ownSecurityMirror,
  securityBeside,
  type Architecture,
} from '../src/distributions/mirrors.ts'
import { resolve, resolveWithoutSecrets } from '../src/cluster/resolve.ts'
import type { Distribution } from '../src/distributions/distribution.ts'
import { Profile } from '../src/profile/schema.ts'
import type { Secrets } from '../src/secrets/secrets.ts'
import type { SecretSources } from '../src/secrets/sources.ts'
import { ephemeralSecrets } from '../src/secrets/ephemeral.ts'
import { pemBlock } from './support/pem.ts'
import { issueServer, makeEnrolment } from '../src/secrets/make.ts'

export const exampleNames = [
  'external-load-balancers',
  'load-balancers-on-control-planes',
  'rack-test',
] as const
export type ExampleName = (typeof exampleNames)[number]

/** The rest of profiles/: what they have in addition stands in docs/write-ups.md. */
export const writeUpNames = [
  'external-etcd',
  'external-load-balancers-centos-7',
  'flannel-service',
  'static-pods',
] as const
export type ProfileName = ExampleName | (typeof writeUpNames)[number]

/** Where packages of a distribution are; those of Red Hat are at nobody's but the operator's own. */
export const mirrorOf = ({ mirror }: Pick<Distribution, 'mirror'>): string =>
  mirror ?? 'http://mirror.example.com/rhel'

/** A profile's distribution, with what its install method needs. */
export const installedBy = (
  { name, version }: Pick<Distribution, 'name' | 'version'>,
  install: NonNullable<Profile['distribution']['install']>,
): Profile['distribution'] => {
  const asset = (architecture: string) => ({
    path: `images/${name}-${version}-${architecture}.raw.zst`,
    sha256: 'ab'.repeat(32),
  })
  const images = { amd64: asset('amd64'), arm64: asset('arm64') }
  return { name, version, install, ...(install === 'image' ? { images } : {}) }
}

/** Text of an example profile whose seeds contain the secrets, for what gets no further than a directory. */
export const inlineExample = (name: ProfileName): string =>
  `${readFileSync(exampleFile(name), 'utf8')}\nsecrets: {delivery: inline}\n`

/** Path of an example profile, for what reads files. */
export const exampleFile = (name: ProfileName): string =>
  fileURLToPath(new URL(`../profiles/${name}.yaml`, import.meta.url))

const readFixture = (file: string): string =>
  readFileSync(new URL(`fixtures/keys/${file}`, import.meta.url), 'utf8')

/** The private key in test/fixtures/keys/NAME.key as PEM. The file holds its base64 alone, so that no scanner reports it. */
export const privateKeyOf = (name: string): string =>
  `${pemBlock('RSA PRIVATE KEY', readFixture(`${name}.key`).trimEnd())}\n`
const machineKeys = Array.from({ length: 24 }, (_, index) => `machine-${String(index + 1).padStart(2, '0')}`)

/** Keys from test/fixtures/keys in a fixed order, a counter for randomness, a clock that stands still. */
export function testSources(
  names = ['kubernetes', 'front-proxy', 'etcd', 'service-account', ...machineKeys],
): SecretSources {
  const keys = names.values()
  let counter = 0
  const next = (): { privateKey: string; publicKey: string } => {
    const { value: name } = keys.next()
    if (name === undefined) throw new Error('test/fixtures/keys has no more keys')
    return { privateKey: privateKeyOf(name), publicKey: readFixture(`${name}.pub`) }
  }
  return {
    random(bytes) {
      const blocks: Buffer[] = []
      for (let length = 0; length < bytes; length += 32)
        blocks.push(createHash('sha256').update(`test ${counter++}`).digest())
      return Buffer.concat(blocks).subarray(0, bytes)
    },
    rsaKeyPair: () => Promise.resolve(next()),
    // Any stored key does where only its place matters.
    p256KeyPair: () => Promise.resolve(next()),
    now: () => new Date('2026-01-01T00:00:00Z'),
  }
}

/** Mirrors of a distribution, its own or at an address, as the cluster has them. */
export function mirrorsAt(distribution: Distribution, address?: string): System['mirrors'] {
  const security = (architecture: Architecture) =>
    address === undefined
      ? ownSecurityMirror(distribution, architecture)
      : securityBeside(distribution, address)
  return {
    distribution: byArchitecture(
      (architecture) => address ?? ownMirror(distribution, architecture) ?? mirrorOf(distribution),
    ),
    security:
      security('amd64') === null ? null : byArchitecture((architecture) => security(architecture) ?? ''),
  }
}

/** For formats that are tried without any. */
export const noKernelArguments = { kernelArguments: [] }

/** By which machines enrol: the same in every run. */
export const testEnrolment = await makeEnrolment(testSources(['enrolment-server', 'enrolment-machine']), {
  keyBits: 2048,
})

/** Where machines enrol, and what for, with the defaults. */
export const testDelivery: NonNullable<Cluster['enrolment']> = {
  url: 'https://10.10.10.5:8443',
  port: 8443,
  keyBits: 2048,
  certificateDays: 365,
  warningDays: 30,
}

/** The same in every run. */
export const testSecrets: Secrets = { ...(await ephemeralSecrets(testSources())), enrolment: testEnrolment }

/** Profile as the schema reads it: for tests that change something in it before it is resolved. */
export const exampleProfile = (name: ProfileName = 'external-load-balancers'): Profile =>
  Profile.parse(parse(readFileSync(exampleFile(name), 'utf8')))

/** One of profiles/*.yaml, resolved with `testSecrets`: the same in every run. */
export const exampleCluster = (name: ExampleName = 'external-load-balancers'): Cluster =>
  resolve(exampleProfile(name), new Map(), testSecrets)

/** The same cluster with something changed in the operating system of all machines. */
export function withSystem(cluster: Cluster, change: Partial<System>): Cluster {
  const changed = new Map<System, System>()
  const changedOf = (system: System): System => {
    const made = changed.get(system) ?? { ...system, ...change }
    changed.set(system, made)
    return made
  }
  const machines = new Map(
    cluster.machines.map((machine) => [machine, { ...machine, system: changedOf(machine.system) }]),
  )
  const among = (some: readonly Machine[]): Machine[] =>
    some.flatMap((machine) => machines.get(machine) ?? [])
  return {
    ...cluster,
    machines: [...machines.values()],
    controlPlanes: among(cluster.controlPlanes),
    workers: among(cluster.workers),
    balancers: among(cluster.balancers),
    etcd: { ...cluster.etcd, members: among(cluster.etcd.members) },
  }
}

/** The operating system of a cluster whose machines have the same. */
export const systemOf = (cluster: Cluster): System => cluster.machines[0]!.system

/** All that a cluster needs, 23 certificates of machines at most: the same in every run. */
export async function secretsFor(
  cluster: Omit<Cluster, 'secrets'>,
  sources: SecretSources = testSources(),
): Promise<Secrets> {
  const secrets = await ephemeralSecrets(sources, certificateNeeds(cluster))
  const policy = { keyBits: 2048, certificateDays: 30 }
  const server = await issueServer(serverNeed(cluster), sources, policy, testEnrolment.serverAuthority)
  return { ...secrets, server, enrolment: testEnrolment }
}

/** A profile resolved with all certificates that its machines need: the same in every run. */
export const testCluster = async (profile: Profile): Promise<Cluster> =>
  resolve(profile, new Map(), await secretsFor(resolveWithoutSecrets(profile, new Map())))

/** Of a machine that has a system disk with this name, and nothing else said about it. */
export const storageOn = (name: string): Machine['storage'] => ({
  disks: [{ by: 'name', name }],
  volumeGroup: null,
  volumes: [{ mount: '/', bytes: null, type: null, options: [], name: 'root' }],
  data: [],
})

/** Of a machine that has no disk. */
export const noStorage: Machine['storage'] = { ...storageOn(''), disks: [] }
