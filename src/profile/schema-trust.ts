import { z } from 'zod'
import { text } from './schema-parts.ts'

export const Trust = z
  .array(
    z
      .strictObject({
        content: text('The certificate itself, or several, in PEM.').optional(),
        source: text('A file beside the profile that holds them.', 'trust/example-ca.pem').optional(),
      })
      .meta({ description: 'Certificates: either content or source.' }),
  )
  .meta({
    description:
      'Certificates of authorities of your own, which all machines trust before they fetch the first package, beside those of the distribution.',
  })
