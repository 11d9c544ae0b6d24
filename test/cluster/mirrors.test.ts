import { describe, expect, it } from 'vitest'
import type { Cluster } from '../../src/cluster/cluster.ts'
import { resolve } from '../../src/cluster/resolve.ts'
import type { Profile } from '../../src/profile/schema.ts'
import { exampleProfile, testSecrets, systemOf } from '../example.ts'

type Mirrors = NonNullable<Profile['mirrors']>

function clusterWith(
  [name, version]: [string, string],
  mirrors: Mirrors | undefined,
  architectures: ('amd64' | 'arm64')[] = ['amd64'],
): Cluster {
  const profile = exampleProfile()
  profile.distribution = { name, version }
  for (const [index, machine] of profile.machines.entries())
    machine.architecture = architectures[index % architectures.length]!
  if (mirrors) profile.mirrors = mirrors
  else delete profile.mirrors
  return resolve(profile, new Map(), testSecrets)
}

const shown = (cluster: Cluster) => ({
  ...systemOf(cluster).mirrors,
  facts: systemOf(cluster)
    .facts.filter(({ name }) => /^mirrors\.(?:distribution|security)$/.test(name))
    .map(({ name, value, from, reason }) => `${name}: ${value} (${from?.join('/') ?? reason})`),
})

describe('mirrors of packages', () => {
  it("are the distribution's own if the profile sets none", () => {
    expect(shown(clusterWith(['debian', '12'], undefined))).toMatchInlineSnapshot(`
      {
        "distribution": {
          "amd64": "https://deb.debian.org/debian",
          "arm64": "https://deb.debian.org/debian",
        },
        "facts": [
          "mirrors.distribution: https://deb.debian.org/debian (the mirror of Debian 12)",
          "mirrors.security: https://deb.debian.org/debian-security (the mirror of Debian 12)",
        ],
        "security": {
          "amd64": "https://deb.debian.org/debian-security",
          "arm64": "https://deb.debian.org/debian-security",
        },
      }
    `)
    expect(shown(clusterWith(['ubuntu', '24.04'], undefined, ['amd64', 'arm64']))).toMatchInlineSnapshot(`
      {
        "distribution": {
          "amd64": "http://archive.ubuntu.com/ubuntu",
          "arm64": "http://ports.ubuntu.com/ubuntu-ports",
        },
        "facts": [
          "mirrors.distribution: amd64 = http://archive.ubuntu.com/ubuntu, arm64 = http://ports.ubuntu.com/ubuntu-ports (the mirror of Ubuntu 24.04)",
          "mirrors.security: amd64 = http://security.ubuntu.com/ubuntu, arm64 = http://ports.ubuntu.com/ubuntu-ports (the mirror of Ubuntu 24.04)",
        ],
        "security": {
          "amd64": "http://security.ubuntu.com/ubuntu",
          "arm64": "http://ports.ubuntu.com/ubuntu-ports",
        },
      }
    `)
    expect(shown(clusterWith(['rocky', '9'], undefined))).toMatchInlineSnapshot(`
      {
        "distribution": {
          "amd64": "https://dl.rockylinux.org/pub/rocky",
          "arm64": "https://dl.rockylinux.org/pub/rocky",
        },
        "facts": [
          "mirrors.distribution: https://dl.rockylinux.org/pub/rocky (the mirror of Rocky Linux 9)",
        ],
        "security": null,
      }
    `)
  })

  it('contain the security updates too if the profile sets one', () => {
    expect(shown(clusterWith(['debian', '12'], { distribution: 'http://a.example/debian/' })))
      .toMatchInlineSnapshot(`
      {
        "distribution": {
          "amd64": "http://a.example/debian",
          "arm64": "http://a.example/debian",
        },
        "facts": [
          "mirrors.distribution: http://a.example/debian (mirrors/distribution)",
          "mirrors.security: http://a.example/debian-security (mirrors.distribution contains them too)",
        ],
        "security": {
          "amd64": "http://a.example/debian-security",
          "arm64": "http://a.example/debian-security",
        },
      }
    `)
  })

  it("are for each architecture those of the profile, or else the distribution's", () => {
    expect(
      shown(
        clusterWith(
          ['ubuntu', '24.04'],
          { distribution: { arm64: 'http://a.example/ports//' }, security: { amd64: 'http://b.example' } },
          ['amd64', 'arm64'],
        ),
      ),
    ).toMatchInlineSnapshot(`
      {
        "distribution": {
          "amd64": "http://archive.ubuntu.com/ubuntu",
          "arm64": "http://a.example/ports",
        },
        "facts": [
          "mirrors.distribution: amd64 = http://archive.ubuntu.com/ubuntu, arm64 = http://a.example/ports (mirrors/distribution)",
          "mirrors.security: amd64 = http://b.example, arm64 = http://a.example/ports (mirrors/security)",
        ],
        "security": {
          "amd64": "http://b.example",
          "arm64": "http://a.example/ports",
        },
      }
    `)
  })

  it('are shown as one address if the machines have one architecture', () => {
    const { facts } = shown(
      clusterWith(
        ['debian', '12'],
        { distribution: { amd64: 'http://a.example', arm64: 'http://b.example' } },
        ['arm64'],
      ),
    )
    expect(facts[0]).toBe('mirrors.distribution: http://b.example (mirrors/distribution)')
  })

  it('must be in the profile if packages need a subscription', () => {
    expect(() => clusterWith(['rhel', '9'], undefined)).toThrow('no mirror of Red Hat Enterprise Linux 9')
    expect(
      systemOf(clusterWith(['rhel', '9'], { distribution: { amd64: 'http://a.example/rhel' } })).mirrors
        .distribution,
    ).toEqual({ amd64: 'http://a.example/rhel', arm64: '' })
  })
})

