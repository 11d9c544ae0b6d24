import { initDocuments, joinDocuments } from '../components/kubeadm/configuration.ts'
import type { KubeadmDocument } from '../components/kubeadm/documents.ts'
import { taintsOfControlPlanes } from '../components/kubeadm/node.ts'
import { isMapping } from '../text/data.ts'
import { newCluster } from './facts.ts'
import { kubeletConfigMap, labelsText, phaseText, taintsText } from './kubeadm-by-hand.ts'
import type { Subject } from './row.ts'
import type { Side } from './side.ts'
import { asOne, files, reinstall, type Takes, told } from './takes.ts'
import { newVersion } from './upgrade-path.ts'

/*
 * What a change of /etc/kubernetes/kubeadm/*.yaml takes. The documents are compared field by field: most of what kubeadm reads when
 * a cluster is made can be changed later, but by hand:
 * https://kubernetes.io/docs/tasks/administer-cluster/kubeadm/kubeadm-reconfigure/
 */

/** A field that is not the same in both; absent is undefined. */
export type Field = { path: string; before: unknown; after: unknown }

type FieldRow = { field: RegExp; judge: (fields: readonly Field[], subject: Subject) => Takes }

const always =
  (takes: Takes): FieldRow['judge'] =>
  () =>
    takes

const lastOf = ({ path }: Field): string => path.slice(path.lastIndexOf('.') + 1)

const listOf = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((each) => typeof each === 'string') : []

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')

function labels([field]: readonly Field[]): Takes {
  const text = labelsText(textOf(field?.before), textOf(field?.after))
  return text === ''
    ? files('the same labels in another order')
    : told(`a node that is a member keeps its labels: ${text}`)
}

function taints([field]: readonly Field[], { after: { cluster, machine } }: Subject): Takes {
  const own = machine.role === 'control-plane' ? taintsOfControlPlanes(cluster.kubernetes.minor) : []
  const text = taintsText(field?.before, field?.after, own)
  return text === ''
    ? files('the same taints in another order')
    : told(`a node that is a member keeps its taints: ${text}`)
}

/** A control plane's certificate has its own name and address whatever this list says (GetAPIServerAltNames in kubeadm's pkiutil). */
function certificateNames([field]: readonly Field[], { before, after }: Subject): Takes {
  const machines = [before, after].flatMap(({ cluster }) => cluster.controlPlanes)
  const own = new Set(machines.flatMap(({ name, fullName, address }) => [name, fullName, address]))
  const [old, now] = [listOf(field?.before), listOf(field?.after)]
  const others = [...old.filter((name) => !now.includes(name)), ...now.filter((name) => !old.includes(name))]
  return others.every((name) => own.has(name))
    ? files('each control plane has its own name and address in its certificate anyway')
    : told(
        'other names of the API: put certSANs into the ConfigMap kubeadm-config; then on each control plane take ' +
          '/etc/kubernetes/pki/apiserver.* away, kubeadm init phase certs apiserver, and restart the API server; docs/profile.md says how',
      )
}

const components = (fields: readonly Field[]): Takes => told(phaseText(fields.map(({ path }) => path)))

function etcd([field]: readonly Field[]): Takes {
  if (field?.before === undefined || field.after === undefined) return newCluster
  return told(
    `members of etcd are arguments of the API servers: ${phaseText(['ClusterConfiguration.apiServer'])}`,
  )
}

const kubeProxy = (fields: readonly Field[]): Takes =>
  told(
    'configuration of kube-proxy: put it into the ConfigMap kube-proxy, then kubectl --namespace kube-system rollout restart daemonset kube-proxy' +
      (fields.some((field) => lastOf(field) === 'mode')
        ? '; rules of the old mode may stay on a node until it boots'
        : ''),
  )

