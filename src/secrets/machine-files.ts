import { compareText } from '../text/order.ts'
import { type CertificateKind, certificateKinds } from './certificate-need.ts'
import type { KeyPair, Secrets } from './secrets.ts'

/** A file with its path on the machine. */
export type PkiFile = { path: string; mode: 0o600 | 0o644; content: string }

export type MachineKind = {
  name: string
  controlPlane: boolean
  /** Runs a kubelet. */
  node: boolean
  stackedEtcd: boolean
  /** The directory of certificates of etcd and its clients. */
  etcdDirectory: string
}

/** kubeadm's names (kubernetes.io/docs/setup/best-practices/certificates). */
const kubernetesDirectory = '/etc/kubernetes/pki'

/** Without .crt and .key. */
const places: Record<CertificateKind, (machine: MachineKind) => string> = {
  'etcd-server': ({ etcdDirectory }) => `${etcdDirectory}/server`,
  'etcd-peer': ({ etcdDirectory }) => `${etcdDirectory}/peer`,
  'etcd-client': ({ etcdDirectory }) => `${etcdDirectory}/client`,
  'apiserver-etcd-client': () => `${kubernetesDirectory}/apiserver-etcd-client`,
}

/**
 * The parts of the bundle that a machine may have: its own certificates; certificates of the CAs by which it verifies others; and on
 * control planes the shared keys, which kubeadm gives each of them.
 */
export function machinePkiFiles(secrets: Secrets, machine: MachineKind): PkiFile[] {
  const { kubernetes, frontProxy, etcd } = secrets.authorities
  const own = secrets.machines[machine.name] ?? {}
  const files = new Map<string, PkiFile>()
  const text = (path: string, content: string) => files.set(path, { path, mode: 0o644, content })
  const secret = (path: string, content: string) => files.set(path, { path, mode: 0o600, content })
  const pair = (place: string, { certificate, key }: KeyPair) => {
    text(`${place}.crt`, certificate)
    secret(`${place}.key`, key)
  }
  if (machine.controlPlane) {
    pair(`${kubernetesDirectory}/ca`, kubernetes)
    pair(`${kubernetesDirectory}/front-proxy-ca`, frontProxy)
    text(`${kubernetesDirectory}/sa.pub`, secrets.serviceAccount.publicKey)
    secret(`${kubernetesDirectory}/sa.key`, secrets.serviceAccount.privateKey)
    text(`${kubernetesDirectory}/etcd/ca.crt`, etcd.certificate)
    if (machine.stackedEtcd) secret(`${kubernetesDirectory}/etcd/ca.key`, etcd.key)
  } else if (machine.node) text(`${kubernetesDirectory}/ca.crt`, kubernetes.certificate)
  for (const kind of certificateKinds) {
    const each = own[kind]
    if (!each) continue
    pair(places[kind](machine), each)
    if (kind !== 'apiserver-etcd-client') text(`${machine.etcdDirectory}/ca.crt`, etcd.certificate)
  }
  return [...files.values()].toSorted((one, other) => compareText(one.path, other.path))
}
