import { compareText } from '../text/order.ts'
import { posix } from 'node:path'
import { parse } from 'yaml'
import { isMapping } from '../text/data.ts'

type Told = {
  /** An argument of the kubelet; undefined if it is not set. */
  argument: (name: string) => string | undefined
  files: readonly { path: string; text: string }[]
}

/**
 * Whether the kubelet starts on a machine with swap. Its argument wins over all files, and the last file of `config-dir` over the earlier
 * ones and over what kubeadm writes:
 * https://kubernetes.io/docs/tasks/administer-cluster/kubelet-config-file/#kubelet-configuration-merging-order
 */
export function runsWithSwap({ argument, files }: Told): boolean {
  const own = argument('fail-swap-on')
  if (own !== undefined) return /^(?:0|f|F|false|FALSE|False)$/.test(own)
  const directory = argument('config-dir')
  if (directory === undefined) return false
  const said = files
    .filter(({ path }) => posix.dirname(path) === posix.normalize(directory).replace(/\/$/, ''))
    .filter(({ path }) => path.endsWith('.conf'))
    .toSorted((one, other) => compareText(one.path, other.path))
    .map(({ text }) => failSwapOn(text))
    .findLast((value) => value !== undefined)
  return said === false
}

function failSwapOn(text: string): unknown {
  try {
    const value: unknown = parse(text, { logLevel: 'silent' })
    return isMapping(value) ? value['failSwapOn'] : undefined
  } catch {
    return undefined
  }
}
