import { posix } from 'node:path'
import { error } from '../../diagnostics/diagnostic.ts'
import type { Diagnostic, Path } from '../../diagnostics/diagnostic.ts'
import { didYouMean } from '../../diagnostics/suggest.ts'
import { hasArgument, knownArguments, type Program } from '../../distributions/arguments/index.ts'
import { parseKubernetesVersion } from '../../distributions/kubernetes.ts'
import type { Profile } from '../schema.ts'
import { argumentTexts } from '../schema-arguments.ts'
import { checkControlPlaneDocument } from './control-plane-documents.ts'
import { checkFile } from './files.ts'
import { isOwnArgument } from './own-arguments.ts'
import { settingsPlaces } from './rule.ts'
import type { Rule, RuleContext } from './rule.ts'

const components = [
  ['apiServer', 'kube-apiserver'],
  ['controllerManager', 'kube-controller-manager'],
  ['scheduler', 'kube-scheduler'],
] as const satisfies readonly (readonly [string, Program])[]

type Component = (typeof components)[number][0]
type ComponentFile = NonNullable<Profile['kubernetes'][`${Component}Files`]>[number]

/** Arguments with the path of a file that the component reads, except those that kubeadm and hakube set. */
const fileArguments = new Set(
  [
    'admission-control-config-file allow-metric-labels-manifest audit-webhook-config-file authentication-config',
    'authentication-token-webhook-config-file authorization-config authorization-policy-file authorization-webhook-config-file',
    'client-ca-file cloud-config cluster-signing-kube-apiserver-client-cert-file cluster-signing-kube-apiserver-client-key-file',
    'cluster-signing-kubelet-client-cert-file cluster-signing-kubelet-client-key-file cluster-signing-kubelet-serving-cert-file',
    'cluster-signing-kubelet-serving-key-file cluster-signing-legacy-unknown-cert-file cluster-signing-legacy-unknown-key-file',
    'config egress-selector-config-file kubelet-certificate-authority leader-migration-config oidc-ca-file peer-ca-file',
    'policy-config-file pv-recycler-pod-template-filepath-hostpath pv-recycler-pod-template-filepath-nfs',
    'requestheader-client-ca-file tls-cert-file tls-private-key-file token-auth-file tracing-config-file',
  ].flatMap((line) => line.split(' ')),
)

/** Paths that kubeadm mounts into the pods of API server and controller manager (cmd/kubeadm/app/phases/controlplane/volumes.go). */
export const mountedByKubeadm = [
  '/etc/kubernetes/pki/',
  '/etc/ssl/certs/',
  '/etc/pki/',
  '/etc/ca-certificates/',
  '/usr/local/share/ca-certificates/',
  '/usr/share/ca-certificates/',
]

/** The profile's files for control-plane components, and arguments that name files. */
export const controlPlaneFileRules: Rule = (context) => [
  ...components.flatMap(([component, program]) => [
    ...checkFiles(context, component, program),
    ...checkArguments(context.profile, component, program),
  ]),
  ...checkOwners(context.profile),
]

const filesOf = ({ kubernetes }: Profile, component: Component): readonly ComponentFile[] =>
  kubernetes[`${component}Files`] ?? []

const pathOf = (component: Component, index: number, ...rest: Path): Path => [
  'kubernetes',
  `${component}Files`,
  index,
  ...rest,
]

function checkFiles({ profile, sources }: RuleContext, component: Component, program: Program): Diagnostic[] {
  const files = filesOf(profile, component)
  return files.flatMap((file, index) => {
    const text = file.content ?? (file.source === undefined ? undefined : sources.get(file.source))
    const at = pathOf(component, index, file.content === undefined ? 'source' : 'content')
    const first = files.findIndex(({ argument }) => argument !== undefined && argument === file.argument)
    return [
      ...checkFile(file, pathOf(component, index), sources),
      ...checkName(profile, file, pathOf(component, index, 'argument'), component, program),
      ...(first < index && first >= 0
        ? [twice(file.argument ?? '', component, index, pathOf(component, first, 'argument'))]
        : []),
      ...(text === undefined || file.argument === undefined
        ? []
        : checkControlPlaneDocument(file.argument, text, at)),
    ]
  })
}

/** Whether an argument names a file in this release, and the profile may set it. */
function isFileArgument({ kubernetes }: Profile, program: Program, name: string): boolean {
  const minor = parseKubernetesVersion(kubernetes.version)?.minor
  const known = knownArguments[program].get(name)
  const here = known !== undefined && (minor === undefined || hasArgument(known, minor))
  return here && fileArguments.has(name) && !isOwnArgument(program, name)
}

