import { canonicalMac } from '../network/mac.ts'
import type { FetchedKind } from '../state/events.ts'
import type { Row } from './api/operation.ts'
import { assetsPrefix, files, healthPath, operations } from './routes.ts'
import type { PreparedFile, ServedSite } from './served-site.ts'

export type Found =
  | { kind: 'file'; file: PreparedFile; machine: null }
  | { kind: 'machine-file'; file: PreparedFile; machine: string; mac: string; what: FetchedKind }
  | { kind: 'asset'; name: string }
  | { kind: 'health' }
  /** `rows`: what the path answers, one for each method; `parameter`: the part of the path in braces. */
  | { kind: 'operation'; rows: readonly Row[]; parameter: string }
  | { kind: 'malformed'; reason: string; machine: null }
  | { kind: 'unknown'; machine: string | null; mac?: string }

const unknown: Found = { kind: 'unknown', machine: null }

type Route = { prefix: string; suffix: string | undefined; file: string; what: FetchedKind }

const routes: readonly Route[] = files.map(({ path, file, what = 'other' }) => {
  const [prefix = '', suffix] = path.split('<mac>')
  return { prefix, suffix, file, what }
})

function machineFile(site: ServedSite, { file, what }: Route, spelling: string): Found {
  const mac = canonicalMac(spelling)
  if (mac === null) {
    return { kind: 'malformed', reason: 'not a MAC address; write e.g. 52-54-00-aa-bb-01', machine: null }
  }
  const machine = site.machines.get(mac)
  if (!machine) return { kind: 'unknown', machine: null, mac }
  // A boot file may be made for each interface; everything else is filed under the machine's first MAC.
  const found =
    site.files.get(file.replace('<mac>', mac)) ?? site.files.get(file.replace('<mac>', machine.mac))
  // A file goes to the machine that it was made for, whatever the site says about its name.
  if (found?.machine !== machine.name) return { kind: 'unknown', machine: machine.name }
  return { kind: 'machine-file', file: found, machine: machine.name, mac: machine.mac, what }
}

type Operable = { before: string; after: string | null; rows: Row[] }

/** Paths with what they answer. A path with braces comes after those without, so that it takes no name of theirs. */
const operable: readonly Operable[] = [...new Set(operations.map(({ path }) => path))]
  .map((path) => {
    const [before = '', after = null] = path.split(/\{\w+\}/)
    return { before, after, rows: operations.filter((row) => row.path === path) }
  })
  .toSorted((a, b) => Number(a.after !== null) - Number(b.after !== null))

function findOperation(path: string): Found {
  for (const { before, after, rows } of operable) {
    if (after === null) {
      if (path === before) return { kind: 'operation', rows, parameter: '' }
      continue
    }
    if (!path.startsWith(before) || !path.endsWith(after)) continue
    const parameter = path.slice(before.length, path.length - after.length)
    if (parameter !== '' && !parameter.includes('/')) return { kind: 'operation', rows, parameter }
  }
  return unknown
}

/** Finds what a path asks for. @param path decoded once, never joined to anything */
export function findRoute(site: ServedSite, path: string): Found {
  for (const route of routes) {
    const { prefix, suffix, file } = route
    if (suffix === undefined) {
      if (path !== prefix) continue
      const found = site.files.get(file)
      return found ? { kind: 'file', file: found, machine: null } : unknown
    }
    if (!path.startsWith(prefix) || !path.endsWith(suffix)) continue
    const spelling = path.slice(prefix.length, path.length - suffix.length)
    if (spelling === '' || spelling.includes('/')) continue
    return machineFile(site, route, spelling)
  }
  if (path.startsWith(assetsPrefix)) return { kind: 'asset', name: path.slice(assetsPrefix.length) }
  return path === healthPath ? { kind: 'health' } : findOperation(path)
}
