/*
 * What differs between the versions of kubeadm's configuration format, as far as hakube writes it. The rest is the same in all of
 * them: what v1beta3 added to v1beta2 (skipPhases, imagePullPolicy) or took from it (dns.type, useHyperKubeImage,
 * ClusterStatus) is nothing that hakube writes.
 */

export type Dialect = {
  apiVersion: string
  /** Extra arguments: names with values, or a list of both. */
  arguments: 'map' | 'list'
  /** Time-outs: each beside what it is for, or all in one place of the machine's own document. */
  timeouts: 'apart' | 'together'
  /** The directory of patches: a field, or nothing but a flag of kubeadm. */
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
