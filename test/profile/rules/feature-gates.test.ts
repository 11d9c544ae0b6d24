import { describe, expect, it } from 'vitest'
import { gatesOf, hasGate, knownGates, lockedValue } from '../../../src/distributions/feature-gates/index.ts'
import { kubernetesReleases } from '../../../src/distributions/kubernetes.ts'
import { parseProfile } from '../../../src/profile/load.ts'
import { good, mistakes, replace } from '../mistakes.ts'

const withGates = (gates: string, version = '1.36.4'): [from: string, to: string] => [
  'version: "1.36.4"\n',
  `version: "${version}"\n  featureGates: {${gates}}\n`,
]
const headlines = (gates: string, version?: string): string[] =>
  mistakes(withGates(gates, version))
    .split('\n')
    .filter((line) => /^profile|^ {2}hint/.test(line))

describe('feature gates', () => {
  it('are accepted if the release has them, and so are the groups of all releases', () => {
    expect(mistakes(withGates('UserNamespacesSupport: true, AllAlpha: false, AllBeta: true'))).toBe('')
    expect(mistakes(withGates('TTLAfterFinished: true, csiMigrationRBD: true', '1.23.17'))).not.toContain(
      'feature-gate',
    )
  })
  it('are an error with the nearest name if no release has them', () => {
    expect(headlines('NodeSwaps: true, nodeSwap: true, Quux: false')).toMatchInlineSnapshot(`
      [
        "profile.yaml:45:18: error[feature-gates/unknown]: Kubernetes 1.36 has no feature gate NodeSwaps [$.kubernetes.featureGates.NodeSwaps]",
        "  hint: did you mean NodeSwap?",
        "profile.yaml:45:35: error[kubernetes/feature-gate]: "nodeSwap" is not a feature gate name [$.kubernetes.featureGates.nodeSwap]",
        "  hint: did you mean NodeSwap?",
        "profile.yaml:45:51: error[feature-gates/unknown]: Kubernetes 1.36 has no feature gate Quux [$.kubernetes.featureGates.Quux]",
        "  hint: remove it: a component with an unknown feature gate does not start",
      ]
    `)
  })
  it('are an error if only other releases have them', () => {
    expect(
      headlines(
        'CSIMigration: true, TTLAfterFinished: true, EphemeralContainers: true, GitRepoVolumeDriver: false, PodLevelResources: true',
        '1.31.14',
      ),
    ).toMatchInlineSnapshot(`
      [
        "profile.yaml:44:12: warning[kubernetes/end-of-life]: Kubernetes 1.31 has had no security updates since 2025-11-11 [$.kubernetes.version]",
        "  hint: use "1.37.1"",
        "profile.yaml:45:18: error[feature-gates/release]: Kubernetes 1.26 was the last with the feature gate CSIMigration, and this is 1.31: components do not start with it [$.kubernetes.featureGates.CSIMigration]",
        "  hint: remove it: the feature is always on",
        "profile.yaml:45:38: error[feature-gates/release]: Kubernetes 1.24 was the last with the feature gate TTLAfterFinished, and this is 1.31: components do not start with it [$.kubernetes.featureGates.TTLAfterFinished]",
        "  hint: remove it: the feature is always on",
        "profile.yaml:45:62: error[feature-gates/release]: Kubernetes 1.26 was the last with the feature gate EphemeralContainers, and this is 1.31: components do not start with it [$.kubernetes.featureGates.EphemeralContainers]",
        "  hint: remove it: the feature is always on",
        "profile.yaml:45:89: error[feature-gates/release]: Kubernetes 1.33 is the first with the feature gate GitRepoVolumeDriver, and this is 1.31: components do not start with it [$.kubernetes.featureGates.GitRepoVolumeDriver]",
        "  hint: remove it",
        "profile.yaml:45:117: error[feature-gates/release]: Kubernetes 1.32 is the first with the feature gate PodLevelResources, and this is 1.31: components do not start with it [$.kubernetes.featureGates.PodLevelResources]",
        "  hint: remove it",
      ]
    `)
  })
  it('accept only one value if the release locks them', () => {
    expect(headlines('SidecarContainers: false, GitRepoVolumeDriver: true', '1.36.4')).toMatchInlineSnapshot(`
      [
        "profile.yaml:45:37: error[feature-gates/locked]: SidecarContainers is always true since Kubernetes 1.33: components do not start with false [$.kubernetes.featureGates.SidecarContainers]",
        "  hint: remove it",
        "profile.yaml:45:65: error[feature-gates/locked]: GitRepoVolumeDriver is always false since Kubernetes 1.36: components do not start with true [$.kubernetes.featureGates.GitRepoVolumeDriver]",
        "  hint: remove it",
      ]
    `)
    expect(headlines('SidecarContainers: true, GitRepoVolumeDriver: false', '1.36.4')).toEqual([])
  })
  it('cause a warning in a newer release, unless the name is near a known one', () => {
    expect(headlines('Quux: true, NodeSwpa: true', '1.37.1')).toMatchInlineSnapshot(`
      [
        "profile.yaml:45:18: warning[feature-gates/unknown]: hakube does not know the feature gate Quux [$.kubernetes.featureGates.Quux]",
        "  hint: check its name: a component with an unknown feature gate does not start",
        "profile.yaml:45:30: error[feature-gates/unknown]: Kubernetes 1.37 has no feature gate NodeSwpa [$.kubernetes.featureGates.NodeSwpa]",
        "  hint: did you mean NodeSwap?",
      ]
    `)
  })
})

const released = kubernetesReleases.map(({ minor, lastPatch }) => ({
  minor,
  version: `${minor}.${lastPatch}`,
}))

describe('every feature gate', () => {
  it.each(released)('is judged in $minor', ({ minor, version }) => {
    const judge = (value: boolean): Map<string, string> => {
      const gates = [...knownGates.keys()].map((name) => `${name}: ${value}`).join(', ')
      const { diagnostics } = parseProfile(replace(good, withGates(gates, version)), 'profile.yaml')
      return new Map(
        diagnostics
          .filter(({ code }) => code.startsWith('feature-gates/'))
          .map(({ path, code }) => [String(path?.at(-1)), code]),
      )
    }
    const expected = (value: boolean): Map<string, string> =>
      new Map(
        [...knownGates].flatMap(([name, gate]): [string, string][] => {
          if (!hasGate(gate, minor)) return [[name, 'feature-gates/release']]
          const locked = lockedValue(gate, minor)
          return locked === null || locked === value ? [] : [[name, 'feature-gates/locked']]
        }),
      )
    expect(judge(true)).toEqual(expected(true))
    expect(judge(false)).toEqual(expected(false))
  })
  it('is never accepted silently with one wrong letter', () => {
    for (const { minor, version } of [released[0]!, released.at(-1)!]) {
      const misspelt = gatesOf(minor)
        .filter((_, index) => index % 5 === 0)
        .map((name) => `${name.slice(0, 4)}${name.slice(5)}`)
        .filter((name) => !knownGates.has(name))
      const { diagnostics } = parseProfile(
        replace(good, withGates(misspelt.map((name) => `${name}: true`).join(', '), version)),
        'profile.yaml',
      )
      const said = new Set(
        diagnostics.filter(({ severity }) => severity === 'error').map(({ path }) => String(path?.at(-1))),
      )
      expect(misspelt.filter((name) => !said.has(name))).toEqual([])
    }
  })
})
