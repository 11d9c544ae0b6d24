import { z } from 'zod'
import type { Diagnostic, Path } from '../diagnostics/diagnostic.ts'
import { valueAt } from './data.ts'
import type { Explained } from './schema-errors.ts'
import { isOptional, schemaAt } from './schema-tree.ts'
import { Profile } from './schema.ts'

/*
 * All mistakes are to be shown in one run, so the rules must run on a profile that the schema refused. What is wrong is
 * taken away, or something harmless stands in for it, and what the rules say about those places is not shown.
 */

export type Repaired = {
  profile: Profile
  /** Whether what a rule says is about the author's own words. */
  isAuthors: (diagnostic: Diagnostic) => boolean
}

const standIns: Record<string, unknown> = {
  name: 'stand-in',
  server: 'http://192.0.2.1:8080',
  distribution: { name: 'rocky', version: '9' },
  'distribution.name': 'rocky',
  'distribution.version': '9',
  network: { subnet: '0.0.0.0/0', gateway: '0.0.0.1', nameServers: ['192.0.2.1'] },
  'network.subnet': '0.0.0.0/0',
  'network.gateway': '0.0.0.1',
  'network.nameServers': ['192.0.2.1'],
  kubernetes: { version: '1.36.1' },
  'kubernetes.version': '1.36.1',
  users: [{ name: 'stand-in' }],
  machines: [],
  'machines.#': { name: 'stand-in', role: 'worker', mac: 'stand-in', address: 'stand-in' },
  'machines.#.role': 'worker',
}

/** What a rule can say because of a stand-in, though it points elsewhere. */
const doubtful: readonly { because: RegExp; codes: RegExp }[] = [
  {
    because: /^distribution(?:\.|$)/,
    codes:
      /^(?:distribution|hardware\/no-disk|kubernetes\/(?:nftables|distribution|cgroup)|etcd\/(?:no-package|too-old))/,
  },
  {
    because: /^machines(?:\.#(?:\.role)?)?$/,
    codes: /^(?:machines|load-balancing|roles|etcd)\/|^network\/pod-network-size$/,
  },
  { because: /^loadBalancing(?:\.placement)?$/, codes: /^load-balancing\// },
  { because: /^kubernetes(?:\.version)?$/, codes: /^etcd\/too-old$/ },
  { because: /^etcd(?:\.placement)?$/, codes: /^etcd\// },
]

const patternOf = (path: Path): string =>
  path.map((part) => (typeof part === 'number' ? '#' : part)).join('.')

const within = (outer: Path, inner: Path): boolean => outer.every((part, index) => inner[index] === part)

type WrittenAs = (path: Path) => string | null

/**
 * @param value data that the schema refused
 * @param explained what it said about it
 * @returns null where too much is missing for the rules to make sense
 */
export function repair(
  value: unknown,
  { diagnostics, meant }: Explained,
  writtenAs: WrittenAs,
): Repaired | null {
  const copy: unknown = structuredClone(value)
  const replaced: Path[] = []
  for (const mistake of diagnostics) {
    const path = mistake.path ?? []
    if (path.length === 0) return null
    if (!mend(copy, path, mistake, writtenAs, meant)) replaced.push(path)
  }
  const result = Profile.safeParse(copy)
  if (!result.success) return null
  const patterns = replaced.map(patternOf)
  const doubts = doubtful.filter(({ because }) => patterns.some((pattern) => because.test(pattern)))
  const isAuthors = ({ code, path = [], related = [] }: Diagnostic): boolean => {
    if (doubts.some(({ codes }) => codes.test(code))) return false
    const places = [path, ...related.map((each) => each.path)]
    return !replaced.some((each) => places.some((place) => within(each, place)))
  }
  return { profile: result.data, isAuthors }
}

/** @returns whether what is there now is what the author wrote */
function mend(
  root: unknown,
  path: Path,
  mistake: Diagnostic,
  writtenAs: WrittenAs,
  meant: Explained['meant'],
): boolean {
  const last = path.at(-1)
  const target = valueAt(root, path.slice(0, -1))
  if (typeof target !== 'object' || target === null || last === undefined) return false
  if (mistake.code === 'schema/unknown-key') {
    const key = lastOf(meant.get(JSON.stringify(path)))
    // Mistyped: the value is right.
    if (key !== null && !Object.hasOwn(target, key)) Reflect.set(target, key, Reflect.get(target, last))
    return Reflect.deleteProperty(target, last)
  }
  const source = writtenAs(path)
  // A number where text was meant: the rules can say more about what was written.
  if (mistake.code === 'schema/wrong-type' && source && schemaAt(path) instanceof z.ZodString) {
    return Reflect.set(target, last, source)
  }
  const pattern = patternOf(path)
  if (Object.hasOwn(standIns, pattern)) Reflect.set(target, last, structuredClone(standIns[pattern]))
  else if (isOptional(path)) Reflect.deleteProperty(target, last)
  else if (pattern === 'machines.#.mac' || schemaAt(path) instanceof z.ZodString) {
    Reflect.set(target, last, `stand-in-${path.join('-')}`)
  }
  return false
}

function lastOf(place: string | undefined): string | null {
  const path: unknown = place === undefined ? [] : JSON.parse(place)
  const last: unknown = Array.isArray(path) ? path.at(-1) : null
  return typeof last === 'string' ? last : null
}
