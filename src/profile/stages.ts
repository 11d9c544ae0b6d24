/**
 * What a machine's first boot does, in this order: names for where a command of the profile's own can stand. Each component says
 * which one its steps belong to.
 */
export const stages = [
  'network',
  'trust',
  'packages',
  'kernel',
  'time',
  'users',
  'firewall',
  'load-balancing',
  'container-runtime',
  'etcd',
  'network-plugin',
  'kubeadm',
  'manifests',
] as const

export type Stage = (typeof stages)[number]
