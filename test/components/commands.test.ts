import { describe, expect, it } from 'vitest'
import { assemble } from '../../src/assembly/assemble.ts'
import { components } from '../../src/components/index.ts'
import { parseProfile } from '../../src/profile/load.ts'
import { testCluster } from '../example.ts'
import { good, printed } from '../profile/mistakes.ts'
import { assembleHost, changedCluster, stepText } from './host.ts'

const assembly = assembleHost(
  changedCluster((profile) => {
    profile.commands = [
      { name: 'register', run: 'curl --fail http://10.10.10.1/register\n\n' },
      { name: 'again', run: 'true', secret: true },
    ]
  }),
  { units: [{ name: 'late.service', start: 'blocking' }] },
)

describe('commands', () => {
  it('run after everything else, in their order', () => {
    expect(assembly.steps.map(({ name }) => name).slice(-4)).toEqual([
      'start-late',
      'start-firewalld',
      'command-register',
      'command-again',
    ])
    expect(assembly.steps.at(-2)).toMatchObject({ name: 'command-register', from: ['commands', 0] })
  })

  it('may contain a secret', () => {
    expect(assembly.steps.slice(-2).map(({ secret }) => secret)).toEqual([false, true])
  })

  it('stop at the first mistake', () => {
    expect(stepText(assembly, 'command-register')).toBe(
      '#!/bin/bash\nset -euo pipefail\ncurl --fail http://10.10.10.1/register\n',
    )
  })
})

/** Steps of a machine of the profile without a mistake, with these lines at its end. */
async function stepsWith(lines: string, machine: string): Promise<string[]> {
  const loaded = parseProfile(good + lines, 'profile.yaml')
  expect(printed(loaded)).toBe('')
  const cluster = await testCluster(loaded.profile!)
  const subject = cluster.machines.find(({ name }) => name === machine)!
  return assemble(components, cluster, subject).steps.map(({ name }) => name)
}

describe('commands with a place', () => {
  const dataDisk = `roles:
  control-plane:
    commands:
      - name: data-disk
        before: etcd
        run: |
          blkid /dev/sdb || mkfs.xfs /dev/sdb
          grep -q /var/lib/etcd /etc/fstab || echo '/dev/sdb /var/lib/etcd xfs defaults 0 2' >>/etc/fstab
          mkdir -p /var/lib/etcd
          mountpoint -q /var/lib/etcd || mount /var/lib/etcd
`

  it('prepare a data disk before kubeadm runs etcd', async () => {
    const steps = await stepsWith(dataDisk, 'control-1')
    expect(steps.slice(steps.indexOf('command-data-disk'))).toEqual([
      'command-data-disk',
      'kubeadm',
      'start-hakube-admission-timer',
    ])
    expect(await stepsWith(dataDisk, 'worker-1')).not.toContain('command-data-disk')
  })

  it('prepare a data disk before etcd starts as a service', async () => {
    const service = `etcd:\n  placement: control-plane\n  archive: {path: etcd.tar.gz, sha256: ${'a'.repeat(64)}}\n  version: "3.6.11"\n`
    const steps = await stepsWith(dataDisk + service, 'control-2')
    expect(steps.indexOf('command-data-disk') + 1).toBe(steps.indexOf('etcd'))
  })

  it('run before the first package is fetched, on all machines', async () => {
    const lines = 'commands:\n  - {name: proxy, before: packages, run: "true"}\n'
    for (const machine of ['balancer-1', 'control-1', 'worker-1']) {
      const steps = await stepsWith(lines, machine)
      expect(steps.slice(0, steps.indexOf('packages') + 1)).toEqual(
        machine === 'balancer-1' ? ['command-proxy', 'packages'] : ['swap', 'command-proxy', 'packages'],
      )
    }
  })

  it('run last before a stage that neither this machine nor one after it has', async () => {
    const steps = await stepsWith(
      'commands:\n  - {name: late, run: "true"}\n  - {name: node, before: kubeadm, run: "true"}\n',
      'balancer-1',
    )
    expect(steps.slice(-3)).toEqual(['start-firewalld', 'command-node', 'command-late'])
  })
})
