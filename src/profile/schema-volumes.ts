import { z } from 'zod'
import { byDefault } from './defaults.ts'
import { text } from './schema-parts.ts'

export const volumeTypes = ['Directory', 'DirectoryOrCreate', 'File', 'FileOrCreate'] as const
export type VolumeType = (typeof volumeTypes)[number]

const HostVolume = z
  .strictObject({
    hostPath: text('Absolute path on the control planes.', '/var/lib/identity'),
    mountPath: text('Absolute path in the static pod, if it is not hostPath.', '/identity').optional(),
    readOnly: z
      .boolean()
      .meta({ description: `Whether the pod can only read it. ${byDefault('volumeReadOnly')}` })
      .optional(),
    type: z
      .enum(volumeTypes)
      .meta({
        description: `What hostPath is. For types that end with OrCreate, the kubelet creates what is missing; for the others, it does not start the pod. ${byDefault('volumeType')}`,
      })
      .optional(),
  })
  .meta({ description: 'A directory or a file of the machine in a static pod.' })

/** Directories and files of the machine for the static pods of a component. */
export const hostVolumes = (whose: string) =>
  z
    .array(HostVolume)
    .meta({
      description: `Directories and files of the control planes to mount into the static pods of ${whose}.`,
    })
    .optional()

export type HostVolumes = z.infer<ReturnType<typeof hostVolumes>>
