/*
 * The differences between versions of kubeadm's configuration format, as far as hakube writes them. Everything else is the same in all of
 * them: hakube uses nothing that v1beta3 added to v1beta2 (skipPhases, imagePullPolicy) or removed from it (dns.type, useHyperKubeImage,
 * ClusterStatus).
 */

export type Dialect = {
  apiVersion: string
  /** Extra arguments: a map from names to values, or a list of both. */
  arguments: 'map' | 'list'
  /** Timeouts: in the documents that they concern, or together in the machine's own document. */
  timeouts: 'apart' | 'together'
  /** The directory of patches: a field, or only a flag of kubeadm. */
  patches: 'flag' | 'field'
}

/** For Kubernetes 1.20 and 1.21: https://pkg.go.dev/k8s.io/kubernetes@v1.20.2/cmd/kubeadm/app/apis/kubeadm/v1beta2 */
export const v1beta2: Dialect = {
  apiVersion: 'kubeadm.k8s.io/v1beta2',
  arguments: 'map',
  timeouts: 'apart',
  patches: 'flag',
}

/** For Kubernetes 1.22 to 1.30: https://kubernetes.io/docs/reference/config-api/kubeadm-config.v1beta3/ */
export const v1beta3: Dialect = {
  apiVersion: 'kubeadm.k8s.io/v1beta3',
  arguments: 'map',
  timeouts: 'apart',
  patches: 'field',
}

/** For Kubernetes from 1.31: https://kubernetes.io/docs/reference/config-api/kubeadm-config.v1beta4/ */
export const v1beta4: Dialect = {
  apiVersion: 'kubeadm.k8s.io/v1beta4',
  arguments: 'list',
  timeouts: 'together',
  patches: 'field',
}
