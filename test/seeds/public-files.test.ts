import { describe, expect, it } from 'vitest'
import { assemble } from '../../src/assembly/assemble.ts'
import { machineFiles } from '../../src/assembly/first-boot.ts'
import type { Cluster } from '../../src/cluster/cluster.ts'
import { resolve, resolveWithoutSecrets } from '../../src/cluster/resolve.ts'
import { certificateNeeds, serverNeed } from '../../src/cluster/certificate-needs.ts'
import { components } from '../../src/components/index.ts'
import { secretValues } from '../../src/diff/mask.ts'
import { reportToken } from '../../src/secrets/report-token.ts'
import type { Secrets } from '../../src/secrets/secrets.ts'
import { makeEnrolment } from '../../src/secrets/make.ts'
import { siteFiles } from '../../src/site/build.ts'
import { textOf } from '../../src/templates/template.ts'
import {
  exampleNames,
  exampleProfile,
  type ProfileName,
  testSecrets,
  testSources,
  writeUpNames,
} from '../example.ts'

const command = 'a-word-that-nobody-may-read'
const own = { file: 'the text of a file that is secret', registry: 'password "of" a registry' }
const passwordHash = '$6$saltsaltsalt$hash0hash1hash2hash3hash4hash5'

const enrolment = await makeEnrolment(testSources(), { keyBits: 2048 })

/** Every machine of it has a secret of each kind that the profile knows. */
function clusterOf(name: ProfileName, delivery: 'inline' | 'enrolled'): Cluster {
  const profile = exampleProfile(name)
  profile.secrets = { delivery }
  profile.users = [{ name: 'ops', sshKeys: ['ssh-ed25519 AAAA ops'], passwordHash }]
  profile.commands = [{ name: 'own', run: `echo ${command}`, secret: true }]
  profile.files = [{ path: '/etc/own', fromSecret: 'file' }]
  if (profile.containerRuntime?.name !== 'docker')
    profile.mirrors = {
      ...profile.mirrors,
      images: {
        'quay.io': { url: 'https://quay.example.com', username: 'pull', passwordSecret: 'registry' },
      },
    }
  profile.kubernetes.encryptionAtRest = {}
  const bare = resolveWithoutSecrets(profile, new Map())
  // One pair for all: whose key is found somewhere does not matter here.
  const pair = testSecrets.authorities.etcd
  const machines: Record<string, Secrets['machines'][string]> = {}
  for (const { machine, kind } of certificateNeeds(bare))
    machines[machine] = { ...machines[machine], [kind]: pair }
  const server = { ...pair, certificate: serverNeed(bare).commonName }
  return resolve(profile, new Map(), { ...testSecrets, enrolment, server, machines, own })
}

/** A text in every place of a base64 text that it may begin in. */
const inBase64 = (text: string): string[] =>
  [0, 1, 2].map((shift) =>
    Buffer.from(' '.repeat(shift) + text)
      .toString('base64')
      .slice(shift === 0 ? 0 : 4, -4),
  )

const valuesOf = (cluster: Cluster): string[] => {
  // The first half of the token is its public name (kubernetes.io/docs/reference/access-authn-authz/bootstrap-tokens).
  const [tokenId = ''] = cluster.secrets.bootstrapToken.split('.')
  const values = [
    ...[...secretValues(cluster)].filter((value) => value !== tokenId),
    ...cluster.machines.map(({ macs }) => reportToken(cluster.secrets, macs[0])),
    command,
    passwordHash,
  ]
  return values.flatMap((value) => [value, ...(value.length > 15 ? inBase64(value) : [])])
}

const pathsOf = (cluster: Cluster) =>
  cluster.machines.map((machine) =>
    machineFiles(cluster, assemble(components, cluster, machine)).map(({ path, secret }) => ({
      path,
      secret: secret ?? false,
    })),
  )

/** Files that are there for enrolment, below hakube's own directories. */
const forEnrolment = new Set(['enrol', 'enrolment', 'secrets', 'secret-files', 'server-ca.crt', 'report'])

/** Without those that are there for enrolment alone. */
const others = (cluster: Cluster) =>
  pathsOf(cluster).map((files) =>
    files.filter(({ path }) => !forEnrolment.has(path.replace(/^\/(?:etc|usr\/libexec)\/hakube\//, ''))),
  )

/** Public files in which a secret stands. */
function leaks(cluster: Cluster): string[] {
  const values = valuesOf(cluster)
  return [...siteFiles(cluster)].flatMap(({ path, body }) => {
    const text = body.toString('utf8')
    return values.some((value) => text.includes(value)) ? [path] : []
  })
}

describe.each([...exampleNames, ...writeUpNames])('%s', (name) => {
  const enrolled = clusterOf(name, 'enrolled')

  it('has no secret in any file that a stranger can fetch, where machines enrol', () => {
    expect(leaks(enrolled)).toEqual([])
    expect([...siteFiles(enrolled)].filter(({ secret }) => secret).map(({ path }) => path)).toEqual([])
  })

  it('has secrets in every seed without enrolment, so the search finds them', () => {
    const inline = clusterOf(name, 'inline')
    expect(leaks(inline)).toEqual(inline.machines.map(({ macs }) => `seed/${macs[0]}/user-data`))
  })

  it('gives a machine that enrols everything that it gets without enrolment', () => {
    expect(others(enrolled)).toEqual(others(clusterOf(name, 'inline')))
    const machine = enrolled.machines[0]!
    const files = machineFiles(enrolled, assemble(components, enrolled, machine))
    const list = files.find(({ path }) => path === '/etc/hakube/secret-files')!
    expect(textOf(list.content)).toBe(
      files
        .filter(({ secret }) => secret)
        .map(({ path }) => `${path}\n`)
        .toSorted()
        .join(''),
    )
  })
})