/** Read from the top: the first row that fits a field judges it, together with the others that it fits. */
const rows: readonly FieldRow[] = [
  {
    field:
      /^InitConfiguration\.(?:bootstrapTokens|certificateKey|timeouts)|^JoinConfiguration\.(?:discovery\.(?:timeout|bootstrapToken\.(?:token|caCertHashes))|timeouts|controlPlane\.certificateKey)/,
    judge: always(files('only what machines join with is another: members have no use for it')),
  },
  {
    field: /\.(?:ignorePreflightErrors|timeoutForControlPlane)$/,
    judge: always(files('kubeadm asks for it only when the machine becomes a member')),
  },
  { field: /\.apiVersion$/, judge: always(files("another version of kubeadm's format")) },
  {
    field: /^InitConfiguration\.(?:nodeRegistration|localAPIEndpoint)/,
    judge: always(files('join.yaml of this machine says the same')),
  },
  { field: /\.kubeletExtraArgs\.node-labels$/, judge: labels },
  { field: /\.nodeRegistration\.taints$/, judge: taints },
  {
    field: /\.kubeletExtraArgs\.(?!node-ip$)/,
    judge: (fields) =>
      told(
        `arguments of the kubelet (${fields.map(lastOf).join(', ')}): change them in /var/lib/kubelet/kubeadm-flags.env, then ` +
          'systemctl restart kubelet',
      ),
  },
  {
    field: /^ClusterConfiguration\.(?:apiServer|controllerManager|scheduler)\.extra(?:Args|Volumes)/,
    judge: components,
  },
  { field: /^ClusterConfiguration\.apiServer\.certSANs$/, judge: certificateNames },
  {
    field: /^ClusterConfiguration\.imageRepository$/,
    judge: always(
      told(
        'put imageRepository into the ConfigMap kubeadm-config: the next kubeadm upgrade takes images from there, what runs keeps its own',
      ),
    ),
  },
  { field: /^ClusterConfiguration\.etcd\.external\.endpoints$/, judge: etcd },
  {
    field: /^ClusterConfiguration\.kubernetesVersion$/,
    judge: ([field]) => newVersion(textOf(field?.before), textOf(field?.after)),
  },
  {
    field: /^ClusterConfiguration\.|^JoinConfiguration\.discovery\.bootstrapToken\.apiServerEndpoint$/,
    judge: always(newCluster),
  },
  {
    field: /^KubeletConfiguration\./,
    judge: (_fields, { after }) =>
      told(
        `configuration of the kubelet: put it into the ConfigMap ${kubeletConfigMap(after.cluster.kubernetes.minor)}, then on each node kubeadm upgrade node phase ` +
          'kubelet-config and systemctl restart kubelet',
      ),
  },
  { field: /^KubeProxyConfiguration\./, judge: kubeProxy },
  {
    field: /./,
    judge: always(reinstall('kubeadm reads it once, when the machine becomes a member of the cluster')),
  },
]

/**
 * Judges a change of a document that both sides have.
 *
 * @param command whose document it is
 */
export function judgeDocuments(command: 'init' | 'join', subject: Subject): Takes {
  const { before, after } = subject
  let left = differingFields(documentsOf(command, before), documentsOf(command, after))
  if (left.length === 0) return files('it says the same in other words')
  const all: Takes[] = []
  for (const { field, judge } of rows) {
    const fitting = left.filter(({ path }) => field.test(path))
    if (fitting.length > 0) all.push(judge(fitting, subject))
    left = left.filter(({ path }) => !field.test(path))
  }
  return asOne(all)
}

const documentsOf = (command: 'init' | 'join', { cluster, machine, assembly }: Side) =>
  command === 'init' ? initDocuments(cluster, machine, assembly.declared) : joinDocuments(cluster, machine)

function differingFields(olds: readonly KubeadmDocument[], news: readonly KubeadmDocument[]): Field[] {
  const [before, after] = [fieldsOf(olds), fieldsOf(news)]
  const paths = [...new Set([...before.keys(), ...after.keys()])]
  return paths
    .map((path) => ({ path, before: before.get(path), after: after.get(path) }))
    .filter((field) => JSON.stringify(field.before) !== JSON.stringify(field.after))
}

const isArgument = (value: unknown): value is { name: string; value: string } =>
  isMapping(value) && Object.keys(value).join(' ') === 'name value'

/** The fields of documents by where they stand; arguments are the same whether they are a mapping or a list. */
function fieldsOf(documents: readonly KubeadmDocument[]): Map<string, unknown> {
  const fields = new Map<string, unknown>()
  const add = (path: string, value: unknown): void => {
    if (Array.isArray(value) && value.length > 0 && value.every(isArgument))
      for (const argument of value) fields.set(`${path}.${argument.name}`, argument.value)
    else if (isMapping(value)) for (const [key, each] of Object.entries(value)) add(`${path}.${key}`, each)
    // No list of texts has an order that means something.
    else fields.set(path, listOf(value).length > 0 ? listOf(value).toSorted() : value)
  }
  for (const document of documents) add(String(document['kind']), document)
  return fields
}
