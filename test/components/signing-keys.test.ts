import { describe, expect, it } from 'vitest'
import type { Profile } from '../../src/profile/schema.ts'
import { distributions } from '../../src/distributions/index.ts'
import { assembleAll } from './runtime-cluster.ts'
import { changedCluster } from './host.ts'
import { textOf } from '../../src/templates/template.ts'

/* Which keys machines take: those that hakube knows, or those of the profile. On every distribution, for every repository. */

const kubernetes = 'DE15B14486CD377B9E876E1A234654DA9A296436'

type Change = (profile: Profile) => void

/** Calls of take-key in all steps of a node: file, address and fingerprints; and the key files that come with the seed. */
function keysOf({ name, version }: { name: string; version: string }, change: Change) {
  const cluster = changedCluster((profile) => {
    profile.distribution = { name, version }
    profile.kubernetes.version = '1.31.14'
    change(profile)
  })
  const assembly = assembleAll(cluster, cluster.workers[0]!)
  return {
    taken: assembly.steps.flatMap(({ script }) =>
      [...textOf(script).matchAll(/take-key (\S+) (\S+)(.*)$/gm)].map(([, file, address, rest = '']) => ({
        file,
        address,
        fingerprints: rest.trim().split(' '),
      })),
    ),
    carried: assembly.files
      .filter(({ path }) => /keyrings|rpm-gpg/.test(path))
      .map(({ path, content }) => [path, textOf(content)]),
    lists: assembly.files
      .filter(({ path }) => /yum\.repos\.d/.test(path))
      .flatMap(({ content }) => [...textOf(content).matchAll(/^gpgkey=(.*)(?:\n {4}(.*))?$/gm)])
      .flatMap(([, first, second]) => [first, ...(second === undefined ? [] : [second])]),
  }
}

const all = distributions.map((each) => [`${each.name} ${each.version}`, each] as const)

describe('keys of repositories', () => {
  it.each(all)('%s: must be the known ones of Kubernetes and Docker', (_, distribution) => {
    const { taken, carried, lists } = keysOf(distribution, (profile) => {
      profile.mirrors = { kubernetes: 'http://mirror.example.com/k8s' }
    })
    expect(carried).toEqual([])
    expect(taken.map(({ fingerprints }) => fingerprints)).toEqual([
      [
        distribution.family === 'debian'
          ? '9DC858229FC7DD38854AE2D88D81803C0EBFCD88'
          : '060A61C51B558A7F742B77AAC52FEB6B621E9F35',
      ],
      [kubernetes],
    ])
    expect(taken.at(-1)?.address).toMatch(/^http:\/\/mirror\.example\.com\/k8s\/v1\.\d+\//)
    // Never an address: dnf and yum would take whatever key is there.
    expect(lists.every((key) => key?.startsWith('file:///etc/pki/rpm-gpg/'))).toBe(true)
  })

  it.each(all)('%s: can be replaced by fingerprints or keys of the profile', (_, distribution) => {
    const text = '-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nabcd\n-----END PGP PUBLIC KEY BLOCK-----'
    const fingerprint = 'ab'.repeat(20)
    const { taken, carried } = keysOf(distribution, (profile) => {
      profile.mirrors = { keys: { kubernetes: text, docker: [fingerprint] } }
    })
    expect(taken.map(({ fingerprints }) => fingerprints)).toEqual([[fingerprint.toUpperCase()]])
    expect(carried.map(([, key]) => key)).toEqual([`${text}\n`])
  })

  const withNewerKernel = distributions.filter(({ newerKernels }) => newerKernels !== null)

  it.each(withNewerKernel.map((each) => [`${each.name} ${each.version}`, each] as const))(
    '%s: must be the known ones of ELRepo too',
    (_, distribution) => {
      const { taken, lists } = keysOf(distribution, (profile) => {
        profile.kernel = { package: 'elrepo-ml' }
      })
      const elrepo = taken.filter(({ file }) => file?.includes('elrepo'))
      expect(elrepo.map(({ address }) => address)).toEqual(distribution.newerKernels?.keys)
      expect(elrepo.map(({ fingerprints }) => fingerprints)).toEqual(
        elrepo.map(() => distribution.newerKernels?.fingerprints),
      )
      for (const { file } of elrepo) expect(lists).toContain(`file://${file}`)
    },
  )

  it('have fingerprints of 40 digits', () => {
    const fingerprints = distributions.flatMap((each) => [
      ...each.extraRepositories.flatMap((repository) => repository.fingerprints),
      ...(each.newerKernels?.fingerprints ?? []),
    ])
    expect(fingerprints.length).toBeGreaterThan(0)
    expect(fingerprints.filter((text) => !/^[0-9A-F]{40}$/.test(text))).toEqual([])
  })
})
