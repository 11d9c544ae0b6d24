import { z } from 'zod'
import type { Diagnostic, Path } from '../diagnostics/diagnostic.ts'
import { valueAt } from '../text/data.ts'
import { type Explained, explainSchemaIssues } from './schema-errors.ts'
import { isOptional, schemaAt } from './schema-tree.ts'
import { Profile } from './schema.ts'

/*
 * All mistakes are shown in one run, so the rules have to run on a profile that the schema rejected. Invalid values are removed or
 * replaced by harmless ones, and diagnostics of rules about those are dropped.
 */

export type Repaired = {
  /** The diagnostics of the schema; paths as the author wrote them. */
  diagnostics: Diagnostic[]
  /** Null if too much is missing for the rules to make sense. */
  profile: Profile | null
  /** Filters the diagnostics of rules about that profile: keeps those about the author's own text; paths as the author wrote them. */
  authors: (diagnostics: readonly Diagnostic[]) => Diagnostic[]
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

/** Codes about load balancing that are independent of its placement. */
const anyBalancer = '(?:virtual-router-id|same-port|package-version|package-format|ipv6-first)$'

/**
 * Codes that a rule may report because of a replaced value, although they point elsewhere. `evenIfMeant`: also because of a value of the
 * wrong type that was read as the right one, e.g. a name that YAML read as a number.
 */
const doubtful: readonly { because: RegExp; codes: RegExp; evenIfMeant?: true }[] = [
  {
    because: /(?:^|\.)distribution(?:\.|$)/,
    codes:
      /^(?:distribution|hardware\/no-disk|kubernetes\/(?:nftables|distribution|cgroup)|etcd\/(?:no-package|too-old)|secrets\/(?:delivery|inline)-)/,
  },
  {
    because: /^machines(?:\.#(?:\.role)?)?$/,
    codes: new RegExp(
      `^(?:machines|roles|etcd)/|^load-balancing/(?!${anyBalancer})|^(?:network/pod-network-size|kubernetes/initializes)$`,
    ),
  },
  {
    because: /^loadBalancing(?:\.placement)?$/,
    codes: new RegExp(`^load-balancing/(?!${anyBalancer})`),
  },
  { because: /^kubernetes(?:\.version)?$/, codes: /^etcd\/too-old$/ },
  { because: /^etcd(?:\.placement)?$/, codes: /^etcd\// },
  {
    because: /^kubernetes(?:\.(?:podNetwork|serviceNetwork))?$/,
    codes: /^(?:network\/(?:overlap|address-inside)|server\/outside-subnet)$/,
  },
  { because: /^containerRuntime(?:\.name)?$/, codes: /^network\/(?:overlap|address-inside)$/ },
  { because: /^networkPlugin(?:\.|$)/, codes: /^network-plugin\// },
  { because: /^machines(?:\.#(?:\.name)?)?$/, codes: /^firewall\/machine$/, evenIfMeant: true },
  // Missing because something was removed.
  { because: /^(?:hardware|machines\.#)(?:\.disk)?$/, codes: /^hardware\/no-disk$/ },
  { because: /^users\.#\.(?:sshKeys|passwordHash)(?:\.#)?$/, codes: /^users\/no-login$/ },
  { because: /(?:^|\.)files\.#\.(?:content|source)$/, codes: /^files\/no-text$/ },
  {
    because: /(?:^|\.)network\.(?:ethernets|bonds|vlans|bridges|additional|subnets)(?:\.|$)/,
    codes:
      /^(?:link\/(?:incomplete|unknown|bond|mtu|gateway|no-network)|address\/outside-subnet|load-balancing\/(?:across-routers|holder-outside))$/,
  },
  {
    because: /(?:^|\.|#)(?:disk|raid|layout|partitions|dataDisks)(?:\.|$)/,
    codes: /^storage\/(?:disk|raid|unused|installer)$/,
  },
  { because: /^secrets\.delivery$/, codes: /^secrets\/(?:delivery|inline)-/ },
]

const patternOf = (path: Path): string =>
  path.map((part) => (typeof part === 'number' ? '#' : part)).join('.')

type WrittenAs = (path: Path) => string | null

/** Mistyped keys, by the position (as JSON) that was meant. */
type Mistyped = Map<string, string>

/** Replaces keys in a diagnostic's paths by those in the file. */
const asWritten =
  (mistyped: Mistyped) =>
  (path: Path): Path =>
    mistyped.size === 0
      ? path
      : path.map((part, index) => mistyped.get(JSON.stringify(path.slice(0, index + 1))) ?? part)

/**
 * The schema does not check anything below a mistyped key, so it runs again with the key corrected, until it reports nothing new.
 *
 * @param value data that the schema rejects
 */
export function repair(value: unknown, writtenAs: WrittenAs): Repaired {
  const copy: unknown = structuredClone(value)
  const mistyped: Mistyped = new Map()
  const written = asWritten(mistyped)
  const replaced: Path[] = []
  const meantPaths: Path[] = []
  const ours = new Set<string>()
  const isOurs = (path: Path): boolean =>
    path.some((_, index) => ours.has(JSON.stringify(path.slice(0, index + 1))))
  const diagnostics: Diagnostic[] = []
  const done = (profile: Profile | null): Repaired => ({
    diagnostics: diagnostics.map((each) => movePaths(each, written)),
    profile,
    authors: (found) =>
      found
        .filter(isAuthors(replaced, meantPaths, isOurs))
        .map((diagnostic) => movePaths(diagnostic, written)),
  })
  for (;;) {
    const result = Profile.safeParse(copy)
    if (result.success) return done(result.data)
    const { diagnostics: found, meant } = explainSchemaIssues(result.error.issues, copy, (path) =>
      writtenAs(written(path)),
    )
    const news = found.filter(({ path = [] }) => !isOurs(path))
    diagnostics.push(...news)
    if (news.length === 0 || news.some(({ path = [] }) => path.length === 0)) return done(null)
    for (const mistake of news) {
      const path = mistake.path ?? []
      const repaired = repairValue(copy, path, mistake, (each) => writtenAs(written(each)), meant, mistyped)
      if (repaired.meant) {
        meantPaths.push(path)
        continue
      }
      const place = repaired.place
      replaced.push(place)
      ours.add(JSON.stringify(place))
    }
  }
}

const isAuthors = (
  replaced: readonly Path[],
  meantPaths: readonly Path[],
  isOurs: (path: Path) => boolean,
) => {
  const patterns = replaced.map(patternOf)
  const all = [...patterns, ...meantPaths.map(patternOf)]
  const doubts = doubtful.filter(({ because, evenIfMeant }) =>
    (evenIfMeant ? all : patterns).some((pattern) => because.test(pattern)),
  )
  return ({ code, path = [], related = [] }: Diagnostic): boolean =>
    !doubts.some(({ codes }) => codes.test(code)) &&
    ![path, ...related.map((each) => each.path)].some((place) => isOurs(place))
}

const movePaths = (diagnostic: Diagnostic, move: (path: Path) => Path): Diagnostic => ({
  ...diagnostic,
  ...(diagnostic.path && { path: move(diagnostic.path) }),
  ...(diagnostic.related && {
    related: diagnostic.related.map((each) => ({ ...each, path: move(each.path) })),
  }),
})

/** @returns whether the value is still what the author wrote; otherwise the position that no longer is */
function repairValue(
  root: unknown,
  path: Path,
  mistake: Diagnostic,
  writtenAs: WrittenAs,
  meant: Explained['meant'],
  mistyped: Mistyped,
): { meant: boolean; place: Path } {
  const last = path.at(-1)
  const target = valueAt(root, path.slice(0, -1))
  const asMeant = (meant: boolean) => ({ meant, place: path })
  if (typeof target !== 'object' || target === null || last === undefined) return asMeant(false)
  if (mistake.code === 'schema/unknown-key') {
    const place = meant.get(JSON.stringify(path))
    const key = lastOf(place)
    // The key was mistyped; the value is correct.
    if (place !== undefined && key !== null && !Object.hasOwn(target, key)) {
      Reflect.set(target, key, Reflect.get(target, last))
      mistyped.set(place, String(last))
    }
    return asMeant(Reflect.deleteProperty(target, last))
  }
  const source = writtenAs(path)
  // A number in place of a text: rules can say more about what was written.
  if (mistake.code === 'schema/wrong-type' && source && schemaAt(path) instanceof z.ZodString) {
    return asMeant(Reflect.set(target, last, source))
  }
  const pattern = patternOf(path)
  if (Object.hasOwn(standIns, pattern)) Reflect.set(target, last, structuredClone(standIns[pattern]))
  else if (isOptional(path)) Reflect.deleteProperty(target, last)
  else if (pattern === 'machines.#.mac' || schemaAt(path) instanceof z.ZodString) {
    Reflect.set(target, last, `stand-in-${path.join('-')}`)
  } else return { meant: false, place: removeAround(root, path) }
  return asMeant(false)
}

/**
 * Removes the closest optional part around a position: a key, because removing an item of a list would change the positions of later
 * ones.
 *
 * @returns what was removed; the position itself if everything around it is required
 */
function removeAround(root: unknown, path: Path): Path {
  for (let length = path.length - 1; length > 0; length--) {
    const around = path.slice(0, length)
    const key = around.at(-1)
    const parent = valueAt(root, around.slice(0, -1))
    if (typeof key !== 'string' || !isOptional(around) || typeof parent !== 'object' || parent === null)
      continue
    Reflect.deleteProperty(parent, key)
    return around
  }
  return path
}

function lastOf(place: string | undefined): string | null {
  const path: unknown = place === undefined ? [] : JSON.parse(place)
  const last: unknown = Array.isArray(path) ? path.at(-1) : null
  return typeof last === 'string' ? last : null
}
