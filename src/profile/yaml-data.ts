import { isAlias, isMap, isNode, isScalar, isSeq, Scalar } from 'yaml'
import type { Alias, Node, YAMLMap } from 'yaml'
import { error } from '../diagnostics/diagnostic.ts'
import type { Diagnostic, Path, Position } from '../diagnostics/diagnostic.ts'
import { keyText } from '../diagnostics/locate.ts'
import { isMapping } from '../text/data.ts'

/** Maximum number of values after aliases are resolved; 10,000 machines with twenty settings each stay far below it. */
const mostValues = 2_000_000

const tooManyValues = (path: Path): Diagnostic =>
  error('yaml/too-many-values', `the profile has more than ${mostValues.toLocaleString('en')} values`, {
    hint: 'an alias counts as much as its value; anchors that refer to each other grow without bound',
    path,
  })

type Converted = { value: unknown; count: number }
type Anchor = Converted & { node: Node; open: boolean }

export type Data = {
  value: unknown
  diagnostics: Diagnostic[]
  /** The target of each alias. */
  aliases: ReadonlyMap<Alias, Node>
}

/**
 * Converts nodes to data in one walk, and finds mistakes in keys and aliases. Aliases share the value of their target, but count in full,
 * because walking through the data visits all of it.
 */
export function toData(contents: Node | null, at: (start: number, end: number) => Position): Data {
  const diagnostics: Diagnostic[] = []
  const aliases = new Map<Alias, Node>()
  const anchors = new Map<string, Anchor>()
  let total = 0
  let full = false

  const report = (node: Node, diagnostic: Diagnostic): void => {
    const [start, end] = node.range ?? [0, 0]
    diagnostics.push({ ...diagnostic, position: at(start, end) })
  }

  const spend = (node: Node, count: number, path: Path): void => {
    total += count
    if (full || total <= mostValues) return
    full = true
    report(node, tooManyValues(path))
  }

  const convertAlias = (node: Alias, path: Path): Converted => {
    const name = node.source
    const anchor = anchors.get(name)
    if (!anchor) {
      const hint = `write &${name} before the intended value, above this line; if the value begins with *, quote it`
      report(
        node,
        error('yaml/unknown-anchor', `there is no anchor &${name} above this line`, { hint, path }),
      )
    } else if (anchor.open) {
      const hint = 'write the value out'
      report(node, error('yaml/recursive-anchor', `the value of &${name} contains itself`, { hint, path }))
    } else {
      aliases.set(node, anchor.node)
      spend(node, anchor.count, path)
      return anchor
    }
    return { value: null, count: 1 }
  }

  const convertList = (node: Node, items: readonly unknown[], path: Path): Converted => {
    const value: unknown[] = []
    let count = 1
    for (const [index, item] of items.entries()) {
      const converted = convert(item, [...path, index])
      value.push(converted.value)
      count += converted.count
      if (full) break
    }
    spend(node, 1, path)
    return { value, count }
  }

  const mergeSources = (node: Node, value: unknown, path: Path): Record<string, unknown>[] => {
    const sources: unknown[] = Array.isArray(value) ? value : [value]
    if (sources.every(isMapping)) return sources
    const hint = 'write <<: *anchor, with an anchor of a mapping'
    report(node, error('yaml/merge', '<< needs a mapping or a list of mappings', { hint, path }))
    return []
  }

  const duplicate = (key: Node, path: Path): void => {
    report(
      key,
      error('yaml/duplicate-key', `duplicate key ${String(path.at(-1))}`, {
        hint: 'keep one of the two',
        path,
        related: [{ path, message: 'first used here', onKey: true }],
      }),
    )
  }

  const convertMap = (map: YAMLMap, path: Path): Converted => {
    const value: Record<string, unknown> = {}
    const merged: Record<string, unknown>[] = []
    let count = 1
    for (const pair of map.items) {
      const key = isNode(pair.key) ? pair.key : map
      const name = keyText(pair) ?? ''
      const here = [...path, name]
      if (name === '__proto__') {
        report(key, error('yaml/key', 'the key __proto__ is not allowed', { hint: 'remove it', path: here }))
        continue
      }
      const converted = convert(pair.value, here)
      count += converted.count
      if (name === '<<' && isScalar(key) && key.type === Scalar.PLAIN) {
        merged.push(...mergeSources(isNode(pair.value) ? pair.value : key, converted.value, here))
      } else if (Object.hasOwn(value, name)) {
        duplicate(key, here)
      } else {
        value[name] = converted.value
      }
      if (full) break
    }
    // The mapping's own keys win, then the earlier source (https://yaml.org/type/merge.html).
    for (const source of merged) {
      for (const [name, each] of Object.entries(source)) if (!Object.hasOwn(value, name)) value[name] = each
    }
    spend(map, 1, path)
    return { value, count }
  }

  const convert = (node: unknown, path: Path): Converted => {
    if (isAlias(node)) return convertAlias(node, path)
    if (!isNode(node)) return { value: null, count: 1 }
    const anchor: Anchor = { node, value: null, count: 1, open: true }
    if ('anchor' in node && node.anchor) anchors.set(node.anchor, anchor)
    if (isMap(node)) Object.assign(anchor, convertMap(node, path))
    else if (isSeq(node)) Object.assign(anchor, convertList(node, node.items, path))
    else if (isScalar(node)) anchor.value = node.value
    anchor.open = false
    return anchor
  }

  const { value } = convert(contents, [])
  return { value: full ? undefined : value, diagnostics, aliases }
}
