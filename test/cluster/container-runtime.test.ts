import { expect, it } from 'vitest'
import { resolveContainerRuntime } from '../../src/cluster/container-runtime.ts'
import { factCollector } from '../../src/cluster/facts.ts'
import { findDistribution } from '../../src/distributions/index.ts'

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
  const distribution = findDistribution(name, version)
  if (!distribution) throw new Error('not known')
  const runtime = resolveContainerRuntime(packages && { packages }, distribution, { minor }, factCollector())
  const repositories = runtime.repositories.map((repository) => repository.name).join(' ')
  expect(`${runtime.packages} ${runtime.package} ${runtime.configuration} ${repositories}`).toBe(expected)
})
