import type { Path } from '../diagnostics/diagnostic.ts'
import type { Locate } from '../diagnostics/locate.ts'
import { isMapping } from '../text/data.ts'
import type { YamlSource } from './yaml.ts'

/*
 * Merges a profile with its bases. docs/profile.md documents the rules:
 * - mappings are merged; the upper one's values win;
 * - machines and users are merged by name, files by path, commands by name, limits by domain, type and item;
 * - other lists are replaced, unless the key ends with a plus sign: then they are appended to the lower list;
 * - an explicit null removes the lower value.
 */

/** One file of a profile with bases. */
export type Layer = { file: string; text: string; yaml: YamlSource }

/** Where a value was written; parts that were written elsewhere are in `children`. */
type Origin = { layer: Layer; path: Path; children: ReadonlyMap<string | number, Origin> | null }
type Node = { value: unknown; origin: Origin }

export type Merged = YamlSource & {
  /** The file that contains the deepest existing part of a path. */
  fileAt: (path: Path) => string
}

/** @param layers from the lowest base to the profile itself; at least one */
export function mergeLayers(layers: readonly Layer[]): Merged {
  let merged: Node | null = null
  for (const layer of layers) {
    const node: Node = { value: layer.yaml.value, origin: { layer, path: [], children: null } }
    merged = merged ? merge(merged, node, []) : settle(node, [])
  }
  if (!merged) throw new Error('a profile has at least one layer')
  const { value, origin } = merged
  const locate: Locate = (path, onKey, part) => {
    const found = follow(origin, path)
    return found.layer.yaml.locate(found.path, onKey, part)
  }
  return {
    value,
    diagnostics: layers
      .toReversed()
      .flatMap(({ yaml }) => yaml.diagnostics.map((each) => withPlace(each, yaml))),
    locate,
    writtenAs(path) {
      const found = follow(origin, path)
      return found.layer.yaml.writtenAs(found.path)
    },
    comments: layers.flatMap(({ yaml }) => yaml.comments),
    fileAt: (path) => follow(origin, path).layer.file,
  }
}

/** Mistakes of a layer have paths within that layer, which may be different in the merged profile. */
function withPlace<Mistake extends YamlSource['diagnostics'][number]>(
  { path, related, ...mistake }: Mistake,
  { locate }: YamlSource,
) {
  const position = mistake.position ?? locate(path ?? [], mistake.onKey, mistake.part)
  const others = related?.map((each) => ({
    ...each,
    position: each.position ?? locate(each.path, each.onKey),
  }))
  return { ...mistake, position, ...(others ? { related: others } : {}) }
}

function follow(origin: Origin, path: Path): { layer: Layer; path: Path } {
  let at = origin
  for (const [index, part] of path.entries()) {
    const next = at.children?.get(part)
    if (!next) {
      // A merged value has children for all of its parts.
      return { layer: at.layer, path: [...at.path, ...path.slice(index)] }
    }
    at = next
  }
  return at
}

function childOf({ value, origin }: Node, part: string | number): Node {
  const known = origin.children?.get(part)
  const child: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, part) : undefined
  return {
    value: child,
    origin: known ?? { layer: origin.layer, path: [...origin.path, part], children: null },
  }
}

const isList = (value: unknown): value is unknown[] => Array.isArray(value)

function merge(lower: Node, upper: Node, path: Path): Node {
  if (isMapping(upper.value)) return mergeMappings(isMapping(lower.value) ? lower : null, upper, path)
  if (isList(lower.value) && isList(upper.value)) {
    const nameOf = identityAt(path)
    if (nameOf) return mergeLists(lower, upper, nameOf, path)
  }
  return upper
}

/** A value without a lower one; only plus signs have to be removed from its keys. */
function settle(node: Node, path: Path): Node {
  if (!hasPlus(node.value)) return node
  if (isMapping(node.value)) return mergeMappings(null, node, path)
  if (!isList(node.value)) return node
  const items = node.value.map((_, index) => settle(childOf(node, index), [...path, index]))
  return listOf(items, node)
}

const isPlus = (key: string): boolean => key.length > 1 && key.endsWith('+')

function hasPlus(value: unknown): boolean {
  if (isList(value)) return value.some(hasPlus)
  return isMapping(value) && Object.entries(value).some(([key, each]) => isPlus(key) || hasPlus(each))
}

