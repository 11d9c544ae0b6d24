import { parseAddress } from '../network/addresses.ts'
import type { CertificateKind, CertificateNeed, ServerNeed } from '../secrets/certificate-need.ts'
import { hostOfAddress } from '../text/web-address.ts'
import type { Cluster, Machine } from './cluster.ts'

/**
 * A name that only the peer certificates of members contain; members accept peers only with it. All etcd certificates come from one CA,
 * and clients must not be able to act as members.
 */
export const etcdPeerName = 'etcd-peer'

/**
 * The certificates that the machines of a cluster need in addition to those that kubeadm makes itself, in the order of the machines.
 *
 * Server and peer certificates of etcd are valid for servers and clients: etcd's gateway connects to the server with the server's own
 * certificate (etcd-io/etcd#9785), and every peer is both. The name of the API server is kubeadm's
 * (cmd/kubeadm/app/phases/certs/certlist.go); since 1.29 it has no organization (kubernetes/kubernetes#120521).
 *
 * Clients are the only ones of which a rack has thousands: an RSA key takes a tenth of a second, a P-256 key nothing.
 */
export const certificateNeeds = (cluster: Omit<Cluster, 'secrets'>): CertificateNeed[] =>
  cluster.machines.flatMap((machine) => needsOfMachine(cluster, machine))

function needsOfMachine({ etcd }: Omit<Cluster, 'secrets'>, machine: Machine): CertificateNeed[] {
  const needs: CertificateNeed[] = []
  if (machine.runsEtcd) needs.push(member(machine, 'etcd-server'), member(machine, 'etcd-peer', etcdPeerName))
  if (etcd.clients.includes(machine.role)) {
    const need = client(machine, 'etcd-client', machine.name)
    needs.push(machine.system.distribution.curlReadsOnlyRsaKeys ? need : { ...need, keyType: 'p256' })
  }
  if (etcd.placement !== 'stacked' && machine.role === 'control-plane')
    needs.push(client(machine, 'apiserver-etcd-client', 'kube-apiserver-etcd-client'))
  return needs
}

/**
 * The certificates whose private keys a machine makes itself: where machines enrol, those that the bundle does not hold. An older bundle
 * holds them all, and is used as it is.
 */
export const ownCertificates = (cluster: Cluster, machine: Machine): CertificateNeed[] =>
  cluster.enrolment === null
    ? []
    : needsOfMachine(cluster, machine).filter(
        ({ kind }) => cluster.secrets.machines[machine.name]?.[kind] === undefined,
      )

const member = (machine: Machine, kind: CertificateKind, ...names: string[]): CertificateNeed => ({
  machine: machine.name,
  kind,
  commonName: machine.name,
  dnsNames: [...new Set(['localhost', machine.name, machine.fullName, ...names])],
  addresses: ['127.0.0.1', '::1', machine.address],
  usages: ['server', 'client'],
})

const client = (machine: Machine, kind: CertificateKind, commonName: string): CertificateNeed => ({
  machine: machine.name,
  kind,
  commonName,
  dnsNames: [],
  addresses: [],
  usages: ['client'],
})

/** The certificate of hakube's own server, for the host under which machines reach it. */
export function serverNeed({ server }: Pick<Cluster, 'server'>): ServerNeed {
  const host = hostOfAddress(new URL(server))
  const address = parseAddress(host)?.text
  return {
    commonName: address ?? host,
    dnsNames: address === undefined ? [host] : [],
    addresses: address === undefined ? [] : [address],
    usages: ['server'],
  }
}
