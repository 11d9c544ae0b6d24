import type { Machine } from '../../cluster/cluster.ts'
import { fileSystemOf } from '../../cluster/file-systems.ts'
import type { Volume } from '../../cluster/storage.ts'
import type { Distribution } from '../../distributions/distribution.ts'

/*
 * Recipes of partman-auto: partman-auto-recipe.txt and partman-auto-raid-recipe.txt of the package debian-installer, and
 * partman-auto/lib/recipes.sh, auto-shared.sh, perform_recipe_by_lvm of its udebs. Sizes are in MB of 1,000,000 bytes. Whatever the
 * recipe states, the last partition takes the rest (create_partitions, `full`).
 */

/** partman's settings, without the disks themselves. A recipe begins after the partition of the firmware. */
export type PartmanPlan = {
  method: 'regular' | 'lvm' | 'raid'
  /** Follows the partition of the firmware. */
  recipe: string
  /** Recipe of partman-auto-raid; null without a mirror. */
  raid: string | null
  volumeGroup: { name: string; size: string } | null
  /** Number of a partition that fills the rest of the disk and is removed afterwards; null if there is none. */
  placeholder: number | null
  /** What each disk must have for the recipe, without the partition of the firmware. In MB. */
  least: number
}

export const leastRest = 8192
const bootMegabytes = 1024

const megabytes = (bytes: number): number => Math.ceil(bytes / 1e6)

const sizes = ({ bytes }: Pick<Volume, 'bytes'>): string =>
  bytes === null ? `${leastRest} ${leastRest} -1` : `${megabytes(bytes)} `.repeat(3).trim()

/** Only the last partition can take the rest. */
const withRestLast = (volumes: readonly Volume[]): Volume[] =>
  volumes.toSorted((one, other) => Number(one.bytes === null) - Number(other.bytes === null))

/** partman's recipe for the disks of a machine. */
export function partmanPlan({ storage }: Pick<Machine, 'storage'>, distribution: Distribution): PartmanPlan {
  const volumes = withRestLast(storage.volumes)
  const mirrored = storage.disks.length > 1
  const group = storage.volumeGroup
  const fileSystem = (volume: Volume) => formatted(volume, distribution)
  const isWhole = volumes.at(-1)?.bytes === null
  const rest = isWhole || group !== null ? [] : ['1 1 -1 ext2 $lvmignore{ } .']
  const logical = volumes.map(
    (volume) =>
      `${sizes(volume)} ${fileSystemOf(distribution, volume)} $defaultignore{ } $lvmok{ } lv_name{ ${volume.name} } ${fileSystem(volume)} .`,
  )
  const volumeGroup =
    group === null
      ? null
      : {
          name: group,
          // The total size of the volumes, or all available space.
          size: isWhole ? 'max' : `${volumes.reduce((sum, { bytes }) => sum + megabytes(bytes ?? 0), 0)}MB`,
        }
  const least =
    volumes.reduce((sum, { bytes }) => sum + (bytes === null ? leastRest : megabytes(bytes)), 0) +
    (group === null ? 0 : bootMegabytes)
  const placeholder = rest.length === 0 ? null : volumes.length + 2
  if (!mirrored)
    return {
      method: group === null ? 'regular' : 'lvm',
      recipe: [
        ...(group === null
          ? volumes.map(
              (volume) => `${sizes(volume)} ${fileSystemOf(distribution, volume)} ${fileSystem(volume)} .`,
            )
          : [`${sizes(bootVolume)} ext4 ${fileSystem(bootVolume)} .`, ...logical]),
        ...rest,
      ].join(' '),
      raid: null,
      volumeGroup,
      placeholder,
      least,
    }
  const arrays =
    group === null ? volumes : [bootVolume, { ...bootVolume, mount: '-', bytes: null, name: 'lvm' }]
  return {
    method: 'raid',
    recipe: [
      ...arrays.map(
        (each, index) => `${sizes(each)} raid $lvmignore{ } method{ raid } raidid{ ${index + 1} } .`,
      ),
      ...(group === null ? [] : logical),
      ...rest,
    ].join(' '),
    raid: arrays
      .map(({ mount, ...each }, index) => {
        const type = mount === '-' ? 'lvm' : fileSystemOf(distribution, { mount, ...each })
        return `1 2 0 ${type} ${mount} raidid=${index + 1} .`
      })
      .join(' '),
    volumeGroup,
    placeholder,
    least,
  }
}

const bootVolume: Volume = {
  mount: '/boot',
  bytes: bootMegabytes * 1e6,
  type: 'ext4',
  options: [],
  name: 'boot',
}

function formatted(volume: Volume, distribution: Distribution): string {
  const options = volume.options.map((option) => ` options/${option}{ ${option} }`)
  return `method{ format } format{ } use_filesystem{ } filesystem{ ${fileSystemOf(distribution, volume)} } mountpoint{ ${volume.mount} }${options.join('')}`
}
