import { error } from '../../../diagnostics/diagnostic.ts'
import { flags, kubernetesFrom, says, type Family, type TextPattern } from './advice.ts'

/*
 * Feature gates in guides, by the first minor release that no longer has them:
 * https://kubernetes.io/docs/reference/command-line-tools-reference/feature-gates-removed/ lists the last one that does.
 */
const goneGates: Readonly<Record<string, string>> = {
  '1.20':
    'CSIPersistentVolume|HugePages|KubeletPluginsWatcher|MountPropagation|PersistentLocalVolumes|PodPriority|TaintNodesByCondition|VolumeScheduling',
  '1.21': 'TaintBasedEvictions',
  '1.22':
    'BlockVolume|CSIBlockVolume|CSIDriverRegistry|EvenPodsSpread|RotateKubeletClientCertificate|TokenRequest|TokenRequestProjection|VolumePVCDataSource',
  '1.23':
    'CRIContainerLogRotation|CSINodeInfo|LegacyNodeRoleBehavior|SCTPSupport|ServiceNodeExclusion|ServiceTopology|VolumeSnapshotDataSource',
  '1.24': 'BoundServiceAccountTokenVolume|NodeLease|StartupProbe|SupportNodePidsLimit|SupportPodPidsLimit',
  '1.25':
    'EndpointSlice|EndpointSliceProxying|GenericEphemeralVolume|HugePageStorageMediumSize|IPv6DualStack|RuntimeClass|TTLAfterFinished',
  '1.26': 'DefaultPodTopologySpread|DynamicKubeletConfig|IndexedJob|PodOverhead|SuspendJob',
  '1.27':
    'CSIInlineVolume|CSIMigration|EphemeralContainers|ExpandCSIVolumes|ExpandInUsePersistentVolumes|ExpandPersistentVolumes|LocalStorageCapacityIsolation',
}

const everywhereButTables: TextPattern['kinds'] = ['kubernetes', 'shell', 'unit', 'environment']

/** Arguments, feature gates and objects that components of Kubernetes no longer support. */
export const componentAdvice: Family = {
  title: 'Components of Kubernetes',
  advice: [
    {
      what: 'Removed feature gates: `TTLAfterFinished`, `ExpandCSIVolumes`, `IPv6DualStack` …',
      says: says(
        error('old-advice/gone-gate', '{} is no longer a feature gate: components do not start with it', {
          hint: 'remove it: the feature is always on, or was removed',
          source: 'https://kubernetes.io/docs/reference/command-line-tools-reference/feature-gates-removed/',
        }),
      ),
      texts: Object.entries(goneGates).map(([minor, names]) => ({
        kinds: everywhereButTables,
        find: new RegExp(String.raw`\b(?:${names})\b(?=["']?\s*[=:]\s*["']?(?:true|false)\b)`, 'g'),
        holds: kubernetesFrom(minor),
      })),
    },
    {
      what: '`PodSecurityPolicy`',
      says: says(
        error('old-advice/pod-security-policy', '{} was removed in Kubernetes 1.25: API servers reject it', {
          hint: 'remove it, and label namespaces: pod-security.kubernetes.io/enforce',
          source: 'https://kubernetes.io/docs/concepts/security/pod-security-admission/',
        }),
      ),
      holds: kubernetesFrom('1.25'),
      texts: [
        { kinds: ['kubernetes', 'shell'], find: /^[ \t]*kind:[ \t]*["']?(?<name>PodSecurityPolicy)\b/gm },
        {
          kinds: everywhereButTables,
          find: /\benable-admission-plugins["']?(?:=|:\s*|\s+value:\s*)["']?[^\s"']*(?<name>\bPodSecurityPolicy)\b/g,
        },
      ],
    },
    {
      what: '`--insecure-port`, `--insecure-bind-address` of the API server',
      says: says(
        error('old-advice/insecure-port', 'since Kubernetes 1.24, the API server does not start with {}', {
          hint: 'remove it: there has been no port without TLS since 1.20',
          source: 'https://github.com/kubernetes/kubernetes/pull/95856',
        }),
      ),
      holds: kubernetesFrom('1.24'),
      texts: flags('insecure-port|insecure-bind-address'),
    },
    {
      what: '`--pod-eviction-timeout`, `--enable-taint-manager` of the controller manager',
      says: says(
        error(
          'old-advice/pod-eviction-timeout',
          'since Kubernetes 1.27, the controller manager does not start with {}',
          {
            hint: 'remove it; write default-not-ready-toleration-seconds and default-unreachable-toleration-seconds under kubernetes.apiServerArguments',
            source: 'https://github.com/kubernetes/kubernetes/pull/115840',
          },
        ),
      ),
      holds: kubernetesFrom('1.27'),
      texts: flags('pod-eviction-timeout|enable-taint-manager'),
    },
  ],
}
