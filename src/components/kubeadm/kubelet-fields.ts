import { posix } from 'node:path'
import { kubeletUnit } from '../../distributions/unit-names.ts'
import { argumentsIn } from '../../distributions/configurations/kubelet-arguments.ts'
import { kubeletWay } from '../../distributions/configurations/kubelet-ways.ts'
import type { Cluster, Machine, PlainMapping } from '../../cluster/cluster.ts'
import type { File } from '../../assembly/component.ts'
import { manual, restarts, type Takes } from '../../assembly/on-change.ts'
import { toYaml } from '../../templates/yaml.ts'
import type { Argument } from './model.ts'

/* Settings of individual kubelets, in addition to the one KubeletConfiguration that kubeadm stores for the whole cluster. */

/** The directory that https://kubernetes.io/docs/tasks/administer-cluster/kubelet-config-file/#kubelet-conf-d uses for drop-ins. */
const usualDirectory = '/etc/kubernetes/kubelet.conf.d'

const hasFields = ({ settings: { kubeletConfiguration } }: Machine): boolean =>
  Object.keys(kubeletConfiguration.fields).length > 0

const wayOf = ({ kubernetes }: Cluster) => kubeletWay(kubernetes.minor)

const texts = new WeakMap<PlainMapping, string>()

/** Machines with equal settings share one object of fields. */
function document(fields: PlainMapping): string {
  const known = texts.get(fields)
  if (known !== undefined) return known
  const text = toYaml({
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    ...fields,
  })
  texts.set(fields, text)
  return text
}

const given = ({ settings }: Machine, name: string): string | undefined =>
  settings.kubeletArguments.find((each) => each.name === name)?.value

/** Arguments that pass the settings: the directory of drop-ins, or the settings themselves. */
export function kubeletFieldArguments(cluster: Cluster, machine: Machine): Argument[] {
  if (!hasFields(machine)) return []
  switch (wayOf(cluster)) {
    case 'drop-in':
      return given(machine, 'config-dir') === undefined ? [{ name: 'config-dir', value: usualDirectory }] : []
    case 'patch':
      return []
    case 'arguments':
      return argumentsIn(machine.settings.kubeletConfiguration.fields, cluster.kubernetes.minor).map(
        ({ name, value }) => ({ name, value }),
      )
    default:
      throw new Error('no way for settings of a kubelet')
  }
}

/**
 * Fields whose values the kubelet records in /var/lib/kubelet/*_manager_state; it does not start if they differ from the record
 * (pkg/kubelet/cm/cpumanager and memorymanager). They have a separate file, because a change of them requires more.
 */
const writtenDown = [
  'cpuManagerPolicy',
  'cpuManagerPolicyOptions',
  'memoryManagerPolicy',
  'reservedMemory',
  'reservedSystemCPUs',
]

/** Reserved resources reduce the processors and memory that static policies assign. */
const writtenDownWithPolicy = ['kubeReserved', 'systemReserved', 'evictionHard']

function partsOf(fields: PlainMapping): { plain: PlainMapping; policies: PlainMapping } {
  const isStatic = fields['cpuManagerPolicy'] === 'static' || fields['memoryManagerPolicy'] === 'Static'
  const names = new Set(isStatic ? [...writtenDown, ...writtenDownWithPolicy] : writtenDown)
  const part = (wanted: boolean) =>
    Object.fromEntries(Object.entries(fields).filter(([name]) => names.has(name) === wanted))
  return { plain: part(false), policies: part(true) }
}

const policiesTakes = manual(
  'the kubelet does not start with other policies and reservations than those that it has written down: kubectl drain NODE, systemctl stop kubelet, ' +
    'rm -f /var/lib/kubelet/cpu_manager_state /var/lib/kubelet/memory_manager_state, systemctl start kubelet, kubectl uncordon NODE',
)

/** The kubelet reads them when it starts. Drop-ins of the profile are in the same directory, if it names one. */
export function kubeletDropIns(cluster: Cluster, machine: Machine): File[] {
  if (wayOf(cluster) !== 'drop-in') return []
  const directory = given(machine, 'config-dir') ?? usualDirectory
  const { fields: all, from } = machine.settings.kubeletConfiguration
  const { plain, policies } = partsOf(all)
  const file = (name: string, fields: PlainMapping, takes: Takes): File[] =>
    Object.keys(fields).length === 0
      ? []
      : [
          {
            path: posix.join(directory, name),
            mode: '0644',
            content: document(fields),
            onChange: takes,
            ...(from ? { from } : {}),
          },
        ]
  return [
    ...file('50-hakube.conf', plain, restarts('the kubelet', kubeletUnit)),
    ...file('51-hakube-policies.conf', policies, policiesTakes),
  ]
}

/** The same as a patch, for releases without such a directory; null if there is nothing to set, or no way to set it. */
export const kubeletPatch = (cluster: Cluster, machine: Machine): string | null =>
  hasFields(machine) && wayOf(cluster) === 'patch'
    ? document(machine.settings.kubeletConfiguration.fields)
    : null
