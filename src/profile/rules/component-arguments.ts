import { error } from '../../diagnostics/diagnostic.ts'
import type { Diagnostic, Path } from '../../diagnostics/diagnostic.ts'
import { inQuotes } from '../../diagnostics/in-quotes.ts'
import type { Profile } from '../schema.ts'
import { settingsPlaces } from './rule.ts'
import type { Rule } from './rule.ts'

export type Program = 'kube-apiserver' | 'kube-controller-manager' | 'kube-scheduler' | 'kubelet'

export type ArgumentsPlace = {
  path: Path
  program: Program
  list: Readonly<Record<string, string>>
}

/** Every place of a profile where arguments of a program stand. */
export function* argumentPlaces(profile: Profile): Generator<ArgumentsPlace> {
  const { apiServerArguments, controllerManagerArguments, schedulerArguments } = profile.kubernetes
  yield {
    path: ['kubernetes', 'apiServerArguments'],
    program: 'kube-apiserver',
    list: apiServerArguments ?? {},
  }
  yield {
    path: ['kubernetes', 'controllerManagerArguments'],
    program: 'kube-controller-manager',
    list: controllerManagerArguments ?? {},
  }
  yield {
    path: ['kubernetes', 'schedulerArguments'],
    program: 'kube-scheduler',
    list: schedulerArguments ?? {},
  }
  for (const { path, settings } of settingsPlaces(profile))
    if (settings.kubeletArguments)
      yield { path: [...path, 'kubeletArguments'], program: 'kubelet', list: settings.kubeletArguments }
}

const certificates = 'the secrets bundle has the authorities, and kubernetes.certificateNames adds names'
const gates = 'write kubernetes.featureGates'

/** What hakube sets itself, from something else of the profile; with a second value one of the two would be lost. */
const ownArguments: Readonly<Record<Program, Readonly<Record<string, string>>>> = {
  'kube-apiserver': {
    'advertise-address': 'it is the address of the machine',
    'audit-log-path': 'write kubernetes.audit',
    'audit-policy-file': 'write kubernetes.audit',
    'client-ca-file': certificates,
    'encryption-provider-config': 'write kubernetes.encryptionAtRest',
    'etcd-cafile': certificates,
    'etcd-certfile': certificates,
    'etcd-keyfile': certificates,
    'etcd-servers': 'it follows from etcd.placement',
    'feature-gates': gates,
    'secure-port': 'it is 6443; the port for clients is loadBalancing.api.port',
    'service-cluster-ip-range': 'write kubernetes.serviceNetwork',
    'tls-cert-file': certificates,
    'tls-private-key-file': certificates,
  },
  'kube-controller-manager': {
    'cluster-cidr': 'write kubernetes.podNetwork',
    'cluster-name': 'it is the name of the profile',
    'feature-gates': gates,
    'service-cluster-ip-range': 'write kubernetes.serviceNetwork',
  },
  'kube-scheduler': { 'feature-gates': gates },
  kubelet: {
    'bootstrap-kubeconfig': 'kubeadm sets it',
    'cluster-dns': 'it is the tenth address of kubernetes.serviceNetwork',
    'cluster-domain': 'write kubernetes.domain',
    config: 'kubeadm sets it',
    'container-runtime': 'write containerRuntime.name',
    'container-runtime-endpoint': 'write containerRuntime.name',
    'feature-gates': gates,
    'hostname-override': 'it is the name of the machine',
    kubeconfig: 'kubeadm sets it',
    'node-ip': 'it is the address of the machine',
    'node-labels': 'write labels',
    'pod-infra-container-image': 'it follows from kubernetes.version and kubernetes.imageRepository',
    'register-with-taints': 'write taints',
  },
}

/** Whether hakube sets an argument itself. */
export const isOwnArgument = (program: Program, name: string): boolean =>
  Object.hasOwn(ownArguments[program], name)

/** Arguments of the components of Kubernetes, and their feature gates. */
export const componentArgumentRules: Rule = ({ profile }) => [
  ...[...argumentPlaces(profile)].flatMap((place) =>
    Object.entries(place.list).flatMap(([name, value]) => [
      ...checkName(place, name),
      ...checkValue(place, name, value),
    ]),
  ),
  ...checkGates(profile),
]

function checkName({ path, program }: ArgumentsPlace, name: string): Diagnostic[] {
  const at = { path: [...path, name], onKey: true }
  if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(name)) {
    const near = name
      .replace(/=.*$/s, '')
      .replace(/^-+/, '')
      .replaceAll(/([a-z])([A-Z])/g, '$1-$2')
      .replaceAll('_', '-')
      .toLowerCase()
    const hint = /^[a-z0-9]+(-[a-z0-9]+)*$/.test(near)
      ? `write ${near}: without dashes before it, the value behind the colon`
      : 'write the name as --help prints it, without the dashes before it'
    return [error('arguments/name', `${inQuotes(name)} is not the name of an argument`, { hint, ...at })]
  }
  const own = Object.hasOwn(ownArguments[program], name) ? ownArguments[program][name] : undefined
  if (own === undefined) return []
  return [
    error('arguments/by-hakube', `hakube sets --${name} of ${program} itself`, {
      hint: own.startsWith('write ') ? `${own} in its place` : `remove it: ${own}`,
      ...at,
    }),
  ]
}

/**
 * kubeadm writes the kubelet's arguments into one line of /var/lib/kubelet/kubeadm-flags.env, and systemd parts that line at white
 * space (systemd.service(5), Command lines).
 */
function checkValue({ path, program }: ArgumentsPlace, name: string, value: string): Diagnostic[] {
  const at = { path: [...path, name] }
  if (/\p{Cc}/u.test(value))
    return [
      error('arguments/value', `the value of ${name} has a control character or a line break`, {
        hint: 'write one line',
        ...at,
      }),
    ]
  if (program !== 'kubelet' || !/[\s"'\\$]/.test(value)) return []
  return [
    error('arguments/value', `the value of ${name} has white space, a quote, a backslash or $`, {
      hint: 'arguments of the kubelet stand in one line that is parted at white space: write a value without them',
      source: 'systemd.service(5)',
      ...at,
    }),
  ]
}

const checkGates = ({ kubernetes: { featureGates = {} } }: Profile): Diagnostic[] =>
  Object.keys(featureGates).flatMap((name) =>
    /^[A-Z][A-Za-z0-9]*$/.test(name)
      ? []
      : [
          error('kubernetes/feature-gate', `${inQuotes(name)} is not the name of a feature gate`, {
            hint: 'write a name as Kubernetes has it, e.g. NodeSwap: true',
            path: ['kubernetes', 'featureGates', name],
            onKey: true,
            source: 'https://kubernetes.io/docs/reference/command-line-tools-reference/feature-gates/',
          }),
        ],
  )
