import { expect, it } from 'vitest'
import { keepsSwap } from '../../src/cluster/swap.ts'
import type { Profile } from '../../src/profile/schema.ts'
import { changedCluster, machineOf } from '../components/host.ts'

const kept = (change: (profile: Profile) => void) => {
  const cluster = changedCluster(change)
  return ['sample-haproxy-001', 'sample-kube-master-001', 'sample-kube-worker-001'].map((name) =>
    keepsSwap(machineOf(cluster, name)),
  )
}

const withFiles = (files: Profile['files']) =>
  kept((profile) => {
    profile.kubeletArguments = { 'config-dir': '/etc/kubelet.d' }
    profile.files = files
  })

it('swap remains enabled on the nodes whose kubelet runs with it, and on no other machine', () => {
  expect(kept(() => undefined)).toEqual([false, false, false])
  expect(kept((profile) => (profile.kubeletArguments = { 'fail-swap-on': false }))).toEqual([
    false,
    true,
    true,
  ])
  expect(
    kept((profile) => (profile.roles = { worker: { kubeletArguments: { 'fail-swap-on': 'false' } } })),
  ).toEqual([false, false, true])
  expect(kept((profile) => (profile.kubernetes.kubeletConfiguration = { failSwapOn: false }))).toEqual([
    false,
    true,
    true,
  ])
})

it('swap remains enabled where a file of the kubelet says so', () => {
  const file = { path: '/etc/kubelet.d/90-swap.conf', content: 'failSwapOn: false\n' }
  expect(withFiles([file])).toEqual([false, true, true])
  expect(withFiles([{ ...file, path: '/etc/other.d/90-swap.conf' }])).toEqual([false, false, false])
})
