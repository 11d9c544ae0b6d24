import { describe, expect, it } from 'vitest'
import { assemble } from '../../../src/assembly/assemble.ts'
import { machineFiles } from '../../../src/assembly/first-boot.ts'
import { components } from '../../../src/components/index.ts'
import { isReserved, reservedPaths } from '../../../src/profile/rules/reserved-paths.ts'
import { exampleCluster, exampleNames } from '../../example.ts'

describe('reserved paths', () => {
  it.each(exampleNames)('are all that components write to the machines of %s', (name) => {
    const cluster = exampleCluster(name)
    const own = cluster.machines.flatMap((machine) =>
      machineFiles(cluster, assemble(components, cluster, machine))
        .filter(({ component }) => component !== 'files')
        .map(({ path }) => path),
    )
    expect([...new Set(own)].filter((path) => !isReserved(path))).toEqual([])
  })
  it.each([
    '/etc/motd',
    '/etc/haproxy/errors/503.http',
    '/etc/sysctl.d/99-mine.conf',
    '/opt/hakube-notes/readme',
    '/etc/kube/x',
    '/etc/kubernetes/oidc/ca.crt',
    '/etc/kubernetes/scheduler.yaml',
  ])('%s is free', (path) => {
    expect(isReserved(path)).toBe(false)
  })
  it.each([
    ...reservedPaths,
    '/etc/kubernetes/pki/ca.crt',
    '/etc/systemd/system/hakube-firstboot.service',
    '/etc/sysctl.d/95-hakube.conf',
  ])('%s is taken', (path) => {
    expect(isReserved(path)).toBe(true)
  })
})
