import { z } from 'zod'
import { Profile } from './schema.ts'

/**
 * The JSON Schema of the profile, for editors. Draft-07, because yaml-language-server supports later drafts only from 1.20.0 on (its
 * CHANGELOG).
 */
function profileJsonSchema(): object {
  return z.toJSONSchema(Profile, { target: 'draft-07', io: 'input' })
}

/** The text of `schema.json`. */
export const profileJsonSchemaText = (): string => `${JSON.stringify(profileJsonSchema(), null, 2)}\n`
