import { error } from '../../diagnostics/diagnostic.ts'
import type { Diagnostic, Path } from '../../diagnostics/diagnostic.ts'
import { inQuotes } from '../../diagnostics/in-quotes.ts'
import type { Stated, StatedStorage } from '../storage.ts'

/** Names of volumes that LVM creates itself: lvm(8), "Valid names". */
const ofLvm =
  /^(?:snapshot|pvmove)|_(?:cdata|cmeta|corig|iorig|mimage|mlog|pmspare|rimage|rmeta|tdata|tmeta|vdata|vorigin|wcorig)/

/** Whether LVM reserves a name. */
export const isOfLvm = (name: string): boolean => ofLvm.test(name)

const source = 'lvm(8), valid names'

/** Names of the volume group and of logical volumes. */
export function checkVolumeNames({ layout, volumeGroup, partitions }: StatedStorage): Diagnostic[] {
  const names: Stated<string>[] = (partitions?.value ?? []).flatMap(({ name }, index) =>
    name === undefined ? [] : [{ value: name, path: [...(partitions?.path ?? []), index, 'name'] }],
  )
  if (layout?.value !== 'lvm')
    return [...(volumeGroup ? [volumeGroup] : []), ...names].map(({ path }) =>
      error(
        'storage/unused',
        `${path.at(-1) === 'name' ? 'the name of a logical volume' : 'volumeGroup'} without LVM`,
        {
          hint: 'write layout: lvm, or remove it',
          path,
        },
      ),
    )
  const seen = new Map<string, Path>()
  return [
    ...(volumeGroup ? checkName(volumeGroup, 'a volume group') : []),
    ...names.flatMap((name) => {
      const before = seen.get(name.value)
      if (!before) seen.set(name.value, name.path)
      return before
        ? [
            error('storage/volume-name', `two logical volumes have the name ${inQuotes(name.value)}`, {
              hint: 'write another name',
              path: name.path,
              related: [{ path: before, message: 'the first one' }],
            }),
          ]
        : checkName(name, 'a logical volume')
    }),
  ]
}

function checkName({ value, path }: Stated<string>, of: string): Diagnostic[] {
  // No dash: device-mapper doubles dashes in its names, which then differ from those that users type.
  const isValid = /^[A-Za-z0-9+_.]{1,100}$/.test(value) && !/^\.{1,2}$/.test(value) && !ofLvm.test(value)
  if (isValid) return []
  const letters = value.replaceAll(/[^A-Za-z0-9+_.]/g, '_')
  return [
    error('storage/volume-name', `${inQuotes(value)} is not a name of ${of}`, {
      hint:
        letters === value || ofLvm.test(letters)
          ? 'write another name: LVM uses this one itself'
          : `write ${letters.slice(0, 100)}`,
      path,
      source,
    }),
  ]
}
