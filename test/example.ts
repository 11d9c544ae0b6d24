import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parse } from 'yaml'
import type { Cluster } from '../src/cluster/cluster.ts'
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
import { throwAwaySecrets } from '../src/secrets/throw-away.ts'

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

/** Path of an example profile, for what reads files. */
export const exampleFile = (name: ProfileName): string =>
  fileURLToPath(new URL(`../profiles/${name}.yaml`, import.meta.url))

const readKey = (file: string): string =>
  readFileSync(new URL(`fixtures/keys/${file}`, import.meta.url), 'utf8')

/** Keys from test/fixtures/keys in a fixed order, a counter for randomness, a clock that stands still. */
export function testSources(): SecretSources {
  const machineKeys = Array.from(
    { length: 24 },
    (_, index) => `machine-${String(index + 1).padStart(2, '0')}`,
  )
  const keys = ['kubernetes', 'front-proxy', 'etcd', 'service-account', ...machineKeys].values()
  let counter = 0
  return {
    random(bytes) {
      const blocks: Buffer[] = []
      for (let length = 0; length < bytes; length += 32)
        blocks.push(createHash('sha256').update(`test ${counter++}`).digest())
      return Buffer.concat(blocks).subarray(0, bytes)
    },
    async rsaKeyPair() {
      const { value: name } = keys.next()
      if (name === undefined) throw new Error('test/fixtures/keys has no more keys')
      return { privateKey: readKey(`${name}.key`), publicKey: readKey(`${name}.pub`) }
    },
    now: () => new Date('2026-01-01T00:00:00Z'),
  }
}

/** Mirrors of a distribution, its own or at an address, as the cluster has them. */
export function mirrorsAt(
  distribution: Distribution,
  address?: string,
): Pick<Cluster['mirrors'], 'distribution' | 'security'> {
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

/** The same in every run. */
export const testSecrets: Secrets = await throwAwaySecrets(testSources())

/** Profile as the schema reads it: for tests that change something in it before it is resolved. */
export const exampleProfile = (name: ProfileName = 'external-load-balancers'): Profile =>
  Profile.parse(parse(readFileSync(exampleFile(name), 'utf8')))

/** One of profiles/*.yaml, resolved with `testSecrets`: the same in every run. */
export const exampleCluster = (name: ExampleName = 'external-load-balancers'): Cluster =>
  resolve(exampleProfile(name), new Map(), testSecrets)

/** A profile resolved with all certificates that its machines need, 23 of them at most: the same in every run. */
export async function testCluster(profile: Profile): Promise<Cluster> {
  const cluster = resolveWithoutSecrets(profile, new Map())
  const secrets = await throwAwaySecrets(testSources(), certificateNeeds(cluster), serverNeed(cluster))
  return resolve(profile, new Map(), secrets)
}
