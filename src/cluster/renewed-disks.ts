import { etcdMount } from '../profile/defaults.ts'
import type { DataDisk } from './storage.ts'

const renewed: ReadonlySet<string> = new Set([
  etcdMount,
  '/var/lib/containerd',
  '/var/lib/containers',
  '/var/lib/docker',
  '/var/lib/kubelet',
])

/**
 * Whether the file system of a data disk is made again with each installation: it belongs to a cluster, and is worth nothing to a machine
 * that joins it again, because kubeadm refuses what is left of it.
 */
export const isRenewed = ({ mount }: DataDisk): boolean => mount !== null && renewed.has(mount)
