import { z } from 'zod'
import { text } from './schema-parts.ts'

/** Certificates in the profile or in a file next to it. */
export const certificates = (description: string) =>
  z
    .strictObject({
      content: text('One or more certificates in PEM.').optional(),
      source: text(
        'Path of a file with the certificates, relative to the profile.',
        'trust/example-ca.pem',
      ).optional(),
    })
    .meta({ description })

export const Trust = z.array(certificates('Certificates, with either content or source.')).meta({
  description:
    "Certificates of your own CAs, which all machines trust in addition to the distribution's, already when they fetch the first package.",
})
