import type { Cluster, Machine } from '../../cluster/cluster.ts'
import type { File } from '../../assembly/component.ts'
import { certificateOf } from '../etcd/certificate-files.ts'
import { onceForEach } from '../../assembly/once.ts'
import { files, readAgain, reinstall, manual, type OnChange } from '../../assembly/on-change.ts'

/** Not /etc/kubernetes/pki itself, which `kubeadm reset` empties after a failed attempt: the step copies the files there. */
export const authoritiesDirectory = '/etc/hakube/authorities'

/** Credentials with which machines join, as `hakube secrets admission` prints them and hakube-admit reads them. */
export const admissionFile = '/etc/hakube/admission'

/** Whether a machine gets the CA keys in its seed. Other control planes fetch them from the cluster, encrypted with the certificate key. */
export const holdsAuthorities = ({ kubernetes }: Cluster, machine: Machine): boolean =>
  machine.initializes || (machine.role === 'control-plane' && kubernetes.certificates === 'preplaced')

/** Whether control planes fetch the CA keys from the cluster. */
export const uploadsCertificates = ({ kubernetes }: Pick<Cluster, 'kubernetes'>): boolean =>
  kubernetes.certificates === 'upload-certs'

/** The lines that hakube-admit reads. */
export const admissionText = (
  { bootstrapToken, certificateKey }: Cluster['secrets'],
  uploads: boolean,
): string => `token ${bootstrapToken}\n${uploads ? `certificate-key ${certificateKey}\n` : ''}`

/** Files that the machine keeps for joining again. */
const kept: OnChange = {
  created: files(
    'a member has its own in /etc/kubernetes/pki: these are used only if the machine joins again',
  ),
  removed: manual(
    'CA keys that no longer belong on this machine must be deleted from /etc/hakube/authorities; each control plane keeps ' +
      'its own in /etc/kubernetes/pki',
  ),
  otherwise: {
    ...reinstall(
      'a running cluster keeps the CAs and the service-account key that it was created with: docs/secrets.md describes in which order ' +
        'to replace them; otherwise a new cluster is required',
    ),
    byHand: true,
  },
}

/** The API server's own client certificate for etcd. */
const copied: OnChange = {
  ...kept,
  otherwise: manual(
    'also copy apiserver-etcd-client.* to /etc/kubernetes/pki; the API server reads them at each connection',
  ),
}

const certificate = (name: string, content: string, onChange: OnChange = kept): File => ({
  path: `${authoritiesDirectory}/${name}`,
  mode: '0644',
  content,
  onChange,
})

const key = (name: string, content: string, onChange: OnChange = kept): File => ({
  path: `${authoritiesDirectory}/${name}`,
  mode: '0600',
  content,
  onChange,
  secret: true,
})

/** Where kubeadm does not run etcd, each API server has its own client certificate for it. */
function externalEtcdFiles(cluster: Cluster, machine: Machine): File[] {
  const own = certificateOf(cluster, machine, 'apiserver-etcd-client')
  return [
    ...(own
      ? [
          certificate('apiserver-etcd-client.crt', own.certificate, copied),
          key('apiserver-etcd-client.key', own.key, copied),
        ]
      : []),
    certificate('etcd/ca.crt', cluster.secrets.authorities.etcd.certificate),
  ]
}

/** The files that are the same on all machines with the CA keys. */
const sharedFiles = onceForEach(
  () => '',
  (cluster): File[] => {
    const { secrets } = cluster
    const { kubernetes, frontProxy, etcd } = secrets.authorities
    return [
      key('ca.key', kubernetes.key),
      certificate('front-proxy-ca.crt', frontProxy.certificate),
      key('front-proxy-ca.key', frontProxy.key),
      // A separate etcd has all its certificates already, so nobody needs to sign more.
      ...(cluster.etcd.placement === 'stacked'
        ? [certificate('etcd/ca.crt', etcd.certificate), key('etcd/ca.key', etcd.key)]
        : []),
      certificate('sa.pub', secrets.serviceAccount.publicKey),
      key('sa.key', secrets.serviceAccount.privateKey),
      {
        path: admissionFile,
        mode: '0600',
        content: admissionText(secrets, uploadsCertificates(cluster)),
        secret: true,
        onChange: readAgain('read each time machines are admitted'),
      },
    ]
  },
)

/** The CA files of a machine, and the credentials with which others join. */
export function authorityFiles(cluster: Cluster, machine: Machine): File[] {
  const external = machine.role === 'control-plane' && cluster.etcd.placement !== 'stacked'
  return [
    certificate('ca.crt', cluster.secrets.authorities.kubernetes.certificate),
    ...(holdsAuthorities(cluster, machine) ? sharedFiles(cluster, machine) : []),
    ...(external ? externalEtcdFiles(cluster, machine) : []),
  ]
}