function mergeMappings(lower: Node | null, upper: Node, path: Path): Node {
  const value: Record<string, unknown> = {}
  const children = new Map<string | number, Origin>()
  const put = (key: string, node: Node) => {
    value[key] = node.value
    children.set(key, node.origin)
  }
  for (const key of keysOf(lower?.value)) if (lower) put(key, childOf(lower, key))
  const own = new Set(keysOf(upper.value))
  for (const key of own) {
    const child = childOf(upper, key)
    const here = [...path, key]
    const target = key.slice(0, -1)
    if (isPlus(key) && isList(child.value) && !own.has(target)) {
      const below = Object.hasOwn(value, target) && lower ? childOf(lower, target) : null
      const whole = [...path, target]
      put(target, below && isList(below.value) ? append(below, child, whole) : settle(child, whole))
    } else if (!lower || !Object.hasOwn(value, key)) put(key, settle(child, here))
    else if (isRemoval(child)) {
      Reflect.deleteProperty(value, key)
      children.delete(key)
    } else put(key, merge(childOf(lower, key), child, here))
  }
  return { value, origin: { layer: upper.origin.layer, path: upper.origin.path, children } }
}

const keysOf = (value: unknown): string[] => (isMapping(value) ? Object.keys(value) : [])

/** Whether the value is an explicit `key: null`, and not a key with a forgotten value. */
const isRemoval = ({ value, origin }: Node): boolean => {
  if (value !== null) return false
  const written = origin.layer.yaml.writtenAs(origin.path)
  return written !== null && written !== ''
}

/** Makes one list of items from several layers; the list itself has the position of the upper one. */
const listOf = (items: readonly Node[], { origin }: Node): Node => ({
  value: items.map(({ value }) => value),
  origin: {
    layer: origin.layer,
    path: origin.path,
    children: new Map(items.map((item, index) => [index, item.origin])),
  },
})

const itemsOf = (node: Node): Node[] =>
  isList(node.value) ? node.value.map((_, index) => childOf(node, index)) : []

function append(lower: Node, upper: Node, path: Path): Node {
  const nameOf = identityAt(path)
  if (nameOf) return mergeLists(lower, upper, nameOf, path)
  const items = itemsOf(lower)
  const known = new Set(items.map(({ value }) => value))
  for (const item of itemsOf(upper))
    if (!known.has(item.value)) items.push(settle(item, [...path, items.length]))
  return listOf(items, upper)
}

type NameOf = (item: Record<string, unknown>) => unknown

/** Keeps the order of the lower list; new items follow. */
function mergeLists(lower: Node, upper: Node, nameOf: NameOf, path: Path): Node {
  const items = itemsOf(lower)
  const places = new Map<unknown, number>()
  for (const [index, { value }] of items.entries()) {
    const name = isMapping(value) ? nameOf(value) : undefined
    if (name !== undefined && !places.has(name)) places.set(name, index)
  }
  for (const item of itemsOf(upper)) {
    const name = isMapping(item.value) ? nameOf(item.value) : undefined
    const place = places.get(name)
    const below = place === undefined ? undefined : items[place]
    if (place === undefined || !below) items.push(settle(item, [...path, items.length]))
    else items[place] = merge(below, item, [...path, place])
    // A second item of that name in one file is a mistake, which a rule finds if both are kept.
    places.delete(name)
  }
  return listOf(items, upper)
}

const byKey =
  (key: string): NameOf =>
  (item) =>
    item[key]
const byLimit: NameOf = ({ domain, type, item }) =>
  domain === undefined && item === undefined ? undefined : JSON.stringify([domain, type, item])

const settingLists: Readonly<Record<string, NameOf>> = {
  files: byKey('path'),
  commands: byKey('name'),
  limits: byLimit,
}

/** How items of a list are identified, if they have names; null for other lists. */
function identityAt(path: Path): NameOf | null {
  const [first, second] = path
  if (path.length === 1 && (first === 'machines' || first === 'users')) return byKey('name')
  const last = path.at(-1)
  const ofSettings =
    path.length === 1 ||
    (path.length === 3 && (first === 'roles' || (first === 'machines' && typeof second === 'number')))
  return ofSettings && typeof last === 'string' && Object.hasOwn(settingLists, last)
    ? (settingLists[last] ?? null)
    : null
}
