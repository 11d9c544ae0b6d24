/*
 * kubeadm's configuration independent of its format: documents.ts writes it in one. The Kubernetes version determines the format; a
 * profile cannot choose it.
 */

/** An argument of a program, without leading dashes. */
export type Argument = { readonly name: string; readonly value: string }

/** How a machine registers as a node. */
export type NodeModel = {
  name: string
  address: string
  criSocket: string
  kubeletArguments: readonly Argument[]
  /** Null: kubeadm's defaults for the role. */
  taints: readonly Taint[] | null
  /** Names of preflight checks whose errors become warnings. */
  ignoredPreflightErrors: readonly string[]
  /** Directory with patches for what kubeadm writes; null if there are none. */
  patches: string | null
}

export type Taint = { key: string; value?: string; effect: string }

/** HostPathMount: the same in all versions. */
export type Volume = {
  name: string
  hostPath: string
  mountPath: string
  readOnly?: true
  pathType: 'Directory' | 'DirectoryOrCreate' | 'File' | 'FileOrCreate'
}

export type ComponentName = 'apiServer' | 'controllerManager' | 'scheduler'
export type ComponentModel = { extraArguments: readonly Argument[]; volumes: readonly Volume[] }

/** Durations are spelled as in Go: `1h0m0s`. */
export type InitModel = {
  node: NodeModel
  apiServerPort: number
  bootstrapToken: string
  bootstrapTokenTimeToLive: string
  /** Null if no certificates are uploaded. */
  certificateKey: string | null
  kubernetesVersion: string
  /** Null: kubeadm's own. */
  imageRepository: string | null
  clusterName: string
  controlPlaneEndpoint: string
  /** The primary family comes first. */
  podNetworks: readonly string[]
  serviceNetworks: readonly string[]
  domain: string
  /** Those of kubeadm itself, not those of components. */
  featureGates: Readonly<Record<string, boolean>>
  /** Names and addresses in addition to those that kubeadm puts into the API server's certificate itself. */
  certificateNames: readonly string[]
  components: Readonly<Record<ComponentName, ComponentModel>>
  controlPlaneTimeout: string
  /** Addresses of the members if etcd is a separate service; null if kubeadm runs it. */
  externalEtcd: readonly string[] | null
  /** For the etcd that kubeadm runs. */
  etcdArguments: readonly Argument[]
}

export type JoinModel = {
  node: NodeModel
  bootstrapToken: string
  endpoint: string
  authorityHash: string
  discoveryTimeout: string
  /** Null for workers. */
  controlPlane: {
    /** Null if the CA keys are already on the machine. */
    certificateKey: string | null
    apiServerPort: number
  } | null
}
