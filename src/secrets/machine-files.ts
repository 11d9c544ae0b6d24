import type { CertificateKind } from './certificate-need.ts'
import { certificateKinds } from './certificate-need.ts'
import type { KeyPair, Secrets } from './secrets.ts'

/** A file below /etc/kubernetes/pki. */
export type PkiFile = { path: string; mode: 0o600 | 0o644; content: string }

/** Names as kubeadm has them (kubernetes.io/docs/setup/best-practices/certificates), without .crt and .key. */
const places: Record<CertificateKind, string> = {
  'etcd-server': 'etcd/server',
  'etcd-peer': 'etcd/peer',
  'etcd-client': 'etcd/client',
  'apiserver-etcd-client': 'apiserver-etcd-client',
}

export type MachineKind = { name: string; controlPlane: boolean; node: boolean; stackedEtcd: boolean }

/**
 * What a machine may hold of the bundle, as files for /etc/kubernetes/pki: its own certificates; the authorities' certificates
 * that it checks others by; and on control planes what kubeadm gives each of them, which are the shared keys.
 */
export function machinePkiFiles(secrets: Secrets, machine: MachineKind): PkiFile[] {
  const { kubernetes, frontProxy, etcd } = secrets.authorities
  const own = secrets.machines[machine.name] ?? {}
  const files: PkiFile[] = []
  const text = (path: string, content: string) => files.push({ path, mode: 0o644, content })
  const secret = (path: string, content: string) => files.push({ path, mode: 0o600, content })
  const pair = (place: string, { certificate, key }: KeyPair) => {
    text(`${place}.crt`, certificate)
    secret(`${place}.key`, key)
  }
  if (machine.controlPlane) {
    pair('ca', kubernetes)
    pair('front-proxy-ca', frontProxy)
    text('sa.pub', secrets.serviceAccount.publicKey)
    secret('sa.key', secrets.serviceAccount.privateKey)
    if (machine.stackedEtcd) pair('etcd/ca', etcd)
  } else if (machine.node) text('ca.crt', kubernetes.certificate)
  for (const kind of certificateKinds) {
    const each = own[kind]
    if (each) pair(places[kind], each)
  }
  const usesEtcd = Object.keys(own).length > 0
  if (usesEtcd && !files.some(({ path }) => path === 'etcd/ca.crt')) text('etcd/ca.crt', etcd.certificate)
  return files.toSorted((one, other) => (one.path < other.path ? -1 : 1))
}
