import { describe, expect, it } from 'vitest'
import type { Distribution } from '../../src/distributions/distribution.ts'
import { unsupportedReleases } from '../../src/distributions/ended.ts'
import { distributions, findDistribution } from '../../src/distributions/index.ts'
import { architectures, ownMirror, ownSecurityMirror } from '../../src/distributions/mirrors.ts'
import { kubernetesReleases } from '../../src/distributions/kubernetes.ts'
import { compareVersions } from '../../src/text/versions.ts'

const nameOf = ({ name, version }: Distribution): string => `${name}-${version}`

describe('distributions', () => {
  it('are the expected ones', () => {
    expect(distributions.map(nameOf)).toEqual([
      'rocky-8',
      'rocky-9',
      'rocky-10',
      'almalinux-8',
      'almalinux-9',
      'almalinux-10',
      'centos-9',
      'centos-10',
      'rhel-8',
      'rhel-9',
      'rhel-10',
      'centos-7',
      'debian-12',
      'debian-13',
      'ubuntu-22.04',
      'ubuntu-24.04',
      'ubuntu-26.04',
    ])
  })

  it.each(distributions.map((distribution) => [nameOf(distribution), distribution] as const))(
    'have all facts of %s',
    async (name, distribution) => {
      await expect(`${JSON.stringify(distribution, null, 2)}\n`).toMatchFileSnapshot(
        `../fixtures/distributions/expected/${name}.json`,
      )
    },
  )

  it.each(distributions.map((distribution) => [nameOf(distribution), distribution] as const))(
    'have consistent facts of %s',
    (_, distribution) => {
      const rhel = distribution.family === 'rhel'
      expect(distribution.trees !== null).toBe(rhel)
      expect(distribution.codename !== null).toBe(!rhel)
      expect(distribution.packageManager === 'apt').toBe(!rhel)
      expect(distribution.installs.length).toBeGreaterThan(0)
      expect(distribution.mirror === null).toBe(distribution.name === 'rhel')
      const mirrors = architectures.flatMap((architecture) => [
        ownMirror(distribution, architecture) ?? [],
        ownSecurityMirror(distribution, architecture) ?? [],
      ])
      expect(mirrors.flat()).toHaveLength(rhel ? (distribution.mirror === null ? 0 : 2) : 4)
      const addresses = [...mirrors.flat(), ...distribution.extraRepositories.map((each) => each.key)]
      expect(addresses.filter((text) => !URL.canParse(text) || text.endsWith('/'))).toEqual([])
      expect(Object.keys(distribution.networkServices)).toEqual(distribution.installs)
      const last = distribution.lastKubernetes?.minor ?? '1.37'
      expect(kubernetesReleases.map((release) => release.minor)).toContain(last)
    },
  )

  it('do not allow new kubelets on old kernels and control groups', () => {
    const old = distributions.filter((each) => compareVersions(each.kernel, '4.19') < 0 || each.cgroups === 1)
    expect(old.map((each) => [nameOf(each), each.lastKubernetes?.minor])).toEqual([
      ['rocky-8', '1.31'],
      ['almalinux-8', '1.31'],
      ['rhel-8', '1.31'],
      ['centos-7', '1.31'],
    ])
  })
})

describe('findDistribution', () => {
  it('finds each by name and version', () => {
    expect(distributions.map(({ name, version }) => findDistribution(name, version))).toEqual(distributions)
  })

  it.each([
    ['rocky', '7'],
    ['Rocky', '9'],
    ['ubuntu', '24'],
    ['', ''],
  ])('does not find %s %s', (name, version) => {
    expect(findDistribution(name, version)).toBeNull()
  })
})

describe('releases that hakube does not install', () => {
  it('are distinct from those that it installs', () => {
    expect(
      unsupportedReleases.filter(({ name, version }) => findDistribution(name, version) !== null),
    ).toEqual([])
  })

  it('have a day when updates ended, or a reason', () => {
    for (const { endOfLife, remark } of unsupportedReleases)
      expect(endOfLife === null ? remark : endOfLife).toMatch(endOfLife === null ? /./ : /^20\d\d-\d\d-\d\d$/)
  })
})
