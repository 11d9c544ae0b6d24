import { spawnSync } from 'node:child_process'
import { expect, it } from 'vitest'
import { kubeadm } from '../../src/components/kubeadm.ts'
import type { Profile } from '../../src/profile/schema.ts'
import { textOf } from '../../src/templates/template.ts'
import { exampleProfile, testCluster } from '../example.ts'
import { describeWith } from '../prerequisites.ts'
import { dedicated, etcdProfile } from './etcd-cluster.ts'
import { assembleOnly } from '../support/assemble-only.ts'

function changed(change: (profile: Profile) => void): Profile {
  const profile = exampleProfile()
  change(profile)
  return profile
}

const preplaced = (profile: Profile): void => {
  profile.kubernetes.certificates = 'preplaced'
}

const oneControlPlane = (profile: Profile): void => {
  let kept = 0
  profile.machines = profile.machines.filter(({ role }) => role !== 'control-plane' || kept++ === 0)
}

const withoutWorkers = (profile: Profile): void => {
  profile.machines = profile.machines.filter(({ role }) => role !== 'worker')
}

const external = { placement: 'dedicated' } as const

const profiles: [string, Profile][] = [
  ['preplaced', changed(preplaced)],
  ['before learners', changed(({ kubernetes }) => (kubernetes.version = '1.20.2'))],
  ['one control plane with a load balancer', changed(oneControlPlane)],
  ['no workers', changed(withoutWorkers)],
  ['etcd as a service', etcdProfile(external, dedicated)],
  [
    'etcd as a service, preplaced',
    etcdProfile(external, (profile) => {
      dedicated(profile)
      preplaced(profile)
    }),
  ],
  [
    'etcd as a service, one control plane',
    etcdProfile({ placement: 'control-plane' }, (profile) => oneControlPlane(profile)),
  ],
]

describeWith({ programs: ['shellcheck'] }, 'scripts of the bring-up', () => {
  it.each(profiles)('%s: shellcheck finds nothing', async (_, profile) => {
    const cluster = await testCluster(profile)
    const texts = new Set<string>()
    for (const machine of cluster.machines.filter((each) => kubeadm.appliesTo(cluster, each))) {
      const { files, steps } = assembleOnly([kubeadm], cluster, machine)
      for (const { script } of steps) texts.add(textOf(script))
      for (const { content } of files)
        if (textOf(content).startsWith('#!/bin/bash')) texts.add(textOf(content))
    }
    const found = [...texts].map(
      (input) => spawnSync('shellcheck', ['-'], { input, encoding: 'utf8' }).stdout,
    )
    expect(found.join('')).toBe('')
  })
})
