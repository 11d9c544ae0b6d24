import { z } from 'zod'
import { type AnswerOf, type Operation, type Row, sendJson, type Who } from './operation.ts'
import { components, Document } from './schemas.ts'

const namesOf = new Map<z.ZodType, string>(Object.entries(components).map(([name, schema]) => [schema, name]))

/** JSON Schema 2020-12, which is the schema language of OpenAPI 3.1 (its section 4.8.24). */
function schemasOfComponents(): Record<string, unknown> {
  const registry = z.registry<{ id: string }>()
  for (const [name, schema] of Object.entries(components)) registry.add(schema, { id: name })
  const { schemas } = z.toJSONSchema(registry, {
    uri: (id) => `#/components/schemas/${id}`,
    io: 'input',
  })
  return Object.fromEntries(
    Object.entries(schemas).map(([name, { $id: _id, $schema: _schema, ...schema }]) => [name, schema]),
  )
}

function schemaOf(schema: z.ZodType): { $ref: string } {
  const name = namesOf.get(schema)
  if (name === undefined) throw new Error('a schema of the API has no name in components')
  return { $ref: `#/components/schemas/${name}` }
}

const answer = ({ words, schema }: AnswerOf): object => ({
  description: words,
  content: schema
    ? { 'application/json': { schema: schemaOf(schema) } }
    : { 'text/plain': { schema: { type: 'string' } } },
})

const text = (words: string): AnswerOf => ({ words, schema: null })

/** Answers that any operation may give. */
function sharedAnswers({ who, operation }: Row): Record<number, AnswerOf> {
  return {
    ...(who === 'anyone' ? {} : { 401: text('The token is missing or wrong.') }),
    ...(operation.body
      ? { 400: text('The body is not valid.'), 413: text('The body is too long.') }
      : { 413: text('The request has a body, but none is accepted.') }),
  }
}

const security: Readonly<Record<Who, readonly object[]>> = {
  anyone: [],
  operator: [{ operator: [] }],
  machine: [{ machine: [] }],
  reader: [],
}

function describe(row: Row): object {
  const { operation, path, who } = row
  const { name, summary, body, answers, query = {} } = operation
  const all = { ...sharedAnswers(row), ...answers }
  const ofPath = path.includes('{machine}')
    ? [
        {
          name: 'machine',
          in: 'path',
          required: true,
          description: 'Name of a machine, or one of its MAC addresses in any spelling.',
          schema: { type: 'string' },
        },
      ]
    : []
  const ofQuery = Object.entries(query).map(([key, description]) => ({
    name: key,
    in: 'query',
    description,
    schema: { type: 'integer', minimum: 1 },
  }))
  const parameters = [...ofPath, ...ofQuery]
  return {
    operationId: name,
    summary,
    security: security[who],
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(body
      ? { requestBody: { required: true, content: { 'application/json': { schema: schemaOf(body) } } } }
      : {}),
    responses: Object.fromEntries(Object.entries(all).map(([status, each]) => [status, answer(each)])),
  }
}

/** The OpenAPI 3.1 document of these operations. */
export function openApi(rows: readonly Row[]): object {
  const paths: Record<string, Record<string, object>> = {}
  for (const row of rows) paths[row.path] = { ...paths[row.path], [row.method.toLowerCase()]: describe(row) }
  return {
    openapi: '3.1.1',
    info: {
      title: 'hakube serve',
      version: '1',
      description:
        'The state and the events of each machine of a rack, and which may be installed. GET requests change nothing. Machines enrol, fetch ' +
        'their secrets and request certificates on another port, over TLS, which docs/serving.md describes.',
    },
    servers: [{ url: '/', description: 'The server that sent this document.' }],
    paths,
    components: {
      schemas: schemasOfComponents(),
      securitySchemes: {
        operator: {
          type: 'http',
          scheme: 'bearer',
          description: "The operator's token, from the file operator-token of the server's state directory.",
        },
        machine: {
          type: 'http',
          scheme: 'bearer',
          description: "The machine's own token, which is in its seed.",
        },
      },
    },
  }
}

/**
 * The operation that returns the document.
 *
 * @param rows all operations; a function, because this operation is one of them
 */
export function describeApi(rows: () => readonly Row[]): Operation {
  let document: object | null = null
  return {
    name: 'describeApi',
    summary: 'This document.',
    body: null,
    answers: { 200: { words: 'An OpenAPI 3.1 document.', schema: Document } },
    run({ exchange }) {
      document ??= openApi(rows())
      return sendJson(exchange, 200, document)
    },
  }
}
