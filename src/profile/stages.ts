/**
 * The stages of a machine's first boot, in this order: names for the position of the profile's commands. Each component declares the
 * stage of its steps.
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
