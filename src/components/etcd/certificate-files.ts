import {
  files as filesOnChange,
  manual,
  readAgain,
  restarts,
  type OnChange,
} from '../../assembly/on-change.ts'
import type { File } from '../../assembly/component.ts'
import type { Cluster, Machine } from '../../cluster/cluster.ts'
import { etcdUnit, flannelUnit } from '../../distributions/unit-names.ts'
import type { CertificateKind, KeyPair } from '../../secrets/secrets.ts'
import { isNode } from '../container-runtime.ts'
import { pkiDirectory } from './places.ts'

/** A member reads this file only when it starts. */
export const restarted = restarts('etcd', etcdUnit)
/** The step also runs again: it makes the user that etcd runs as the owner of the key. */
const keyOfMember: OnChange = { ...restarted, steps: ['etcd'] }

/**
 * The machine's certificate of one kind, with its key; null if the machine makes the key itself (`own-certificates.ts`).
 *
 * @throws when the secrets contain none, although `certificateNeeds` lists it and machines do not enrol: a bug in hakube
 */
export function certificateOf(
  { secrets, enrolment }: Cluster,
  { name }: Machine,
  kind: CertificateKind,
): KeyPair | null {
  const pair = secrets.machines[name]?.[kind]
  if (!pair && enrolment === null) throw new Error(`the secrets contain no ${kind} certificate of ${name}`)
  return pair ?? null
}

function pairFiles(
  name: string,
  pair: KeyPair | null,
  onChange: OnChange,
  ofKey: OnChange = onChange,
): File[] {
  if (pair === null) return []
  const { certificate, key } = pair
  return [
    { path: `${pkiDirectory}/${name}.crt`, mode: '0644', content: certificate, onChange },
    // Root owns it at first, because the user etcd does not exist yet. The step changes the owner of a member's keys.
    { path: `${pkiDirectory}/${name}.key`, mode: '0600', content: key, secret: true, onChange: ofKey },
  ]
}

/** Whether flanneld, which authenticates to etcd with the machine's certificate, runs on the machine. */
const runsFlannel = ({ networkPlugin }: Cluster, machine: Machine): boolean =>
  networkPlugin.name === 'flannel-service' && isNode(machine)

function onChangeOfAuthority(cluster: Cluster, machine: Machine): OnChange {
  const units = [
    ...(machine.runsEtcd ? [etcdUnit] : []),
    ...(runsFlannel(cluster, machine) ? [flannelUnit] : []),
  ]
  return units.length > 0
    ? manual(
        'members and clients of etcd must trust both the old CA and the new one for a while, in the order that docs/secrets.md describes; one ' +
          'that is restarted with only the new CA is cut off from the others',
        units,
      )
    : readAgain('read again by the clients of etcd that hakube knows')
}

const onChangeOfClient = (cluster: Cluster, machine: Machine): OnChange =>
  runsFlannel(cluster, machine)
    ? filesOnChange('flanneld authenticates to etcd with it', [flannelUnit])
    : readAgain('read again by the clients of etcd that hakube knows')

/** The certificate of etcd's CA, which members and clients trust. */
export const authorityFile = (cluster: Cluster, machine: Machine): File => ({
  path: `${pkiDirectory}/ca.crt`,
  mode: '0644',
  content: cluster.secrets.authorities.etcd.certificate,
  onChange: onChangeOfAuthority(cluster, machine),
})

/** The certificates with which a member serves clients and talks to other members. */
export const memberPairs = (cluster: Cluster, machine: Machine): File[] => [
  ...pairFiles('server', certificateOf(cluster, machine, 'etcd-server'), restarted, keyOfMember),
  ...pairFiles('peer', certificateOf(cluster, machine, 'etcd-peer'), restarted, keyOfMember),
]

/** The certificate with which a machine authenticates to etcd. */
export const clientPair = (cluster: Cluster, machine: Machine): File[] =>
  pairFiles('client', certificateOf(cluster, machine, 'etcd-client'), onChangeOfClient(cluster, machine))
