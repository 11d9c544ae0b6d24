import { initDocuments, joinDocuments } from '../components/kubeadm/configuration.ts'
import type { KubeadmDocument } from '../components/kubeadm/documents.ts'
import { taintsOfControlPlanes } from '../components/kubeadm/node.ts'
import { isMapping } from '../text/data.ts'
import { newCluster } from './facts.ts'
import { kubeletConfigMap, labelsText, phaseText, taintsText } from './kubeadm-by-hand.ts'
import type { ChangedItem } from './row.ts'
import type { Side } from './side.ts'
import { asOne, files, reinstall, type Takes, manual } from './takes.ts'
import { newVersion } from './upgrade-path.ts'

/*
 * What a change of /etc/kubernetes/kubeadm/*.yaml requires. The documents are compared field by field: most of what kubeadm reads when it
 * creates a cluster can be changed later, but manually: https://kubernetes.io/docs/tasks/administer-cluster/kubeadm/kubeadm-reconfigure/
 */

/** A field that differs; absent is undefined. */
export type Field = { path: string; before: unknown; after: unknown }

type Fields = readonly [Field, ...Field[]]

type FieldRow = { field: RegExp; judge: (fields: Fields, subject: ChangedItem) => Takes }

const always =
  (takes: Takes): FieldRow['judge'] =>
  () =>
    takes

const lastOf = ({ path }: Field): string => path.slice(path.lastIndexOf('.') + 1)

const listOf = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((each) => typeof each === 'string') : []

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')

function labels([field]: Fields): Takes {
  const text = labelsText(textOf(field.before), textOf(field.after))
  return text === ''
    ? files('the same labels in a different order')
    : manual(`a registered node keeps its labels: ${text}`)
}

function taints([field]: Fields, { after: { cluster, machine } }: ChangedItem): Takes {
  const own = machine.role === 'control-plane' ? taintsOfControlPlanes(cluster.kubernetes.minor) : []
  const text = taintsText(field.before, field.after, own)
  return text === ''
    ? files('the same taints in a different order')
    : manual(`a registered node keeps its taints: ${text}`)
}

/** A control plane's certificate contains its own name and address regardless of this list (GetAPIServerAltNames in kubeadm's pkiutil). */
function certificateNames([field]: Fields, { before, after }: ChangedItem): Takes {
  const machines = [before, after].flatMap(({ cluster }) => cluster.controlPlanes)
  const own = new Set(machines.flatMap(({ name, fullName, address }) => [name, fullName, address]))
  const [old, now] = [listOf(field.before), listOf(field.after)]
  const others = [...old.filter((name) => !now.includes(name)), ...now.filter((name) => !old.includes(name))]
  return others.every((name) => own.has(name))
    ? files("each control plane's certificate contains its own name and address in any case")
    : manual(
        'names of the API: set certSANs in the ConfigMap kubeadm-config; then on each control plane remove ' +
          '/etc/kubernetes/pki/apiserver.*, run kubeadm init phase certs apiserver, and restart the API server; see docs/profile.md',
      )
}

const components = (fields: Fields): Takes => manual(phaseText(fields.map(({ path }) => path)))

function etcd([field]: Fields): Takes {
  if (field.before === undefined || field.after === undefined) return newCluster
  return manual(
    `etcd members are arguments of the API servers: ${phaseText(['ClusterConfiguration.apiServer'])}`,
  )
}

function kubeProxy(fields: Fields): Takes {
  const kind = fields.find((field) => lastOf(field) === 'kind')
  if (kind?.after === undefined && kind)
    return manual(
      'kube-proxy is no longer used: once the network plugin does its work, kubectl --namespace kube-system delete daemonset,configmap kube-proxy; ' +
        'its rules stay on a node until it reboots',
    )
  if (kind)
    return manual(
      'kube-proxy is new: on the control plane that initializes, kubeadm init phase addon kube-proxy --config /etc/kubernetes/kubeadm/init.yaml, ' +
        'then turn its replacement in the network plugin off',
    )
  return manual(
    'kube-proxy configuration: set it in the ConfigMap kube-proxy, then kubectl --namespace kube-system rollout restart daemonset kube-proxy' +
      (fields.some((field) => lastOf(field) === 'mode')
        ? '; rules of the old mode may remain on a node until it reboots'
        : ''),
  )
}

