import { compareVersions } from '../text/versions.ts'

/*
 * What kubeadm can patch before it writes it:
 * https://kubernetes.io/docs/setup/production-environment/tools/kubeadm/control-plane-flags/#patches
 */

/** In the order of kubeadm's own list. */
export const patchTargets = [
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
  'etcd',
  'kubeletconfiguration',
  'corednsdeployment',
] as const
export type PatchTarget = (typeof patchTargets)[number]

export const patchTypes = ['strategic', 'merge', 'json'] as const
export type PatchType = (typeof patchTypes)[number]

/**
 * The first release that supports a target. `kubeletconfiguration`: kubernetes/kubernetes#110405; `corednsdeployment`: kubeadm's
 * reference of 1.32.
 */
const firstMinor: Readonly<Partial<Record<PatchTarget, string>>> = {
  kubeletconfiguration: '1.25',
  corednsdeployment: '1.32',
}

/** The first release that supports a target; null: all releases that hakube knows. */
export const firstWithTarget = (target: PatchTarget): string | null => firstMinor[target] ?? null

/** Whether a minor release of kubeadm supports a target. */
export const hasTarget = (target: PatchTarget, minor: string): boolean => {
  const first = firstWithTarget(target)
  return first === null || compareVersions(minor, first) >= 0
}

/** The flag for the directory of patches: `--patches` from 1.22 on (kubernetes/kubernetes#103063). */
export const patchesFlag = (minor: string): string =>
  compareVersions(minor, '1.22') < 0 ? '--experimental-patches' : '--patches'
