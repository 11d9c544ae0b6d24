import { error } from '../../diagnostics/diagnostic.ts'
import type { Diagnostic, Path } from '../../diagnostics/diagnostic.ts'
import { inQuotes } from '../../diagnostics/in-quotes.ts'
import { posix } from 'node:path'
import { etcdPlacementOf } from '../placements.ts'
import type { Profile } from '../schema.ts'
import type { HostVolumes } from '../schema-volumes.ts'
import { mountedByKubeadm } from './control-plane-files.ts'
import type { Rule } from './rule.ts'

/* Directories and files of the machine in static pods. */

const page = 'https://kubernetes.io/docs/setup/production-environment/tools/kubeadm/control-plane-flags/'

const components = ['apiServer', 'controllerManager', 'scheduler'] as const
type Pod = (typeof components)[number] | 'etcd'

/** Additional paths that kubeadm mounts into single pods (cmd/kubeadm/app/phases/controlplane/volumes.go, etcd/local.go). */
const mountedInto: Readonly<Record<Pod, readonly string[]>> = {
  apiServer: mountedByKubeadm,
  controllerManager: [
    ...mountedByKubeadm,
    '/etc/kubernetes/controller-manager.conf',
    '/usr/libexec/kubernetes/kubelet-plugins/volume/exec',
  ],
  scheduler: ['/etc/kubernetes/scheduler.conf'],
  etcd: ['/var/lib/etcd', '/etc/kubernetes/pki/etcd'],
}

/** Directories whose contents the image and the container runtime provide. */
const ofImages = new Set(
  [
    '',
    'bin',
    'dev',
    'etc',
    'go-runner',
    'lib',
    'lib64',
    'proc',
    'run',
    'sbin',
    'sys',
    'usr',
    'usr/local',
    'usr/local/bin',
    'var',
  ].map((name) => `/${name}`),
)

type Volume = NonNullable<HostVolumes>[number]

/** Paths that a pod cannot mount, or that are already mounted. */
export const volumeRules: Rule = ({ profile }) => [
  ...components.flatMap((component) => {
    const field = `${component}Volumes` as const
    return checkVolumes(profile, component, profile.kubernetes[field] ?? [], ['kubernetes', field])
  }),
  ...checkEtcd(profile),
]

function checkEtcd(profile: Profile): Diagnostic[] {
  const volumes = profile.etcd?.volumes
  if (volumes === undefined) return []
  if (etcdPlacementOf(profile) === 'stacked')
    return checkVolumes(profile, 'etcd', volumes, ['etcd', 'volumes'])
  return [
    error('kubernetes/volume', 'etcd is a service here, which sees the whole machine', {
      hint: 'remove volumes',
      path: ['etcd', 'volumes'],
      onKey: true,
    }),
  ]
}

function checkVolumes(profile: Profile, pod: Pod, volumes: readonly Volume[], path: Path): Diagnostic[] {
  const first = new Map<string, Path>()
  return volumes.flatMap((volume, index) => {
    const at = [...path, index]
    const broken = (['hostPath', 'mountPath'] as const).flatMap((field) =>
      volume[field] === undefined ? [] : checkPath(volume[field], [...at, field]),
    )
    if (broken.length > 0) return broken
    const mountPath = volume.mountPath ?? volume.hostPath
    const where = [...at, volume.mountPath === undefined ? 'hostPath' : 'mountPath']
    const earlier = first.get(mountPath)
    if (!earlier) first.set(mountPath, where)
    return earlier
      ? [
          error('kubernetes/volume', `two volumes are mounted at ${mountPath}`, {
            hint: 'give each a mountPath of its own',
            path: where,
            related: [{ path: earlier, message: 'the other' }],
          }),
        ]
      : checkMount(profile, pod, mountPath, where)
  })
}

function checkPath(text: string, path: Path): Diagnostic[] {
  const fail = (message: string, hint: string) => [error('kubernetes/volume', message, { hint, path })]
  const shown = inQuotes(text, 80)
  if (!text.startsWith('/'))
    return fail(`${shown} is not an absolute path`, `write /${text.replace(/^[./]+/, '')}`)
  if (/\p{Cc}|:/u.test(text)) return fail(`${shown} contains a colon or a control character`, 'remove it')
  return posix.normalize(text) === text && (text === '/' || !text.endsWith('/'))
    ? []
    : fail(`${shown} is not a path in its shortest form`, `write ${posix.resolve(text)}`)
}

function checkMount(profile: Profile, pod: Pod, mountPath: string, path: Path): Diagnostic[] {
  const fail = (message: string, hint: string) => [
    error('kubernetes/volume', message, { hint, path, source: page }),
  ]
  if (ofImages.has(mountPath))
    return fail(
      `${mountPath} in the pod would hide what the image brings`,
      'write another mountPath, e.g. /data',
    )
  if (mountedInto[pod].some((each) => each.replace(/\/$/, '') === mountPath))
    return fail(
      `kubeadm mounts ${mountPath} itself, and a pod cannot mount two volumes there`,
      'remove it, or write another mountPath',
    )
  const other = mountedByProfile(profile, pod).find((each) => each === mountPath)
  return other === undefined
    ? []
    : fail(`hakube mounts ${mountPath} already, for files of the profile`, 'remove it: the files are there')
}

/** As componentVolumes and apiServer of the component kubeadm do. */
function mountedByProfile({ kubernetes }: Profile, pod: Pod): string[] {
  if (pod === 'etcd') return []
  const files = (kubernetes[`${pod}Files`] ?? []).map(({ path }) => {
    const directory = posix.dirname(path)
    return directory.startsWith('/etc/kubernetes/') ? directory : path
  })
  if (pod !== 'apiServer') return files
  return [
    ...files,
    ...(kubernetes.audit ? ['/etc/kubernetes/audit', '/var/log/kubernetes/audit'] : []),
    ...(kubernetes.encryptionAtRest ? ['/etc/kubernetes/encryption'] : []),
  ]
}
