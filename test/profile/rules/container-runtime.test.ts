import { describe, expect, it } from 'vitest'
import { mistakes, mistakesWith } from '../mistakes.ts'

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
  it('reports a Kubernetes that is too old for the only containerd there is', () => {
    expect(mistakes(['1.36.4', '1.20.15'], ownMirror)).toMatchInlineSnapshot(`
      "profile.yaml:44:12: warning[kubernetes/end-of-life]: Kubernetes 1.20 has had no security updates since 2022-02-28 [$.kubernetes.version]
         44 |   version: "1.20.15"
            |            ^^^^^^^^^
        hint: use "1.37.1"
        source: https://kubernetes.io/releases/

      profile.yaml:44:12: error[container-runtime/too-new]: Kubernetes 1.20 cannot talk to containerd 2 (containerd.io) [$.kubernetes.version]
         44 |   version: "1.20.15"
            |            ^^^^^^^^^
        hint: use Kubernetes 1.23 or later, or a distribution that packages containerd
        source: https://github.com/containerd/containerd/blob/main/docs/containerd-2.0.md
      "
    `)
  })
  it("reports a Kubernetes that is too old for Docker's containerd", () => {
    expect(mistakes(...debian, ['1.36.4', '1.20.15'], from('docker'), ownMirror)).toMatchInlineSnapshot(`
      "profile.yaml:44:13: error[container-runtime/too-new]: Kubernetes 1.20 cannot talk to containerd 2 (containerd.io) [$.containerRuntime.packages]
         44 |   packages: docker
            |             ^^^^^^
        hint: write distribution, or remove packages
        source: https://github.com/containerd/containerd/blob/main/docs/containerd-2.0.md

      profile.yaml:46:12: warning[kubernetes/end-of-life]: Kubernetes 1.20 has had no security updates since 2022-02-28 [$.kubernetes.version]
         46 |   version: "1.20.15"
            |            ^^^^^^^^^
        hint: use "1.37.1"
        source: https://kubernetes.io/releases/
      "
    `)
  })
  it('accepts it if the distribution has its own containerd', () => {
    expect(mistakes(...debian, ['1.36.4', '1.20.15'], ownMirror)).toMatchInlineSnapshot(`
      "profile.yaml:44:12: warning[kubernetes/end-of-life]: Kubernetes 1.20 has had no security updates since 2022-02-28 [$.kubernetes.version]
         44 |   version: "1.20.15"
            |            ^^^^^^^^^
        hint: use "1.37.1"
        source: https://kubernetes.io/releases/
      "
    `)
  })
  it("warns about a Kubernetes that will soon be too new for the distribution's containerd", () => {
    expect(mistakes(...debian, ['1.36.4', '1.35.9'], from('distribution'))).toBe('')
    expect(mistakes(...debian, from('distribution'))).toMatchInlineSnapshot(`
      "profile.yaml:44:13: warning[container-runtime/last-releases]: Kubernetes 1.37 is the last to support containerd 1.x, which Debian 12 packages [$.containerRuntime.packages]
         44 |   packages: distribution
            |             ^^^^^^^^^^^^
        hint: write docker, or remove packages: containerd 2 is tested with this Kubernetes, and 1.7 ended in September 2026
        source: https://github.com/kubernetes/kubernetes/pull/139121
      "
    `)
  })
  it("reports a Kubernetes that is too new for the distribution's containerd", () => {
    expect(mistakes(...debian, ['1.36.4', '1.38.0'], from('distribution'))).toMatchInlineSnapshot(`
      "profile.yaml:44:13: error[container-runtime/too-old]: the kubelet 1.38 does not start with containerd 1.x, which Debian 12 packages [$.containerRuntime.packages]
         44 |   packages: distribution
            |             ^^^^^^^^^^^^
        hint: write docker, or remove packages
        source: https://github.com/kubernetes/kubernetes/pull/139121

      profile.yaml:46:12: warning[kubernetes/newer]: Kubernetes 1.38.0 is newer than this hakube, which knows 1.37.1 [$.kubernetes.version]
         46 |   version: "1.38.0"
            |            ^^^^^^^^
        hint: use "1.37.1", or try it on a test cluster first
        source: https://kubernetes.io/releases/
      "
    `)
  })
  it('reports a distribution without a containerd', () => {
    expect(mistakes(from('distribution'))).toMatchInlineSnapshot(`
      "profile.yaml:44:13: error[container-runtime/no-package]: Rocky Linux 9 does not package containerd [$.containerRuntime.packages]
         44 |   packages: distribution
            |             ^^^^^^^^^^^^
        hint: write docker
      "
    `)
  })
})

