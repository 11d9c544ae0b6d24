import { canonicalMac } from '../network/mac.ts'
import { readWebAddress } from '../text/web-address.ts'
import type { PreparedFile, ServedSite } from './served-site.ts'

/**
 * Everything that is answered. `<mac>` takes any spelling of any MAC of a machine; `file` is the path in the site, with the
 * canonical one. manifest.json is not here on purpose: it lists every machine.
 */
const routes = [
  { path: '/boot.ipxe', file: 'boot.ipxe' },
  { path: '/hakube.ipxe', file: 'hakube.ipxe' },
  { path: '/release', file: 'release' },
  { path: '/ipxe/<mac>', file: 'ipxe/<mac>' },
  // pxelinux puts the hardware type in front of the MAC (`01-`); it is one of the spellings.
  { path: '/pxelinux.cfg/<mac>', file: 'pxelinux.cfg/01-<mac>' },
  { path: '/seed/<mac>/meta-data', file: 'seed/<mac>/meta-data' },
  { path: '/seed/<mac>/user-data', file: 'seed/<mac>/user-data' },
  { path: '/seed/<mac>/vendor-data', file: 'seed/<mac>/vendor-data' },
  { path: '/seed/<mac>/network-config', file: 'seed/<mac>/network-config' },
  { path: '/kickstart/<mac>.ks', file: 'kickstart/<mac>.ks' },
  { path: '/preseed/<mac>.cfg', file: 'preseed/<mac>.cfg' },
].map(({ path, file }) => {
  const [prefix = '', suffix] = path.split('<mac>')
  return { prefix, suffix, file }
})

const assetsPrefix = '/assets/'
const healthPath = '/healthz'

export type Found =
  | { kind: 'file'; file: PreparedFile; machine: string | null }
  | { kind: 'asset'; name: string }
  | { kind: 'health' }
  | { kind: 'malformed'; reason: string; machine: null }
  | { kind: 'unknown'; machine: string | null; mac?: string }

const unknown: Found = { kind: 'unknown', machine: null }

function machineFile(site: ServedSite, file: string, spelling: string): Found {
  const mac = canonicalMac(spelling)
  if (mac === null) {
    return { kind: 'malformed', reason: 'no MAC address; write it like 52-54-00-aa-bb-01', machine: null }
  }
  const machine = site.machines.get(mac)
  if (!machine) return { kind: 'unknown', machine: null, mac }
  // A boot file may be made for each card; everything else is filed under the machine's first MAC.
  const found =
    site.files.get(file.replace('<mac>', mac)) ?? site.files.get(file.replace('<mac>', machine.mac))
  // A file goes to the machine that it was made for, whatever the site says about its name.
  if (found?.machine !== machine.name) return { kind: 'unknown', machine: machine.name }
  return { kind: 'file', file: found, machine: machine.name }
}

/** Finds what a path asks for. @param path decoded once, never joined to anything */
export function findRoute(site: ServedSite, path: string): Found {
  for (const { prefix, suffix, file } of routes) {
    if (suffix === undefined) {
      if (path !== prefix) continue
      const found = site.files.get(file)
      return found ? { kind: 'file', file: found, machine: null } : unknown
    }
    if (!path.startsWith(prefix) || !path.endsWith(suffix)) continue
    const spelling = path.slice(prefix.length, path.length - suffix.length)
    if (spelling === '' || spelling.includes('/')) continue
    return machineFile(site, file, spelling)
  }
  if (path.startsWith(assetsPrefix)) return { kind: 'asset', name: path.slice(assetsPrefix.length) }
  return path === healthPath ? { kind: 'health' } : unknown
}

/** A request target that is no path on this server, with the reason for the client. */
export type BadTarget = { bad: string }

/** The path as it was sent: URL would take `..` and `\\` for more than characters. Empty where there is none. */
function pathOf(target: string): string {
  const end = target.search(/[?#]/)
  const before = end === -1 ? target : target.slice(0, end)
  if (before.startsWith('/')) return before
  const authority = before.indexOf('://') + 3
  const slash = before.indexOf('/', authority)
  // RFC 9110, 4.2.1: without a host it is not an address.
  if (authority === 2 || slash === -1 || !readWebAddress(before.slice(0, slash))) return ''
  return before.slice(slash)
}

/**
 * The path that a request target names: without the query, decoded once. Absolute form (`GET http://host/path`) is taken
 * too, as RFC 9112 section 3.2.2 wants it of every server.
 */
export function targetPath(target: string): string | BadTarget {
  const path = pathOf(target)
  if (!path.startsWith('/')) return { bad: 'the request names no path' }
  if (/[^\x21-\x7e]/.test(path)) return { bad: 'the path has characters that must be percent-encoded' }
  if (!path.includes('%')) return path
  let decoded: string
  try {
    decoded = decodeURIComponent(path)
  } catch {
    return { bad: 'the path has a percent-encoding that is not UTF-8' }
  }
  // oxlint-disable-next-line no-control-regex
  return /[\x00-\x1f\x7f]/.test(decoded) ? { bad: 'the path has control characters' } : decoded
}
