import type { PatchTarget, PatchType } from '../../distributions/patches.ts'
import { isMapping } from '../../text/data.ts'

/*
 * kubeadm finds what it has written by its name: it waits for the pod kube-apiserver-NODE in kube-system
 * (WaitForStaticPodControlPlaneHashes in cmd/kubeadm/app/util/apiclient/wait.go), and looks for the deployment coredns at upgrades.
 */

const nameOf = (target: PatchTarget): string => (target === 'corednsdeployment' ? 'coredns' : target)

/** Whether a patch gives what kubeadm writes another name or namespace. @returns null if not */
export function renames(
  target: PatchTarget,
  type: PatchType,
  content: unknown,
): { message: string; hint: string } | null {
  if (target === 'kubeletconfiguration') return null
  const kept: Readonly<Record<string, string>> = { name: nameOf(target), namespace: 'kube-system' }
  const field = type === 'json' ? inOperations(content, kept) : inMapping(content, kept)
  return field === null
    ? null
    : {
        message: `this patch changes metadata.${field}, by which kubeadm finds what it has written`,
        hint: `remove metadata.${field}: it is ${kept[field]}`,
      }
}

type Kept = Readonly<Record<string, string>>

function inMapping(content: unknown, kept: Kept): string | null {
  const metadata = isMapping(content) ? content['metadata'] : undefined
  if (!isMapping(metadata)) return null
  return (
    Object.keys(kept).find((field) => Object.hasOwn(metadata, field) && metadata[field] !== kept[field]) ??
    null
  )
}

/** RFC 6902: each operation changes what is at its path; a move also what is at `from`. */
function inOperations(content: unknown, kept: Kept): string | null {
  const operations = Array.isArray(content) ? content.filter(isMapping) : []
  for (const { op, path, from, value } of operations) {
    if (op === 'test') continue
    for (const [field, is] of Object.entries(kept)) {
      const pointer = `/metadata/${field}`
      const isSame = value === is && (op === 'add' || op === 'replace')
      if ((path === pointer && !isSame) || (op === 'move' && from === pointer)) return field
      const whole = path === '/metadata' || (op === 'move' && from === '/metadata')
      if (whole && !(isMapping(value) && value[field] === is)) return field
    }
  }
  return null
}
