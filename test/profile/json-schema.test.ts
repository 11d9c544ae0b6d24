import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { profileJsonSchemaText } from '../../src/profile/json-schema.ts'

it('schema.json is that of the profile (write it anew with: npm run schema)', () => {
  expect(readFileSync(new URL('../../schema.json', import.meta.url), 'utf8')).toBe(profileJsonSchemaText())
})
