import { z } from 'zod'
import { installMethodNames } from '../distributions/install-methods.ts'
import { byDefault } from './defaults.ts'
import { Asset, text } from './schema-parts.ts'

const name = text('rocky, almalinux, centos, rhel, debian or ubuntu.', 'rocky')
const version = text('Version, quoted.', '9', '24.04')
const install = z
  .enum(installMethodNames)
  .meta({ description: `Install method. ${byDefault('install')}` })
  .optional()

const images = z
  .strictObject({
    amd64: Asset.meta({ description: 'For machines with amd64.' }).optional(),
    arm64: Asset.meta({ description: 'For machines with arm64.' }).optional(),
  })
  .meta({
    description:
      'With install: image, raw images of a whole disk, one for each architecture of the machines. A name that ends in .zst, .xz or .gz is that of a compressed image; the SHA-256 is that of the compressed file.',
    examples: [
      {
        amd64: {
          path: 'images/debian-13-generic-amd64.raw.zst',
          sha256: '5f4dcc3b5aa765d61d8327deb882cf995f4dcc3b5aa765d61d8327deb882cf99',
        },
      },
    ],
  })
  .optional()

/** The operating system of all machines. */
export const Distribution = z
  .strictObject({ name, version, install, images })
  .meta({ description: 'Operating system of all machines; a role or a machine can have another.' })

/** What a role or a machine overrides, completely or in part. */
export const DistributionSettings = {
  distribution: z
    .strictObject({ name: name.optional(), version: version.optional(), install, images })
    .meta({
      description:
        'Operating system of these machines. With a name, it replaces the more general setting; without one, it changes only the fields that it contains.',
      examples: [{ name: 'debian', version: '13' }, { version: '13' }],
    })
    .optional(),
}
