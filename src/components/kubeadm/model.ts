/*
 * What kubeadm is told, in no version of its configuration format: documents.ts writes it in one of them. The author of a profile
 * never chooses the format: it follows from the Kubernetes version.
 */

/** An argument of a program, without leading dashes. */
export type Argument = { readonly name: string; readonly value: string }

/** How a machine registers itself as a node. */
export type NodeModel = {
  name: string
  address: string
  criSocket: string
  kubeletArguments: readonly Argument[]
  /** Null: those that kubeadm gives the role by itself. */
  taints: readonly Taint[] | null
  /** Names of checks whose errors are warnings. */
  ignoredPreflightErrors: readonly string[]
  /** Directory with patches for what kubeadm writes; null where it writes everything as it is. */
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

/** Durations are written as Go writes them: `1h0m0s`. */
export type InitModel = {
  node: NodeModel
  apiServerPort: number
  bootstrapToken: string
  bootstrapTokenTimeToLive: string
  /** Null where no certificates are uploaded. */
  certificateKey: string | null
  kubernetesVersion: string
  /** Null: kubeadm's own. */
  imageRepository: string | null
  clusterName: string
  controlPlaneEndpoint: string
  /** That of the primary family first. */
  podNetworks: readonly string[]
  serviceNetworks: readonly string[]
  domain: string
  /** kubeadm's own, not those of the components. */
  featureGates: Readonly<Record<string, boolean>>
  /** Names and addresses beyond those that kubeadm puts into the API server's certificate by itself. */
  certificateNames: readonly string[]
  components: Readonly<Record<ComponentName, ComponentModel>>
  controlPlaneTimeout: string
  /** Addresses of the members where etcd is a service of its own; null where kubeadm runs it. */
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
    /** Null where the CA keys are on the machine already. */
    certificateKey: string | null
    apiServerPort: number
  } | null
}
