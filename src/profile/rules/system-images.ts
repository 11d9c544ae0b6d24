import { error, warning } from '../../diagnostics/diagnostic.ts'
import type { Diagnostic } from '../../diagnostics/diagnostic.ts'
import { architectures } from '../../distributions/mirrors.ts'
import { defaults } from '../defaults.ts'
import type { Profile } from '../schema.ts'
import { knownSystems, type KnownSystem } from '../systems.ts'
import { onEach } from './of-systems.ts'
import type { Rule } from './rule.ts'

/** Formats of images that cannot be copied to a disk as they are, by extension. */
const otherFormats: readonly (readonly [ending: RegExp, hint: string])[] = [
  [
    /\.(?:qcow2?|img\.qcow2|vmdk|vhdx?|vdi)$/i,
    'make a raw image of it: qemu-img convert -O raw FILE IMAGE.raw, then zstd -T0 IMAGE.raw; name IMAGE.raw.zst here, with its SHA-256',
  ],
  [
    /\.(?:tar(?:\.\w+)?|tgz|txz|zip|bz2|lz4|7z)$/i,
    'unpack it, compress the raw image in it by zstd, and name that here, with its SHA-256',
  ],
  [/\.iso$/i, 'name an image of an installed system (a cloud image), not a medium of an installer'],
]

/** Whole-disk images: one for each architecture, in a format that can be copied as it is. */
export const systemImageRules: Rule = ({ profile }) =>
  onEach(profile, knownSystems(profile), (system) => [
    ...checkMissing(profile, system),
    ...checkForms(system),
  ])

function checkMissing(
  { machines, hardware }: Profile,
  { install, choice, indices }: KnownSystem,
): Diagnostic[] {
  const { images } = choice
  if (install !== 'image')
    return images === null
      ? []
      : [
          warning('distribution/images-unused', `images has no effect with the install method ${install}`, {
            hint: 'add install: image, or remove images',
            path: images.path,
            onKey: true,
          }),
        ]
  const used = new Set(
    indices.flatMap((index) => {
      const machine = machines[index]
      return machine ? [machine.architecture ?? hardware?.architecture ?? defaults.architecture] : []
    }),
  )
  return [...used]
    .filter((architecture) => images?.value[architecture] === undefined)
    .map((architecture) =>
      error('distribution/no-image', `there is no image for machines with ${architecture}`, {
        hint: `below distribution, write images: {${architecture}: {path: images/FILE.raw.zst, sha256: …}}; docs/disks.md says where distributions have them`,
        path: images?.path ?? choice.install?.path ?? choice.path,
        onKey: images !== null,
      }),
    )
}

function checkForms({ choice: { images } }: KnownSystem): Diagnostic[] {
  if (images === null) return []
  return architectures.flatMap((architecture) => {
    const path = images.value[architecture]?.path ?? ''
    const [, hint] = otherFormats.find(([ending]) => ending.test(path)) ?? []
    return hint === undefined
      ? []
      : [
          error('distribution/image-format', `${path} is not a raw image of a disk`, {
            hint,
            path: [...images.path, architecture, 'path'],
          }),
        ]
  })
}
