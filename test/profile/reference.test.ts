import { expect, it } from 'vitest'
import { stringify } from 'yaml'
import { isMapping } from '../../src/text/data.ts'
import { profileJsonSchemaText } from '../../src/profile/json-schema.ts'

/** Words for what may stand at a field. */
function typeOf(schema: Record<string, unknown>): string {
  const { type, enum: choices, const: only, anyOf, items } = schema
  if (Array.isArray(choices)) return choices.map((each) => `\`${String(each)}\``).join(', ')
  if (only !== undefined) return `\`${JSON.stringify(only).replaceAll('"', '')}\``
  if (Array.isArray(anyOf))
    return anyOf
      .filter((each) => isMapping(each))
      .map(typeOf)
      .join(' or ')
  if (type === 'array') return `list of ${isMapping(items) ? typeOf(items) : 'values'}`
  if (type === 'string') return 'text'
  if (type === 'object') return 'mapping'
  return String(type)
}

/** Of several alternatives, the mapping. */
function mappingOf(schema: unknown): Record<string, unknown> | null {
  if (!isMapping(schema)) return null
  const { anyOf } = schema
  if (!Array.isArray(anyOf)) return schema
  return anyOf.filter((each) => isMapping(each)).find((each) => isMapping(each['properties'])) ?? null
}

/** A value as people write it into a profile, on one line. */
const exampleInWords = (value: unknown): string =>
  typeof value === 'string'
    ? value
    : stringify(value, { collectionStyle: 'flow', flowCollectionPadding: false, lineWidth: 0 }).trim()

type Row = { path: string; type: string; description: string }

/** A row for each field, those of a mapping below it; the settings that stand at several places are told once. */
function rowsOf(schema: unknown, path: string, required: boolean, told: ReadonlySet<string>): Row[] {
  if (!isMapping(schema)) return []
  const { description, examples, items } = schema
  const example =
    Array.isArray(examples) && examples.length > 0 ? ` E.g. \`${exampleInWords(examples[0])}\`.` : ''
  const text =
    typeof description === 'string' ? description.replaceAll('|', '\\|').replaceAll('*', '\\*') : ''
  const row = {
    path: required ? `**\`${path}\`**` : `\`${path}\``,
    type: typeOf(schema),
    description: `${text}${example}`.trim(),
  }
  const values = mappingOf(schema['additionalProperties'])
  const named = values && isMapping(values['properties']) ? values : null
  const item = named ?? mappingOf(items)
  const below = item && isMapping(item['properties']) ? item : (mappingOf(schema) ?? schema)
  const fields = isMapping(below['properties']) ? below['properties'] : {}
  const needed = Array.isArray(below['required']) ? below['required'] : []
  const prefix = item !== below ? path : named ? `${path}.NAME` : `${path}[]`
  const rows = Object.entries(fields)
    .filter(([name]) => !/^(?:machines|roles\..*)$/.test(path) || !told.has(name))
    // The same as below `network`.
    .filter(() => !/^(?:machines\[\]|roles\..*)\.network$/.test(path))
    .flatMap(([name, field]) =>
      rowsOf(field, prefix === '' ? name : `${prefix}.${name}`, needed.includes(name), told),
    )
  return path === '' ? rows : [row, ...rows]
}

const settings = new Set([
  'kernel',
  'sysctls',
  'limits',
  'files',
  'packages',
  'labels',
  'taints',
  'kubeletArguments',
  'commands',
])

it('docs/fields.md is up to date (regenerate it with: npx vitest run test/profile/reference.test.ts -u)', async () => {
  const schema: unknown = JSON.parse(profileJsonSchemaText())
  const rows = rowsOf(schema, '', true, settings).map(
    ({ path, type, description }) => `| ${path} | ${type} | ${description} |\n`,
  )
  const head = `# Fields of the profile

Generated from the schema. Fields in bold are required; \`hakube explain\` shows the values of the others where they are left out.

${[...settings].map((name) => `\`${name}\``).join(', ')} can be set at the top for all machines, below \`roles.ROLE\` for the machines
of a role, and at a machine; the narrower wins. [profile.md](profile.md) describes how profiles build on each other.

| field | what | meaning |
|---|---|---|
`
  await expect(`${head}${rows.join('')}`).toMatchFileSnapshot('../../docs/fields.md')
})
