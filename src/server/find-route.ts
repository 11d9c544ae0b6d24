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
  /** `rows`: the operations of the path, one for each method; `parameter`: the path segment in braces. */
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
  // There may be a boot file for each interface; everything else is stored under the machine's first MAC address.
  const found =
    site.files.get(file.replace('<mac>', mac)) ?? site.files.get(file.replace('<mac>', machine.mac))
  // A file is only served to the machine that it was made for.
  if (found?.machine !== machine.name) return { kind: 'unknown', machine: machine.name }
  return { kind: 'machine-file', file: found, machine: machine.name, mac: machine.mac, what }
}

type Operable = { before: string; after: string | null; rows: Row[] }

/** Paths of operations. Those with braces come last, so that they do not match names of others. */
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

/**
 * Finds what a path refers to.
 *
 * @param path decoded once; it is never joined to a directory
 */
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
