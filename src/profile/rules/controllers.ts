import type { Profile } from '../schema.ts'
import { type Conflict, isOff, items } from './conflict.ts'

/**
 * Controllers without which a kubeadm cluster does not work, by the old name and the preferred one from 1.28 on
 * (cmd/kube-controller-manager/names/controller_names.go). The first two are off by default, and kubeadm's own value includes them.
 */
const required: readonly [old: string, name: string, why: string][] = [
  [
    'bootstrapsigner',
    'bootstrap-signer-controller',
    'cluster-info is not signed, so machines cannot join by token',
  ],
  ['tokencleaner', 'token-cleaner-controller', 'join tokens never expire'],
  ['csrapproving', 'certificatesigningrequest-approving-controller', 'kubelets receive no certificates'],
  ['csrsigning', 'certificatesigningrequest-signing-controller', 'kubelets receive no certificates'],
  ['daemonset', 'daemonset-controller', 'there is no kube-proxy'],
  ['deployment', 'deployment-controller', 'there is no CoreDNS'],
  ['replicaset', 'replicaset-controller', 'there is no CoreDNS'],
  ['endpointslice', 'endpointslice-controller', 'services have no endpoints'],
  ['serviceaccount', 'serviceaccount-controller', 'namespaces have no service account'],
  ['root-ca-cert-publisher', 'root-ca-certificate-publisher-controller', 'pods do not trust the API server'],
  ['nodeipam', 'node-ipam-controller', 'nodes receive no part of the pod network'],
]

/** These two are off by default. */
const offByDefault = new Set(['bootstrapsigner', 'tokencleaner'])

/** Required controllers that a value of `controllers` disables: `*` stands for those on by default, `-name` removes one. */
export function requiredControllers(value: string, profile: Profile): Conflict | null {
  const list = items(value)
  const allocates = !isOff(
    String(profile.kubernetes.controllerManagerArguments?.['allocate-node-cidrs'] ?? 'true'),
  )
  const missing = required.filter(([old, name]) => {
    if (old === 'nodeipam' && !allocates) return false
    if (list.includes(old) || list.includes(name)) return false
    const byStar = list.includes('*') && !offByDefault.has(old)
    return !byStar || list.includes(`-${old}`) || list.includes(`-${name}`)
  })
  const [first] = missing
  if (first === undefined) return null
  const without = missing.map(([old, name]) => (list.includes(`-${name}`) ? name : old))
  const kept = list.filter(
    (item) => !missing.some(([old, name]) => item === `-${old}` || item === `-${name}`),
  )
  const added = list.includes('*') ? missing.filter(([old]) => offByDefault.has(old)) : missing
  return {
    message: `without ${without.join(', ')} in controllers, ${first[2]}`,
    hint: `write "${[...kept, ...added.map(([old]) => old)].join(',')}"`,
    source: 'https://kubernetes.io/docs/reference/command-line-tools-reference/kube-controller-manager/',
  }
}
