import { expect, it } from 'vitest'
import { resolveContainerRuntime } from '../../src/cluster/container-runtime.ts'
import { factCollector } from '../../src/cluster/facts.ts'
import type { NetworkPluginName, Profile } from '../../src/profile/schema.ts'
import { findDistribution } from '../../src/distributions/index.ts'

type Given = NonNullable<Profile['containerRuntime']>

function runtimeOf(
  [name, version]: readonly [string, string],
  minor: string,
  given: Given | undefined,
  more: { networkPlugin?: NetworkPluginName; repositories?: Record<string, string> } = {},
) {
  const distribution = findDistribution(name, version)
  if (!distribution) throw new Error('not known')
  const { networkPlugin = 'other', repositories = {} } = more
  const situation = {
    distribution,
    kubernetes: { minor },
    networkPlugin,
    mirrors: { keys: {}, repositories },
  }
  return resolveContainerRuntime(given, situation, factCollector())
}

it.each([
  ['debian', '12', '1.36', undefined, 'docker containerd.io 3 docker-ce-stable'],
  ['debian', '12', '1.22', undefined, 'distribution containerd 2 '],
  ['debian', '12', '1.36', 'distribution', 'distribution containerd 2 '],
  ['debian', '12', '1.22', 'docker', 'docker containerd.io 3 docker-ce-stable'],
  ['ubuntu', '24.04', '1.22', undefined, 'distribution containerd 2 '],
  // Neither has a containerd of its own; the last one of Docker's for CentOS 7 is 1.6.
  ['rocky', '9', '1.22', undefined, 'docker containerd.io 3 docker-ce-stable'],
  ['centos', '7', '1.20', undefined, 'docker containerd.io 2 docker-ce-stable'],
] as const)('%s %s with Kubernetes %s, asked for %s: %s', (name, version, minor, packages, expected) => {
  const runtime = runtimeOf([name, version], minor, packages && { packages })
  const repositories = runtime.repositories.map((repository) => repository.name).join(' ')
  expect(`${runtime.packages} ${runtime.installs.join(' ')} ${runtime.configuration} ${repositories}`).toBe(
    expected,
  )
  expect(runtime.unit).toBe('containerd.service')
})

it.each([
  [
    ['debian', '12'],
    'docker.service docker-ce docker-ce-cli containerd.io https://download.docker.com/linux/debian bookworm stable',
  ],
  [
    ['rocky', '9'],
    'docker.service docker-ce docker-ce-cli containerd.io https://download.docker.com/linux/rhel/9/$basearch/stable',
  ],
  [
    ['centos', '7'],
    'docker.service docker-ce docker-ce-cli containerd.io https://download.docker.com/linux/centos/7/$basearch/stable',
  ],
] as const)('Docker on %s', (distribution, expected) => {
  const old = runtimeOf(distribution, '1.23', { name: 'docker' })
  expect(`${old.unit} ${old.installs.join(' ')} ${old.repositories[0]!.url}`).toBe(expected)
  expect(old.socket).toBe('unix:///var/run/dockershim.sock')
  const current = runtimeOf(distribution, '1.24', { name: 'docker' })
  expect([current.unit, current.socket]).toEqual(['cri-docker.service', 'unix:///var/run/cri-dockerd.sock'])
})

it.each([
  [['debian', '12'], ['docker.io']],
  [
    ['debian', '13'],
    ['docker.io', 'docker-cli'],
  ],
  [['ubuntu', '24.04'], ['docker.io']],
] as const)("%s's own Docker", (distribution, packages) => {
  const { installs, repositories } = runtimeOf(distribution, '1.36', {
    name: 'docker',
    packages: 'distribution',
  })
  expect(installs).toEqual(packages)
  expect(repositories).toEqual([])
})

it.each([
  [
    ['ubuntu', '24.04'],
    ['cri-o'],
    'https://download.opensuse.org/repositories/isv:/cri-o:/stable:/v1.36/deb/ / https://download.opensuse.org/repositories/isv:/cri-o:/stable:/v1.36/deb/Release.key',
  ],
  [
    ['rocky', '10'],
    ['cri-o', 'container-selinux'],
    'https://download.opensuse.org/repositories/isv:/cri-o:/stable:/v1.36/rpm/ https://download.opensuse.org/repositories/isv:/cri-o:/stable:/v1.36/rpm/repodata/repomd.xml.key',
  ],
] as const)('CRI-O on %s', (distribution, packages, repository) => {
  const { installs, repositories, socket, unit } = runtimeOf(distribution, '1.36', { name: 'cri-o' })
  expect(installs).toEqual(packages)
  expect(repositories.map(({ url, key }) => `${url} ${key}`)).toEqual([repository])
  expect([unit, socket]).toEqual(['crio.service', 'unix:///var/run/crio/crio.sock'])
})

it('uses the mirrors of the profile for packages', () => {
  const repositories = { docker: 'http://10.0.0.1/docker', 'cri-o': 'http://10.0.0.1/cri-o' }
  const at = (name: Given['name'], distribution: readonly [string, string]) =>
    runtimeOf(distribution, '1.36', name && { name }, { repositories }).repositories.map(
      ({ url, key }) => `${url} ${key}`,
    )
  expect([
    ...at('containerd', ['debian', '12']),
    ...at('docker', ['rocky', '9']),
    ...at('cri-o', ['debian', '12']),
  ]).toEqual([
    'http://10.0.0.1/docker/linux/debian bookworm stable http://10.0.0.1/docker/linux/debian/gpg',
    'http://10.0.0.1/docker/linux/rhel/9/$basearch/stable http://10.0.0.1/docker/linux/rhel/gpg',
    'http://10.0.0.1/cri-o/v1.36/deb/ / http://10.0.0.1/cri-o/v1.36/deb/Release.key',
  ])
})

const argumentsOf = (minor: string, name: Given['name']) =>
  runtimeOf(['debian', '12'], minor, name && { name }, { networkPlugin: 'flannel-service' }).kubeletArguments

it("leaves pods in Docker's own network if flannel manages that", () => {
  expect(argumentsOf('1.23', 'docker')).toEqual([{ name: 'network-plugin', value: '' }])
  // cri-dockerd is told, and not the kubelet.
  expect(argumentsOf('1.24', 'docker')).toEqual([])
  expect(argumentsOf('1.23', 'containerd')).toEqual([])
})