describe('other mirrors', () => {
  const { mirrors, facts } = clusterWith(['debian', '12'], {
    kubernetes: 'http://k.example/core:/stable:/',
    images: {
      'docker.io': 'http://hub.example',
      'quay.io': { url: 'https://quay.example', username: 'u', passwordSecret: 'p' },
      'ghcr.io': { url: 'https://ghcr.example' },
    },
    repositories: { docker: 'http://d.example/' },
    keys: { docker: ['9DC858229FC7DD38854AE2D88D81803C0EBFCD88'], 'cri-o': '-----BEGIN PGP' },
  })

  it('have no trailing slash, separate logins, and keys as lists', () => {
    expect({ ...mirrors, distribution: null, security: null }).toEqual({
      distribution: null,
      security: null,
      kubernetes: 'http://k.example/core:/stable:',
      images: {
        'docker.io': 'http://hub.example',
        'quay.io': 'https://quay.example',
        'ghcr.io': 'https://ghcr.example',
      },
      logins: { 'quay.io': { username: 'u', passwordSecret: 'p' } },
      authorities: {},
      repositories: { docker: 'http://d.example' },
      keys: { docker: ['9DC858229FC7DD38854AE2D88D81803C0EBFCD88'], 'cri-o': ['-----BEGIN PGP'] },
    })
  })

  it('show fingerprints of keys in explain, and no complete key', () => {
    expect(facts.find(({ name }) => name === 'mirrors.keys')?.value).toBe(
      'docker = 9DC858229FC7DD38854AE2D88D81803C0EBFCD88, cri-o = a complete key',
    )
  })

  it('are empty if the profile sets none', () => {
    const without = clusterWith(['debian', '12'], undefined)
    expect([
      without.mirrors.images,
      without.mirrors.logins,
      without.mirrors.repositories,
      without.mirrors.keys,
    ]).toEqual([{}, {}, {}, {}])
    expect(without.facts.find(({ name }) => name === 'mirrors.images')).toEqual({
      name: 'mirrors.images',
      value: 'none',
      reason: 'images come from their own registries',
    })
  })
})