const cri =
  '{ path: cri-dockerd.tgz, sha256: 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef }'

describe('CRI-O', () => {
  it('accepts CRI-O, and Docker with cri-dockerd', () => {
    expect(mistakesWith('containerRuntime:\n  name: cri-o\n')).toBe('')
    expect(mistakesWith(`containerRuntime:\n  name: docker\n  criDockerd: ${cri}\n`)).toBe('')
  })
  it('reports CRI-O for a Kubernetes before its packages, and settings that it does not use', () => {
    expect(
      mistakes(
        ['1.36.4', '1.27.16'],
        ['users:\n', `containerRuntime:\n  name: cri-o\n  packages: docker\n  criDockerd: ${cri}\nusers:\n`],
      ),
    ).toMatchInlineSnapshot(`
      "profile.yaml:44:12: warning[kubernetes/end-of-life]: Kubernetes 1.27 has had no security updates since 2024-07-16 [$.kubernetes.version]
         44 |   version: "1.27.16"
            |            ^^^^^^^^^
        hint: use "1.37.1"
        source: https://kubernetes.io/releases/

      profile.yaml:46:9: error[container-runtime/no-package]: there are no packages of CRI-O 1.27 [$.containerRuntime.name]
         46 |   name: cri-o
            |         ^^^^^
        hint: use Kubernetes 1.28 or later, or write name: containerd
        source: https://github.com/cri-o/packaging#stable-versions

      profile.yaml:47:3: warning[container-runtime/unused]: packages has no effect: CRI-O packages always come from the CRI-O project [$.containerRuntime.packages]
         47 |   packages: docker
            |   ^^^^^^^^
        hint: remove packages

      profile.yaml:48:3: warning[container-runtime/unused]: criDockerd has no effect: only Docker uses cri-dockerd [$.containerRuntime.criDockerd]
         48 |   criDockerd: { path: cri-dockerd.tgz, sha256: 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcd…
            |   ^^^^^^^^^^
        hint: remove criDockerd
      "
    `)
  })
  it('reports mirrors that Docker does not support', () => {
    expect(
      mistakesWith(
        'containerRuntime:\n  name: cri-o\nmirrors:\n  images: { _default: http://10.10.10.5, quay.io: http://10.10.10.5/quay }\n',
      ),
    ).toMatchInlineSnapshot(`
      "profile.yaml:52:13: error[mirrors/default]: CRI-O does not support one mirror for all registries [$.mirrors.images._default]
         52 |   images: { _default: http://10.10.10.5, quay.io: http://10.10.10.5/quay }
            |             ^^^^^^^^
        hint: write one mirror for each registry
        source: containers-registries.conf(5)
      "
    `)
  })
})

