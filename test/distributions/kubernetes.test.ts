import { describe, expect, it } from 'vitest'
import {
  judgeKubernetesVersion,
  kubernetesReleases,
  oldestEtcd,
  parseKubernetesVersion,
} from '../../src/distributions/kubernetes.ts'

describe('kubernetesReleases', () => {
  it('has each minor once, oldest first', () => {
    const minors = kubernetesReleases.map((release) => release.minor)
    expect(minors).toEqual(Array.from({ length: minors.length }, (_, index) => `1.${20 + index}`))
  })

  it('has packages from 1.24 on', () => {
    expect(kubernetesReleases.filter((release) => !release.packages).map((release) => release.minor)).toEqual(
      ['1.20', '1.21', '1.22', '1.23'],
    )
  })

  it('ends one release after the other', () => {
    const ends = kubernetesReleases.map((release) => release.endOfLife)
    expect(ends).toEqual(ends.toSorted())
    // Also where nobody has said yet which patch was the last.
    const ended = kubernetesReleases.filter((release) => release.ended).map((release) => release.minor)
    expect(ended.slice(-3)).toEqual(['1.32', '1.33', '1.34'])
  })
})

describe('parseKubernetesVersion', () => {
  it.each([
    ['1.36.4', { minor: '1.36', patch: 4 }],
    ['v1.20.15', { minor: '1.20', patch: 15 }],
    ['1.35.0', { minor: '1.35', patch: 0 }],
    ['1.36', null],
    ['1.36.04', null],
    ['2.0.0', null],
    ['1.36.4-rc.1', null],
    ['1.36.x', null],
    ['latest', null],
    ['', null],
  ])('%j', (text, expected) => {
    expect(parseKubernetesVersion(text)).toEqual(expected)
  })
})

describe('judgeKubernetesVersion', () => {
  it.each([
    ['1.36.4', 'known'],
    ['1.36.0', 'known'],
    ['1.31.14', 'known'],
    ['1.36.40', 'newer'],
    ['1.33.14', 'newer'],
    ['1.38.0', 'newer'],
    ['1.100.0', 'newer'],
    ['1.31.15', 'impossible'],
    ['1.19.3', 'impossible'],
    ['1.9.0', 'impossible'],
    ['1.36', 'malformed'],
    ['stable', 'malformed'],
  ])('%s: %s', (version, state) => {
    expect(judgeKubernetesVersion(version).state).toBe(state)
  })
})

it.each([
  ['1.22', 5, '3.4.0'],
  ['1.28', 0, '3.4.13'],
  ['1.30', 14, '3.4.13'],
  ['1.31', 13, '3.4.13'],
  ['1.31', 14, '3.5.24'],
  ['1.34', 1, '3.4.13'],
  ['1.34', 2, '3.5.24'],
  ['1.35', 0, '3.5.24'],
  ['1.99', 0, '3.5.24'],
])('Kubernetes %s.%i takes etcd from %s on', (minor, patch, oldest) => {
  expect(oldestEtcd(minor, patch)).toBe(oldest)
})
