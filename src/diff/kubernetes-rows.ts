import { basename } from 'node:path'
import { firstBootUnit } from '../assembly/first-boot.ts'
import { runsStaticPods, staticPodsFolder } from '../components/load-balancers/static-pods.ts'
import { manifestsOf } from '../components/manifests.ts'
import { judgeDocuments } from './kubeadm-documents.ts'
import { onMachine, type Row, row, step, type Subject, unitsOf } from './row.ts'
import type { Side } from './side.ts'
import { files, reinstall, type Takes, told } from './takes.ts'

/* Rows about what a machine has as a node of Kubernetes, and about the containers on it. */

const flannelUnit = 'flanneld.service'

/** @returns null where the document is all new or all gone */
const document =
  (command: 'init' | 'join'): Row['judge'] =>
  (subject) =>
    subject.change === 'changed' ? judgeDocuments(command, subject) : null

function authority({ change }: Subject): Takes {
  if (change === 'created')
    return files('a member has its own in /etc/kubernetes/pki: these are for when the machine joins again')
  if (change === 'removed')
    return told(
      'keys of the authorities that are no longer for this machine are to be deleted from /etc/hakube/authorities; each control plane keeps ' +
        'its own in /etc/kubernetes/pki',
    )
  return {
    ...reinstall(
      'a cluster that lives keeps the authorities and the service-account key that it was made with: docs/secrets.md says in which order ' +
        'to bring others; or it takes a new cluster',
    ),
    byHand: true,
  }
}

const nodesOf = ({ cluster }: Side): string[] =>
  [...cluster.controlPlanes, ...cluster.workers].map(({ name }) => name)

function keepAdmission({ before, after }: Subject): Takes {
  const olds = nodesOf(before)
  return nodesOf(after).every((name) => olds.includes(name))
    ? files('read anew each minute, until all have joined or the time is over')
    : told(
        'where all have joined, or the time is over, new machines are let in by: hakube secrets admission PROFILE | ' +
          'ssh CONTROL-PLANE sudo hakube-admit',
      )
}

