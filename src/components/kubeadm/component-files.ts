import { posix } from 'node:path'
import type { Cluster } from '../../cluster/cluster.ts'
import type { File } from '../../assembly/component.ts'
import type { ComponentName, Volume } from './model.ts'
import { told } from '../../assembly/on-change.ts'

/** What components of the control plane read. */
export const readByComponents = told(
  'components of the control plane read their files when they start: crictl stop their containers, and the kubelet starts them again; a new one needs its argument and mount too: docs/profile.md says how',
)

/** Files of the profile's own that components of the control plane read, each once. */
export function componentFiles({ kubernetes: { files } }: Cluster): File[] {
  const all = [...files.apiServer, ...files.controllerManager, ...files.scheduler]
  return [...new Map(all.map((file) => [file.path, { ...file, onChange: readByComponents }])).values()]
}

/**
 * A directory below /etc/kubernetes is mounted whole: a file that is mounted by itself stays the old one in a container that runs
 * when another takes its name, and API servers read some of theirs again. Elsewhere, other things may stand beside it.
 */
function volumeOf(path: string): Omit<Volume, 'name'> {
  const folder = posix.dirname(path)
  return folder.startsWith('/etc/kubernetes/')
    ? { hostPath: folder, mountPath: folder, readOnly: true, pathType: 'Directory' }
    : { hostPath: path, mountPath: path, readOnly: true, pathType: 'File' }
}

/** What the pod of a component has to mount for them. */
export function componentVolumes({ kubernetes: { files } }: Cluster, component: ComponentName): Volume[] {
  const volumes = files[component].map(({ path }) => volumeOf(path))
  const each = new Map(volumes.map((volume) => [volume.hostPath, volume]))
  return [...each.values()].map((volume, index) => ({ name: `profile-${index + 1}`, ...volume }))
}