describe('Docker', () => {
  it('reports Docker without cri-dockerd, of a distribution without Docker', () => {
    expect(mistakesWith('containerRuntime:\n  name: docker\n  packages: distribution\n'))
      .toMatchInlineSnapshot(`
        "profile.yaml:50:9: error[container-runtime/no-cri-dockerd]: the kubelet 1.36 does not talk to Docker directly: it needs cri-dockerd [$.containerRuntime.name]
           50 |   name: docker
              |         ^^^^^^
          hint: set criDockerd with path and sha256 of a release from https://github.com/Mirantis/cri-dockerd/releases
          source: https://kubernetes.io/blog/2022/02/17/dockershim-faq/

        profile.yaml:51:13: error[container-runtime/no-package]: Rocky Linux 9 does not package Docker [$.containerRuntime.packages]
           51 |   packages: distribution
              |             ^^^^^^^^^^^^
          hint: write docker
        "
      `)
  })
  it('reports cri-dockerd if the kubelet talks to Docker directly', () => {
    expect(
      mistakes(
        ['1.36.4', '1.23.17'],
        ['users:\n', `containerRuntime:\n  name: docker\n  criDockerd: ${cri}\nusers:\n`],
        ownMirror,
      ),
    ).toMatchInlineSnapshot(`
      "profile.yaml:44:12: warning[kubernetes/end-of-life]: Kubernetes 1.23 has had no security updates since 2023-02-28 [$.kubernetes.version]
         44 |   version: "1.23.17"
            |            ^^^^^^^^^
        hint: use "1.37.1"
        source: https://kubernetes.io/releases/

      profile.yaml:47:3: warning[container-runtime/unused]: criDockerd has no effect: the kubelet 1.23 talks to Docker directly [$.containerRuntime.criDockerd]
         47 |   criDockerd: { path: cri-dockerd.tgz, sha256: 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcd…
            |   ^^^^^^^^^^
        hint: remove criDockerd
      "
    `)
  })
  it('reports mirrors and a file of the profile that would not be used', () => {
    expect(
      mistakesWith(
        `containerRuntime:\n  name: docker\n  criDockerd: ${cri}\nmirrors:\n  images: { docker.io: "https://mirror.example.com/hub", quay.io: "https://mirror.example.com" }\n  repositories: { docker: http://10.10.10.5/docker, crio: http://10.10.10.5 }\nfiles:\n  - { path: /etc/docker/daemon.json, content: "{}" }\n`,
      ),
    ).toMatchInlineSnapshot(`
      "profile.yaml:53:24: error[mirrors/docker-path]: Docker does not support a mirror with a path [$.mirrors.images["docker.io"]]
         53 |   images: { docker.io: "https://mirror.example.com/hub", quay.io: "https://mirror.example.com" }
            |                        ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        hint: write only scheme, host and port
        source: https://github.com/moby/moby/blob/master/daemon/pkg/registry/config.go

      profile.yaml:53:58: warning[mirrors/docker]: Docker uses mirrors only for docker.io, not for quay.io [$.mirrors.images["quay.io"]]
         53 |   images: { docker.io: "https://mirror.example.com/hub", quay.io: "https://mirror.example.com" }
            |                                                          ^^^^^^^
        hint: remove it, and use the mirror's address in image names, e.g. with kubernetes.imageRepository
        source: https://docs.docker.com/docker-hub/image-library/mirror/

      profile.yaml:54:53: error[mirrors/repository]: hakube uses no package repository "crio" [$.mirrors.repositories.crio]
         54 |   repositories: { docker: http://10.10.10.5/docker, crio: http://10.10.10.5 }
            |                                                     ^^^^
        hint: write cri-o

      profile.yaml:56:13: error[files/reserved]: hakube writes /etc/docker/daemon.json itself [$.files[0].path]
         56 |   - { path: /etc/docker/daemon.json, content: "{}" }
            |             ^^^^^^^^^^^^^^^^^^^^^^^
        hint: remove the file: containerRuntime and mirrors determine its content
      "
    `)
  })
  it('accepts the package of the selected container runtime', () => {
    const lines = `packages: [docker-ce]\nfiles:\n  - { path: /etc/own.json, content: "native.cgroupdriver=systemd" }\n`
    expect(mistakesWith(`containerRuntime:\n  name: docker\n  criDockerd: ${cri}\n${lines}`)).toBe('')
    expect(mistakesWith(lines)).toMatchInlineSnapshot(`
      "profile.yaml:49:12: warning[old-advice/docker-package]: docker-ce installs a second container runtime, which Kubernetes does not use [$.packages[0]]
         49 | packages: [docker-ce]
            |            ^^^^^^^^^
        hint: remove it: hakube installs the runtime of containerRuntime.name, which can be docker
        source: https://kubernetes.io/blog/2022/02/17/dockershim-faq/
      "
    `)
  })
})