const joined: readonly Row[] = [
  row(
    'configuration of kubeadm init',
    onMachine(/^\/etc\/kubernetes\/kubeadm\/init\.yaml$/),
    document('init'),
  ),
  row(
    'configuration of kubeadm join',
    onMachine(/^\/etc\/kubernetes\/kubeadm\/join\.yaml$/),
    document('join'),
  ),
  row('configuration of kubeadm', onMachine(/^\/etc\/kubernetes\/kubeadm\//), () =>
    files('kubeadm reads it only where the cluster is made, or the machine joins it'),
  ),
  row('API server at etcd', onMachine(/^\/etc\/hakube\/authorities\/apiserver-etcd-client\./), ({ change }) =>
    change === 'changed'
      ? told(
          'copy apiserver-etcd-client.* to /etc/kubernetes/pki too; the API server reads them at each connection',
        )
      : null,
  ),
  row('authorities', onMachine(/^\/etc\/hakube\/authorities\//), authority),
  row('admission', onMachine(/^\/etc\/hakube\/admission$/), () =>
    files('read anew each time machines are let in'),
  ),
  row('keeper of the admission', onMachine(/^\/usr\/libexec\/hakube\/keep-admission$/), keepAdmission),
  row('audit policy', onMachine(/^\/etc\/kubernetes\/audit\//), ({ change }) =>
    change === 'changed'
      ? told('restart the API server, which reads its audit policy when it starts')
      : told(
          change === 'removed'
            ? 'before the audit policy goes, its arguments of the API servers have to go: docs/profile.md says how'
            : 'the audit log of a member needs arguments of its API server too: docs/profile.md says how',
        ),
  ),
  row('encryption keys', onMachine(/^\/etc\/kubernetes\/encryption\//), ({ change }) =>
    told(
      change === 'removed'
        ? // https://kubernetes.io/docs/tasks/administer-cluster/decrypt-data/
          'before the keys for objects in etcd go, all have to be written in clear, with identity as the first provider: nobody reads them without'
        : 'API servers read the keys for objects in etcd when they start, and each has to know all of them: docs/secrets.md says in which order',
    ),
  ),
  row('files of the control plane', onMachine(/^\/etc\/kubernetes\/(?!pki\/|manifests\/|[^/]+\.conf$)/), () =>
    told(
      'components of the control plane read their files when they start: crictl stop their containers, and the kubelet starts them again; a new one needs its argument and mount too: docs/profile.md says how',
    ),
  ),
  row('cluster membership', onMachine(/^\/etc\/kubernetes\//), () =>
    reinstall('kubeadm reads it once, when the machine becomes a member of the cluster'),
  ),
  row('cluster membership: step', step('kubeadm'), () => files('a member stays as it is')),
]

const whenStarted = (name: string) =>
  told(
    `${name} in its pod reads its files when it starts: crictl stop its container, and the kubelet starts it again`,
  )

const staticPods: readonly Row[] = [
  row(
    'authority of the API servers',
    onMachine(/^\/etc\/haproxy\/kubernetes-ca\.crt$/),
    ({ change, after }) =>
      change === 'changed'
        ? told(
            'haproxy takes API servers for dead whose authority is not in this file: while there are some of the old authority, both have to be in it',
            unitsOf(after, 'haproxy'),
          )
        : null,
  ),
  row('static pods', onMachine(new RegExp(`^${staticPodsFolder}/`)), ({ item, change }) =>
    told(
      change === 'removed'
        ? `remove ${basename(item.path)} from /etc/kubernetes/manifests too: the kubelet ends the pod then`
        : `copy ${item.path} to /etc/kubernetes/manifests: the kubelet reads it there, and no step copies it on a member`,
    ),
  ),
  row('files of static pods', onMachine(/^\/etc\/(?:haproxy|keepalived)\//), ({ item, after }) =>
    runsStaticPods(after.cluster, after.machine) && item.component !== 'files'
      ? whenStarted(item.component ?? '')
      : null,
  ),
]

/** A manifest is applied when the cluster's record has no such name with this checksum. */
function manifests({ change, before, after }: Subject): Takes | null {
  const [olds, news] = [manifestsOf(before.cluster), manifestsOf(after.cluster)]
  const units = change === 'removed' ? [] : [firstBootUnit]
  const gone = olds.filter(({ name }) => news.every((each) => each.name !== name))
  if (gone.length > 0) {
    const names = gone.map(({ name }) => name).join(', ')
    return told(`what ${names} brought stays in the cluster: delete it with kubectl`, units)
  }
  if (change === 'removed') return null
  const isOther = olds.some(({ name, sha256 }) =>
    news.some((each) => each.name === name && each.sha256 !== sha256),
  )
  return isOther
    ? told(
        'the step applies what has another checksum, also over what people have changed; objects that are no longer in it stay',
        units,
      )
    : files('the step applies what was not applied yet', units)
}

const containers: readonly Row[] = [
  row('manifests', step('manifests'), manifests),
  row('configuration of Docker', onMachine(/^\/etc\/docker\/daemon\.json$/), () =>
    files('Docker reads it when it starts; its containers end and are started again', ['docker.service']),
  ),
  // https://github.com/containerd/containerd/blob/main/docs/hosts.md
  row('mirrors of containerd', onMachine(/^\/etc\/containerd\/certs\.d\//), () =>
    files('read anew for each image'),
  ),
  row('crictl', onMachine(/^\/etc\/crictl\.yaml$/), () => files('read anew each time it runs')),
  row('interfaces of the network plug-in', onMachine(/\/hakube-network-plugin\.conf$/), () =>
    files('NetworkManager reads its files when it starts', ['NetworkManager.service']),
  ),
  row('clients of etcd', onMachine(/^\/etc\/etcd\/pki\/client\./), ({ after }) =>
    unitsOf(after, 'flannel').length > 0
      ? files('flanneld shows it to etcd', [flannelUnit])
      : files('read anew by who uses etcd, as far as hakube knows'),
  ),
  row('authority of etcd', onMachine(/^\/etc\/etcd\/pki\/ca\.crt$/), ({ after }) => {
    const units = ['etcd', 'flannel'].flatMap((component) => unitsOf(after, component))
    const services = units.filter((name) => !name.endsWith('.timer'))
    return services.length > 0
      ? told(
          'members and clients of etcd have to trust the old authority and the new one for a while: docs/secrets.md says in which order; whoever ' +
            'is restarted with the new one alone is cut off from the others',
          services,
        )
      : null
  }),
]

export const kubernetesRows: readonly Row[] = [...joined, ...staticPods, ...containers]
