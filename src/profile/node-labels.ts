/** staging/src/k8s.io/kubelet/pkg/apis/well_known_labels.go of kubernetes/kubernetes */
const ownLabels = new Set([
  'beta.kubernetes.io/arch',
  'beta.kubernetes.io/instance-type',
  'beta.kubernetes.io/os',
  'failure-domain.beta.kubernetes.io/region',
  'failure-domain.beta.kubernetes.io/zone',
  'kubernetes.io/arch',
  'kubernetes.io/hostname',
  'kubernetes.io/os',
  'node.kubernetes.io/instance-type',
  'topology.kubernetes.io/region',
  'topology.kubernetes.io/zone',
])

const isBelow = (name: string, domain: string): boolean => name === domain || name.endsWith(`.${domain}`)

/**
 * Whether a kubelet may set a label on its own node: with a restricted label it does not even start, and an administrator has to set it.
 * https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/#noderestriction
 */
export function mayRegister(key: string): boolean {
  const prefix = key.includes('/') ? key.slice(0, key.indexOf('/')) : ''
  if (!isBelow(prefix, 'kubernetes.io') && !isBelow(prefix, 'k8s.io')) return true
  return (
    ownLabels.has(key) || isBelow(prefix, 'node.kubernetes.io') || isBelow(prefix, 'kubelet.kubernetes.io')
  )
}
