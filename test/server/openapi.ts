import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import { openApi } from '../../src/server/api/describe.ts'
import { operations } from '../../src/server/routes.ts'

type Answer = { status: number; headers: Record<string, string | string[] | undefined>; body: string }
type Content = Record<string, { schema: object }>
type Described = { responses: Record<string, { content?: Content }> }

/** As a client reads it. */
export const document = JSON.parse(
  JSON.stringify(openApi(operations.filter(({ path }) => path.startsWith('/api/')))),
) as {
  openapi: string
  paths: Record<string, Record<string, Described>>
  components: { schemas: Record<string, object> }
}

const ajv = new Ajv2020({ strict: true, allErrors: true })
formats.default(ajv)
ajv.addVocabulary(['components'])
ajv.addSchema({ $id: 'https://hakube.test/openapi', components: document.components })

const compiled = new Map<string, ValidateFunction>()

function validatorOf(schema: object): ValidateFunction {
  const text = JSON.stringify(schema).replaceAll('"#/components', '"https://hakube.test/openapi#/components')
  const known = compiled.get(text) ?? ajv.compile(JSON.parse(text) as object)
  compiled.set(text, known)
  return known
}

/** Answers that were checked: `GET /api/v1/machines 200`. */
export const checked = new Set<string>()

/** Fails unless the answer is one that the document says for the request. */
export function conforms(method: string, target: string, { status, headers, body }: Answer): void {
  const path = target.replace(/\?.*/, '')
  if (!path.startsWith('/api/v1/')) return
  const name = Object.keys(document.paths).find(
    (each) =>
      each === path ||
      new RegExp(`^${each.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(path),
  )
  const operation = name === undefined ? undefined : document.paths[name]?.[method.toLowerCase()]
  if (!operation) {
    if (![401, 404, 405].includes(status))
      throw new Error(`${method} ${path} is not in the document: ${status}`)
    return
  }
  const described = operation.responses[status]
  if (!described) throw new Error(`${method} ${name} answers ${status}, which is not in the document`)
  checked.add(`${method} ${name} ${status}`)
  const type = String(headers['content-type']).replace(/;.*/, '')
  const content = described.content?.[type]
  if (!content) throw new Error(`${method} ${name} answers ${status} with ${type}`)
  if (type !== 'application/json') return
  const validate = validatorOf(content.schema)
  if (!validate(JSON.parse(body)))
    throw new Error(`${method} ${name} ${status}: ${ajv.errorsText(validate.errors)}`)
}
