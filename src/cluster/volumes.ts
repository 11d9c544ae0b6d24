import type { Path } from '../diagnostics/diagnostic.ts'
import { defaults } from '../profile/defaults.ts'
import type { HostVolumes, VolumeType } from '../profile/schema-volumes.ts'
import type { From } from './machine-settings.ts'

/** A directory or file of the machine that a static pod mounts. */
export type HostVolume = From & {
  hostPath: string
  mountPath: string
  readOnly: boolean
  type: VolumeType
}

/** @param path position of the list in the profile */
export const resolveVolumes = (given: HostVolumes, path: Path): HostVolume[] =>
  (given ?? []).map(({ hostPath, mountPath, readOnly, type }, index) => ({
    hostPath,
    mountPath: mountPath ?? hostPath,
    readOnly: readOnly ?? defaults.volumeReadOnly,
    type: type ?? defaults.volumeType,
    from: [...path, index],
  }))
