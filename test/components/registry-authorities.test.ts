import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { Profile } from '../../src/profile/schema.ts'
import { containerd } from '../../src/components/containerd.ts'
import { criO } from '../../src/components/cri-o.ts'
import { docker } from '../../src/components/docker.ts'
import { textOf } from '../../src/templates/template.ts'
import { assembleOnly } from '../support/assemble-only.ts'
import { changedCluster } from './host.ts'

const certificate = (name: string): string =>
  readFileSync(new URL(`../fixtures/trust/${name}.crt`, import.meta.url), 'utf8')
const [root, second] = [certificate('root'), certificate('second')]

const images: NonNullable<Profile['mirrors']>['images'] = {
  'docker.io': { url: 'https://mirror.example.com:5000', ca: { content: `The CA:\n${root}` } },
  'quay.io': { url: 'https://mirror.example.com:5000/quay', ca: { content: second + root } },
  'registry.example.com': { url: 'registry.example.com', ca: { content: root } },
  'registry.k8s.io': 'https://mirror.example.com:5000/k8s',
}

/** The files with certificates, or that name some. */
function filesOf(name: 'containerd' | 'cri-o' | 'docker') {
  const cluster = changedCluster((profile) => {
    profile.containerRuntime = {
      name,
      ...(name === 'docker' ? { criDockerd: { path: 'cri-dockerd.tgz', sha256: '0'.repeat(64) } } : {}),
    }
    profile.mirrors = { images }
  })
  const { files } = assembleOnly([containerd, criO, docker], cluster, cluster.workers[0]!)
  return Object.fromEntries(
    files
      .filter(({ path }) => path.includes('/certs.d/'))
      .map(({ path, content, mode, onChange }) => {
        expect({ path, mode, onChange }).toMatchObject({ mode: '0644' })
        return [path, textOf(content)]
      }),
  )
}

describe('CAs of registries and their mirrors', () => {
  it('are configured for containerd beside the mirror, and for a registry without a mirror', () => {
    expect(filesOf('containerd')).toEqual({
      '/etc/containerd/certs.d/docker.io/hakube-ca.crt': root,
      '/etc/containerd/certs.d/docker.io/hosts.toml': expect.any(String),
      '/etc/containerd/certs.d/quay.io/hakube-ca.crt': second + root,
      '/etc/containerd/certs.d/quay.io/hosts.toml': expect.any(String),
      '/etc/containerd/certs.d/registry.example.com/hakube-ca.crt': root,
      '/etc/containerd/certs.d/registry.example.com/hosts.toml': expect.any(String),
      '/etc/containerd/certs.d/registry.k8s.io/hosts.toml': expect.not.stringMatching(/^ca = /m),
    })
    expect(filesOf('containerd')['/etc/containerd/certs.d/docker.io/hosts.toml']).toMatchInlineSnapshot(`
      "# The first source for images of this registry: https://github.com/containerd/containerd/blob/main/docs/hosts.md
      server = "https://registry-1.docker.io"

      [host."https://mirror.example.com:5000"]
      capabilities = ["pull", "resolve"]
      ca = "/etc/containerd/certs.d/docker.io/hakube-ca.crt"
      "
    `)
    expect(filesOf('containerd')['/etc/containerd/certs.d/registry.example.com/hosts.toml'])
      .toMatchInlineSnapshot(`
        "# The first source for images of this registry: https://github.com/containerd/containerd/blob/main/docs/hosts.md
        server = "https://registry.example.com"
        ca = "/etc/containerd/certs.d/registry.example.com/hakube-ca.crt"

        [host."https://registry.example.com"]
        capabilities = ["pull", "resolve"]
        ca = "/etc/containerd/certs.d/registry.example.com/hakube-ca.crt"
        "
      `)
  })

  it.each([
    ['cri-o', '/etc/containers/certs.d'],
    ['docker', '/etc/docker/certs.d'],
  ] as const)('%s has them by host and port, those of all mirrors there in one file', (name, directory) => {
    expect(filesOf(name)).toEqual({
      [`${directory}/mirror.example.com:5000/hakube-ca.crt`]: root + second,
      [`${directory}/registry.example.com/hakube-ca.crt`]: root,
    })
  })
})