/** Read from the top: the first row that matches a field judges it, together with all other fields that it matches. */
const rows: readonly FieldRow[] = [
  {
    field:
      /^InitConfiguration\.(?:bootstrapTokens|certificateKey|timeouts)|^JoinConfiguration\.(?:discovery\.(?:timeout|bootstrapToken\.(?:token|caCertHashes))|timeouts|controlPlane\.certificateKey)/,
    judge: always(files('only the join data has changed, which members do not use')),
  },
  {
    field: /\.(?:ignorePreflightErrors|timeoutForControlPlane)$/,
    judge: always(files('kubeadm uses it only when the machine joins')),
  },
  {
    field: /\.patches\.directory$/,
    judge: always(files('the files in it have rows of their own')),
  },
  { field: /\.apiVersion$/, judge: always(files("a different version of kubeadm's format")) },
  {
    field: /^InitConfiguration\.(?:nodeRegistration|localAPIEndpoint)/,
    judge: always(files('join.yaml of this machine has the same content')),
  },
  { field: /\.kubeletExtraArgs\.node-labels$/, judge: labels },
  { field: /\.nodeRegistration\.taints$/, judge: taints },
  {
    field: /\.kubeletExtraArgs\.(?!node-ip$)/,
    judge: (fields) =>
      manual(
        `kubelet arguments (${fields.map(lastOf).join(', ')}): change them in /var/lib/kubelet/kubeadm-flags.env, then ` +
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
      manual(
        'set imageRepository in the ConfigMap kubeadm-config: the next kubeadm upgrade uses it; running pods keep their images',
      ),
    ),
  },
  {
    field: /^ClusterConfiguration\.etcd\.local\.extraArgs/,
    judge: always(
      manual(
        'etcd arguments: set etcd.local.extraArgs in the ConfigMap kubeadm-config, then on each control plane, one at a time, run ' +
          'kubeadm init phase etcd local, and wait until all members are healthy; see docs/profile.md',
      ),
    ),
  },
  { field: /^ClusterConfiguration\.etcd\.external\.endpoints$/, judge: etcd },
  {
    field: /^ClusterConfiguration\.kubernetesVersion$/,
    judge: ([field]) => newVersion(textOf(field.before), textOf(field.after)),
  },
  {
    field: /^ClusterConfiguration\.|^JoinConfiguration\.discovery\.bootstrapToken\.apiServerEndpoint$/,
    judge: always(newCluster),
  },
  {
    field: /^KubeletConfiguration\./,
    judge: (_fields, { after }) =>
      manual(
        `kubelet configuration: set it in the ConfigMap ${kubeletConfigMap(after.cluster.kubernetes.minor)}, then on each node run kubeadm upgrade node phase ` +
          'kubelet-config and systemctl restart kubelet',
      ),
  },
  { field: /^KubeProxyConfiguration\./, judge: kubeProxy },
  {
    field: /./,
    judge: always(reinstall('kubeadm reads it only once, when the machine joins the cluster')),
  },
]

/**
 * Judges a change of a document that exists on both sides.
 *
 * @param command the command that reads the document
 */
export function judgeDocuments(command: 'init' | 'join', subject: ChangedItem): Takes {
  const { before, after } = subject
  let left = differingFields(documentsOf(command, before), documentsOf(command, after))
  if (left.length === 0) return files('it means the same')
  const all: Takes[] = []
  for (const { field, judge } of rows) {
    const [first, ...others] = left.filter(({ path }) => field.test(path))
    if (first) all.push(judge([first, ...others], subject))
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

/** The fields of documents by path; arguments are equal whether they are a mapping or a list. */
function fieldsOf(documents: readonly KubeadmDocument[]): Map<string, unknown> {
  const fields = new Map<string, unknown>()
  const add = (path: string, value: unknown): void => {
    if (Array.isArray(value) && value.length > 0 && value.every(isArgument))
      for (const argument of value) fields.set(`${path}.${argument.name}`, argument.value)
    else if (isMapping(value)) for (const [key, each] of Object.entries(value)) add(`${path}.${key}`, each)
    // The order of string lists has no meaning.
    else fields.set(path, listOf(value).length > 0 ? listOf(value).toSorted() : value)
  }
  for (const document of documents) add(String(document['kind']), document)
  return fields
}
