import { describe, expect, it } from 'vitest'
import { mistakes } from '../mistakes.ts'

const debian: [string, string][] = [
  ['name: rocky', 'name: debian'],
  ['version: "9"', 'version: "12"'],
]
const from = (packages: string): [string, string] => [
  'kubernetes:\n',
  `containerRuntime:\n  packages: ${packages}\nkubernetes:\n`,
]
const ownMirror: [string, string] = [
  'users:\n',
  'mirrors:\n  kubernetes: http://10.10.10.5/kubernetes\nusers:\n',
]

describe('container runtime', () => {
  it('a Kubernetes that is too old for the only containerd there is', () => {
    expect(mistakes(['1.36.4', '1.20.15'], ownMirror)).toMatchInlineSnapshot(`
      "profile.yaml:44:12: warning: Kubernetes 1.20 has had no security updates since 2022-02-28 [$.kubernetes.version]
         44 |   version: "1.20.15"
            |            ^^^^^^^^^
        hint: take "1.37.1"
        source: https://kubernetes.io/releases/

      profile.yaml:44:12: error: Kubernetes 1.20 can not talk to containerd 2 (containerd.io) [$.kubernetes.version]
         44 |   version: "1.20.15"
            |            ^^^^^^^^^
        hint: take Kubernetes 1.23 or later, or a distribution with a containerd of its own
        source: https://github.com/containerd/containerd/blob/main/docs/containerd-2.0.md
      "
    `)
  })
  it("a Kubernetes that is too old for Docker's containerd", () => {
    expect(mistakes(...debian, ['1.36.4', '1.20.15'], from('docker'), ownMirror)).toMatchInlineSnapshot(`
      "profile.yaml:44:13: error: Kubernetes 1.20 can not talk to containerd 2 (containerd.io) [$.containerRuntime.packages]
         44 |   packages: docker
            |             ^^^^^^
        hint: write distribution, or remove packages
        source: https://github.com/containerd/containerd/blob/main/docs/containerd-2.0.md

      profile.yaml:46:12: warning: Kubernetes 1.20 has had no security updates since 2022-02-28 [$.kubernetes.version]
         46 |   version: "1.20.15"
            |            ^^^^^^^^^
        hint: take "1.37.1"
        source: https://kubernetes.io/releases/
      "
    `)
  })
  it("no word about it where the distribution's own can be had", () => {
    expect(mistakes(...debian, ['1.36.4', '1.20.15'], ownMirror)).toMatchInlineSnapshot(`
      "profile.yaml:44:12: warning: Kubernetes 1.20 has had no security updates since 2022-02-28 [$.kubernetes.version]
         44 |   version: "1.20.15"
            |            ^^^^^^^^^
        hint: take "1.37.1"
        source: https://kubernetes.io/releases/
      "
    `)
  })
  it("a Kubernetes that is too new for the distribution's containerd", () => {
    expect(mistakes(...debian, from('distribution'))).toMatchInlineSnapshot(`
      "profile.yaml:44:13: error: the containerd of Debian 12 is too old for Kubernetes 1.36 [$.containerRuntime.packages]
         44 |   packages: distribution
            |             ^^^^^^^^^^^^
        hint: write docker, or remove packages
        source: https://containerd.io/releases/#kubernetes-support
      "
    `)
  })
  it('a distribution without a containerd', () => {
    expect(mistakes(from('distribution'))).toMatchInlineSnapshot(`
      "profile.yaml:44:13: error: Rocky Linux 9 has no containerd among its own packages [$.containerRuntime.packages]
         44 |   packages: distribution
            |             ^^^^^^^^^^^^
        hint: write docker
      "
    `)
  })
})
