import { z } from 'zod'
import { text } from './schema-parts.ts'

export const Trust = z
  .array(
    z
      .strictObject({
        content: text('One or more certificates in PEM.').optional(),
        source: text(
          'Path of a file with the certificates, relative to the profile.',
          'trust/example-ca.pem',
        ).optional(),
      })
      .meta({ description: 'Certificates, with either content or source.' }),
  )
  .meta({
    description:
      "Certificates of your own CAs, which all machines trust in addition to the distribution's, from before they fetch the first package.",
  })