/** Whether `argument` names a file, and nothing else sets it. */
function checkName(
  profile: Profile,
  { argument }: ComponentFile,
  path: Path,
  component: Component,
  program: Program,
): Diagnostic[] {
  if (argument === undefined) return []
  const names = [...knownArguments[program].keys()].filter((name) => isFileArgument(profile, program, name))
  if (!names.includes(argument))
    return [
      error(
        'arguments/file',
        `${program} has no argument --${argument} for a file that the profile can provide`,
        {
          hint: didYouMean(argument, names),
          path,
        },
      ),
    ]
  const field = `${component}Arguments` as const
  if (profile.kubernetes[field]?.[argument] === undefined) return []
  return [
    error('arguments/file', `--${argument} of ${program} is also set in ${field}`, {
      hint: 'keep one of the two',
      path,
      related: [{ path: ['kubernetes', field, argument], message: 'the other', onKey: true }],
    }),
  ]
}

const twice = (argument: string, component: Component, index: number, first: Path): Diagnostic =>
  error('arguments/file', `two files use --${argument}`, {
    hint: 'keep one of the two',
    path: pathOf(component, index, 'argument'),
    related: [{ path: first, message: 'the other' }],
  })

/** A static pod sees only the mounted files of its machine. */
function checkArguments(profile: Profile, component: Component, program: Program): Diagnostic[] {
  const field = `${component}Files` as const
  const paths = new Set(filesOf(profile, component).map(({ path }) => path))
  const volumes = (profile.kubernetes[`${component}Volumes`] ?? []).map(
    ({ hostPath, mountPath }) => mountPath ?? hostPath,
  )
  const own = Object.entries(argumentTexts(profile.kubernetes[`${component}Arguments`]))
  return own.flatMap(([name, value]) => {
    const path: Path = ['kubernetes', `${component}Arguments`, name]
    const isSeen = (file: string): boolean =>
      paths.has(file) ||
      volumes.some((mount) => file === mount || file.startsWith(`${mount}/`)) ||
      (component !== 'scheduler' && mountedByKubeadm.some((directory) => file.startsWith(directory)))
    if (name === 'tls-sni-cert-key') return checkPair(field, path, value, isSeen)
    if (!isFileArgument(profile, program, name) || value === '' || isSeen(value)) return []
    const proposed = value.startsWith('/') ? value : `/etc/kubernetes/${name}`
    return [
      error('arguments/file', `${program} runs in a static pod, into which ${value} is not mounted`, {
        hint: `write kubernetes.${field}: [{path: ${proposed}, argument: ${name}, source: files/${posix.basename(value) || name}}] instead of the argument: hakube writes the file before kubeadm runs, and mounts it`,
        path,
        source: 'https://kubernetes.io/docs/setup/production-environment/tools/kubeadm/control-plane-flags/',
      }),
    ]
  })
}

/** `certificate,key[:domains]`: two files in one argument. */
function checkPair(
  field: string,
  path: Path,
  value: string,
  isSeen: (file: string) => boolean,
): Diagnostic[] {
  const unseen = (value.split(':', 1)[0] ?? '').split(',').filter((file) => file !== '' && !isSeen(file))
  if (unseen.length === 0) return []
  const entries = unseen.map((file) => `{path: ${file}, source: files/${posix.basename(file)}}`)
  return [
    error(
      'arguments/file',
      `kube-apiserver runs in a static pod, into which ${unseen.join(' and ')} is not mounted`.replace(
        /( and .*) is not/,
        '$1 are not',
      ),
      {
        hint: `also write kubernetes.${field}: [${entries.join(', ')}]: hakube writes the files before kubeadm runs, and mounts them; give a key secret: true`,
        path,
        source: 'https://kubernetes.io/docs/setup/production-environment/tools/kubeadm/control-plane-flags/',
      },
    ),
  ]
}

/** Two entries with the same path. Two components may read the same file. */
function checkOwners(profile: Profile): Diagnostic[] {
  const first = new Map<string, { path: Path; text: string; component: string }>()
  for (const { path, role, settings } of settingsPlaces(profile)) {
    if (role !== null && role !== 'control-plane') continue
    for (const [index, file] of (settings.files ?? []).entries())
      first.set(file.path, { path: [...path, 'files', index, 'path'], text: '', component: 'files' })
  }
  return components.flatMap(([component]) =>
    filesOf(profile, component).flatMap((file, index) => {
      const path = pathOf(component, index, 'path')
      const text = JSON.stringify([file.content, file.source, file.secret])
      const earlier = first.get(file.path)
      if (!earlier) {
        first.set(file.path, { path, text, component })
        return []
      }
      if (earlier.text === text && earlier.component !== component) return []
      return [
        error('files/duplicate', `the file ${file.path} is written twice`, {
          hint: 'keep one of the two',
          path,
          related: [{ path: earlier.path, message: 'first used here' }],
        }),
      ]
    }),
  )
}
