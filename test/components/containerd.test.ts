import { describe, expect, it } from 'vitest'
import * as fc from 'fast-check'
import type { Cluster } from '../../src/cluster/cluster.ts'
import { sandboxImage } from '../../src/components/container-runtime.ts'
import { containerd } from '../../src/components/containerd.ts'
import { files as ownFiles } from '../../src/components/files.ts'
import { tomlString } from '../../src/text/toml.ts'
import { kubernetesReleases } from '../../src/distributions/kubernetes.ts'
import { textOf } from '../../src/templates/template.ts'
import { exampleCluster, withSystem, systemOf } from '../example.ts'
import { assembleOnly } from '../support/assemble-only.ts'

const images = {
  'docker.io': 'https://mirror.example.com/docker',
  'registry.k8s.io': 'http://10.10.10.5:5000',
  _default: 'harbor.example.com',
}

function files(cluster: Cluster): { path: string; text: string }[] {
  const worker = cluster.workers[0]!
  return assembleOnly([containerd], cluster, worker).files.map(({ path, content }) => ({
    path,
    text: textOf(content),
  }))
}

describe('containerd', () => {
  it.each([2, 3] as const)('has a configuration of format %d, with mirrors', async (format) => {
    const cluster = exampleCluster()
    const containerRuntime = { ...systemOf(cluster).containerRuntime, configuration: format }
    const changed: Cluster = {
      ...withSystem(cluster, { containerRuntime }),
      mirrors: { ...cluster.mirrors, images },
    }
    const all = files(changed).map(({ path, text }) => `#-- ${path}\n${text}`)
    await expect(all.join('\n')).toMatchFileSnapshot(`../fixtures/containerd/format-${format}.txt`)
  })

  it('creates no directory for mirrors if there are none', () => {
    expect(files(exampleCluster()).map(({ path }) => path)).toEqual([
      '/etc/containerd/config.toml',
      '/etc/crictl.yaml',
    ])
  })

  it.each([
    ['containerd', '/etc/containerd/conf.d/50-own.toml', ['containerd.service']],
    ['cri-o', '/etc/crio/crio.conf.d/50-own.conf', ['crio.service']],
    ['cri-o', '/etc/containerd/conf.d/50-own.toml', []],
  ] as const)('%s is restarted for a drop-in of the profile: %s', (name, path, units) => {
    const cluster = exampleCluster()
    const worker = cluster.workers[0]!
    const file = { path, mode: '0644', owner: 'root:root', content: '', secret: false }
    const settings = { ...worker.settings, files: [file] }
    const containerRuntime = { ...worker.system.containerRuntime, name }
    const system = { ...worker.system, containerRuntime }
    const { files: written } = assembleOnly([ownFiles], cluster, { ...worker, settings, system })
    expect(written.map(({ onChange }) => onChange)).toMatchObject([{ level: 'files', units }])
  })

  it('refuses a registry that would leave its directory', () => {
    const cluster = exampleCluster()
    const mirrors = { ...cluster.mirrors, images: { '../../etc': 'http://10.0.0.1' } }
    expect(() => files({ ...cluster, mirrors })).toThrow('not the name of an image registry: ../../etc')
  })

  it('declares the repositories that contain its package', () => {
    const cluster = exampleCluster('load-balancers-on-control-planes')
    const { declared } = assembleOnly([containerd], cluster, cluster.workers[0]!)
    expect(declared.packages.map(({ name }) => name)).toEqual(['containerd.io'])
    expect(declared.repositories.map(({ url }) => url)).toEqual([
      'https://download.docker.com/linux/ubuntu noble stable',
    ])
  })

  it('uses the sandbox image of the same version of kubeadm', () => {
    expect(
      Object.fromEntries(kubernetesReleases.map(({ minor }) => [minor, sandboxImage(`${minor}.0`, null)])),
    ).toMatchInlineSnapshot(`
      {
        "1.20": "k8s.gcr.io/pause:3.2",
        "1.21": "k8s.gcr.io/pause:3.4.1",
        "1.22": "k8s.gcr.io/pause:3.5",
        "1.23": "k8s.gcr.io/pause:3.6",
        "1.24": "k8s.gcr.io/pause:3.7",
        "1.25": "registry.k8s.io/pause:3.8",
        "1.26": "registry.k8s.io/pause:3.9",
        "1.27": "registry.k8s.io/pause:3.9",
        "1.28": "registry.k8s.io/pause:3.9",
        "1.29": "registry.k8s.io/pause:3.9",
        "1.30": "registry.k8s.io/pause:3.9",
        "1.31": "registry.k8s.io/pause:3.10",
        "1.32": "registry.k8s.io/pause:3.10",
        "1.33": "registry.k8s.io/pause:3.10",
        "1.34": "registry.k8s.io/pause:3.10.1",
        "1.35": "registry.k8s.io/pause:3.10.1",
        "1.36": "registry.k8s.io/pause:3.10.2",
        "1.37": "registry.k8s.io/pause:3.10.2",
      }
    `)
    // The registry moved in the middle of these.
    expect(
      ['1.22.16', '1.22.17', '1.23.14', '1.23.15', '1.24.8', '1.24.9'].map((version) =>
        sandboxImage(version, null),
      ),
    ).toEqual([
      'k8s.gcr.io/pause:3.5',
      'registry.k8s.io/pause:3.5',
      'k8s.gcr.io/pause:3.6',
      'registry.k8s.io/pause:3.6',
      'k8s.gcr.io/pause:3.7',
      'registry.k8s.io/pause:3.7',
    ])
    expect(sandboxImage('1.36.4', 'registry.example.com/kubernetes')).toBe(
      'registry.example.com/kubernetes/pause:3.10.2',
    )
    expect(() => sandboxImage('latest', null)).toThrow('not a Kubernetes version: latest')
  })
})

describe('tomlString', () => {
  it('escapes what TOML requires', () => {
    expect(tomlString('a "quoted" \\ word\n\t\u0000\u001F\u007F ü')).toBe(
      String.raw`"a \"quoted\" \\ word\n\t\u0000\u001f\u007f ü"`,
    )
    expect(() => tomlString('\uD800')).toThrow('lone surrogate')
  })

  it('leaves no unescaped control character, and no early end of the string', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        // The grammar of a basic string: https://github.com/toml-lang/toml/blob/1.0.0/toml.abnf
        expect(tomlString(text)).toMatch(
          /^"(?:[\t\u0020\u0021\u0023-\u005b\u005d-\u007e\u0080-\u{10ffff}]|\\["\\bfnrt]|\\u[0-9a-f]{4})*"$/u,
        )
      }),
    )
  })
})
