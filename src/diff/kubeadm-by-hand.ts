import type { Taint } from '../components/kubeadm/model.ts'
import { compareVersions } from '../text/versions.ts'

/* Commands for what kubeadm does only once, and operators repeat later. */

/** Labels by key, from the kubelet's argument `key=value,key=value`. */
const labelsOf = (text: string): Map<string, string> =>
  new Map(
    text
      .split(',')
      .filter((pair) => pair !== '')
      .map((pair) => [pair.split('=')[0] ?? '', pair]),
  )

/**
 * @param before the kubelet's argument
 * @returns empty if both are equal
 */
export const labelsText = (before: string, after: string): string =>
  command('kubectl label node NODE --overwrite', labelsOf(before), labelsOf(after))

const isTaint = (value: unknown): value is Taint =>
  typeof value === 'object' && value !== null && 'key' in value && 'effect' in value

/** kubeadm's own taint is in a list only because the list replaces kubeadm's; without a list, the node has it as well. */
const isOwn = ({ key, effect }: Taint): boolean =>
  effect === 'NoSchedule' && /^node-role\.kubernetes\.io\/(?:control-plane|master)$/.test(key)

function taintsOf(list: unknown, own: readonly Taint[]): Map<string, string> {
  const given = Array.isArray(list) ? list.filter(isTaint) : null
  const taints = given?.length === 0 ? [] : [...own, ...(given ?? []).filter((taint) => !isOwn(taint))]
  return new Map(
    taints.map(({ key, value, effect }) => [
      `${key}:${effect}`,
      `${key}${value === undefined ? '' : `=${value}`}:${effect}`,
    ]),
  )
}

/**
 * @param before `taints` of a node's registration; absent: kubeadm's defaults; empty: none
 * @param own kubeadm's defaults
 * @returns empty if both are equal
 */
export const taintsText = (before: unknown, after: unknown, own: readonly Taint[]): string =>
  command('kubectl taint node NODE --overwrite', taintsOf(before, own), taintsOf(after, own))

/** New and changed entries, followed by removed ones with a trailing dash. */
function command(words: string, before: Map<string, string>, after: Map<string, string>): string {
  const set = [...after].filter(([key, text]) => before.get(key) !== text).map(([, text]) => text)
  const gone = [...before.keys()].filter((key) => !after.has(key)).map((key) => `${key}-`)
  return set.length + gone.length === 0 ? '' : [words, ...set, ...gone].join(' ')
}

const phases = { apiServer: 'apiserver', controllerManager: 'controller-manager', scheduler: 'scheduler' }

/** @param paths fields of the ClusterConfiguration */
export function phaseText(paths: readonly string[]): string {
  const names = Object.entries(phases).filter(([name]) =>
    paths.some((path) => path.startsWith(`ClusterConfiguration.${name}`)),
  )
  const what = names.map(([name]) => name).join(', ')
  const phase = names.length === 1 ? (names[0]?.[1] ?? '') : 'all'
  return (
    `set ${what} in the ConfigMap kubeadm-config, then run on each control plane, one at a time, ` +
    `kubeadm init phase control-plane ${phase}; see docs/profile.md`
  )
}

/** Includes the minor release until 1.23 (kubernetes/kubernetes#108027). */
export const kubeletConfigMap = (minor: string): string =>
  compareVersions(minor, '1.24') < 0 ? `kubelet-config-${minor}` : 'kubelet-config'
