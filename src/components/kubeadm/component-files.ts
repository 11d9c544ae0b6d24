import { posix } from 'node:path'
import type { Cluster } from '../../cluster/cluster.ts'
import type { HostVolume } from '../../cluster/volumes.ts'
import type { File } from '../../assembly/component.ts'
import type { ComponentName, Volume } from './model.ts'
import { manual } from '../../assembly/on-change.ts'

/** What a change of a file that control-plane components read requires. */
export const readByComponents = manual(
  'control plane components read their files when they start: run crictl stop on their containers, and the kubelet starts them again; a new file also needs its argument and mount: see docs/profile.md',
)

/** Files of the profile that control-plane components read, each once. */
export function componentFiles({ kubernetes: { files } }: Cluster): File[] {
  const all = [...files.apiServer, ...files.controllerManager, ...files.scheduler]
  return [...new Map(all.map((file) => [file.path, { ...file, onChange: readByComponents }])).values()]
}

/**
 * A directory below /etc/kubernetes is mounted as a whole: if a single file is mounted, a running container keeps the old one when a new
 * file replaces it, and API servers read some files again. Elsewhere the directory may contain unrelated files, so the file alone is
 * mounted.
 */
function volumeOf(path: string): Omit<Volume, 'name'> {
  const directory = posix.dirname(path)
  return directory.startsWith('/etc/kubernetes/')
    ? { hostPath: directory, mountPath: directory, readOnly: true, pathType: 'Directory' }
    : { hostPath: path, mountPath: path, readOnly: true, pathType: 'File' }
}

/** The volumes of the profile. */
export const ownVolumes = (volumes: readonly HostVolume[]): Volume[] =>
  volumes.map(({ hostPath, mountPath, readOnly, type }, index) => ({
    name: `volume-${index + 1}`,
    hostPath,
    mountPath,
    ...(readOnly ? { readOnly } : {}),
    pathType: type,
  }))

/** What the pod of a component has to mount: its files, and the volumes of the profile. */
export function componentVolumes({ kubernetes }: Cluster, component: ComponentName): Volume[] {
  const { files, volumes: own } = kubernetes
  const volumes = files[component].map(({ path }) => volumeOf(path))
  const each = new Map(volumes.map((volume) => [volume.hostPath, volume]))
  return [
    ...[...each.values()].map((volume, index) => ({ name: `profile-${index + 1}`, ...volume })),
    ...ownVolumes(own[component]),
  ]
}
