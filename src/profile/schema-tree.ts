import { z } from 'zod'
import type { Path } from '../diagnostics/diagnostic.ts'
import { orList } from '../diagnostics/suggest.ts'
import { Profile } from './schema.ts'

/* Questions of messages about the schema: the keys that are allowed at a position, and the values expected there. */

type Schema = z.core.$ZodType

const unwrap = (schema: Schema): Schema =>
  schema instanceof z.ZodOptional ? unwrap(schema.def.innerType) : schema

function child(schema: Schema, part: string | number): Schema | null {
  const inner = unwrap(schema)
  if (inner instanceof z.ZodObject) {
    const shape = inner.shape as Record<string, Schema>
    return typeof part === 'string' && Object.hasOwn(shape, part) ? (shape[part] ?? null) : null
  }
  if (inner instanceof z.ZodArray) return typeof part === 'number' ? inner.def.element : null
  if (inner instanceof z.ZodRecord) return inner.def.valueType
  if (inner instanceof z.ZodUnion) {
    for (const option of inner.options) {
      const found = child(option, part)
      if (found) return found
    }
  }
  return null
}

/** The schema at a position in the profile, or null if there is none. */
export function schemaAt(path: Path): Schema | null {
  let schema: Schema | null = Profile
  for (const part of path) schema = schema && child(schema, part)
  return schema && unwrap(schema)
}

/** The mapping among several alternatives. */
const mappingOf = (schema: Schema | null): Schema | null =>
  schema instanceof z.ZodUnion
    ? (schema.options.map((option) => unwrap(option)).find((option) => option instanceof z.ZodObject) ??
      schema)
    : schema

/** The keys that are allowed in the mapping at a position. */
export function keysAt(path: Path): string[] {
  const schema = mappingOf(schemaAt(path))
  return schema instanceof z.ZodObject ? Object.keys(schema.shape) : []
}

/** Whether the value at a position is optional. */
export const isOptional = (path: Path): boolean => {
  const parent = schemaAt(path.slice(0, -1))
  const last = path.at(-1)
  return parent !== null && last !== undefined && child(parent, last) instanceof z.ZodOptional
}

/** The required keys of the mapping at a position, or of each mapping of the list at a position. */
export function requiredKeysAt(path: Path): { list: boolean; keys: string[] } {
  const schema = schemaAt(path)
  const list = schema instanceof z.ZodArray
  const item = schema instanceof z.ZodArray ? unwrap(schema.def.element) : schema
  if (!(item instanceof z.ZodObject)) return { list, keys: [] }
  const shape = item.shape as Record<string, Schema>
  return { list, keys: Object.keys(shape).filter((key) => !(shape[key] instanceof z.ZodOptional)) }
}

/** Describes the values that are allowed at a position, e.g. `a string` or `a list`. */
export function expectedAt(path: Path): string {
  const schema = schemaAt(path)
  return schema ? expectation(schema) : 'something else'
}

function expectation(schema: Schema): string {
  if (schema instanceof z.ZodString) return 'a string'
  if (schema instanceof z.ZodNumber) return 'a whole number'
  if (schema instanceof z.ZodBoolean) return 'true or false'
  if (schema instanceof z.ZodArray) return 'a list'
  if (schema instanceof z.ZodObject || schema instanceof z.ZodRecord) return 'a mapping'
  if (schema instanceof z.ZodEnum) return orList(Object.values(schema.enum).map(String))
  if (schema instanceof z.ZodLiteral) return [...schema.values].join(' or ')
  if (schema instanceof z.ZodUnion) return orList(schema.options.map((option) => expectation(option)))
  return 'something else'
}

/** The only value that is allowed at a position; null if there are several. */
export function onlyValueAt(path: Path): unknown {
  const schema = schemaAt(path)
  return schema instanceof z.ZodLiteral && schema.values.size === 1 ? [...schema.values][0] : null
}

/** The words that are allowed at a position; empty if it is not a choice. */
export function choicesAt(path: Path): string[] {
  const schema = schemaAt(path)
  return schema instanceof z.ZodEnum ? Object.values(schema.enum).map(String) : []
}

type About = { description?: string; examples?: unknown[] }

/** Description and examples of a position, as in the published schema. */
export function aboutAt(path: Path): About {
  const schema = schemaAt(path)
  const { description, examples } = (schema && z.globalRegistry.get(schema)) ?? {}
  return {
    ...(description === undefined ? {} : { description }),
    ...(Array.isArray(examples) ? { examples } : {}),
  }
}

/** Mappings that have a key, e.g. `network` for `subnet`: for a key in the wrong place. */
export function homesOf(key: string): string[] {
  const homes: string[] = []
  const walk = (schema: Schema, name: string, depth: number): void => {
    const inner = unwrap(schema)
    if (inner instanceof z.ZodArray) walk(inner.def.element, `${name}[]`, depth)
    if (!(inner instanceof z.ZodObject)) return
    const shape = inner.shape as Record<string, Schema>
    if (Object.hasOwn(shape, key)) homes.push(name || 'the top of the profile')
    for (const [part, each] of Object.entries(shape)) {
      if (depth < 3) walk(each, name ? `${name}.${part}` : part, depth + 1)
    }
  }
  walk(Profile, '', 0)
  return homes
}
