import { error, warning } from '../../diagnostics/diagnostic.ts'
import type { Diagnostic, Path } from '../../diagnostics/diagnostic.ts'
import { parseAddress } from '../../network/addresses.ts'
import { noIPv6 } from './addresses.ts'
import type { Rule } from './rule.ts'

/** Addresses on the web: hakube's server and mirrors. */
export const serverRules: Rule = ({ profile }) => {
  const diagnostics = checkServer(profile.server)
  const { mirrors } = profile
  for (const key of ['distribution', 'kubernetes'] as const) {
    const value = mirrors?.[key]
    if (value !== undefined) diagnostics.push(...checkMirror(value, ['mirrors', key]))
  }
  for (const [name, value] of Object.entries(mirrors?.repositories ?? {}))
    diagnostics.push(...checkMirror(value, ['mirrors', 'repositories', name]))
  for (const [registry, value] of Object.entries(mirrors?.images ?? {})) {
    const path: Path = ['mirrors', 'images', registry]
    // https://github.com/containerd/containerd/blob/main/docs/hosts.md: the name is that of a folder; _default is for all others.
    if (!/^(?:[a-z0-9][a-z0-9.-]*(?::\d+)?|_default)$/i.test(registry)) {
      diagnostics.push(
        error('mirrors/registry', `${JSON.stringify(registry)} is not the name of a registry`, {
          hint: 'write the host as it stands in image names, e.g. docker.io or registry.k8s.io, or _default for all others',
          path,
          onKey: true,
        }),
      )
    }
    diagnostics.push(...checkMirror(value, path))
  }
  return diagnostics
}

function readUrl(text: string): URL | null {
  if (/\s|["'<>\\`$]/.test(text) || !URL.canParse(text)) return null
  const url = new URL(text)
  return /^https?:$/.test(url.protocol) && url.host !== '' ? url : null
}

function checkServer(text: string): Diagnostic[] {
  const path = ['server']
  const fail = (message: string, hint: string) => [error('server/malformed', message, { hint, path })]
  const url = readUrl(text)
  if (!url) {
    const bare = /^[\w.-]+(?::\d+)?$/.test(text)
    const hint = bare ? `write http://${text}` : 'write e.g. http://10.10.10.5:8080'
    return fail(`${JSON.stringify(text)} is not the address of a server`, hint)
  }
  if (url.username || url.password)
    return fail('the address has a login in it', 'remove what is before the @')
  if (url.search || url.hash) return fail('the address has a query or a fragment', `write ${url.origin}`)
  if (url.pathname !== '/') {
    return fail(
      `the address has the path ${url.pathname}`,
      `write ${url.origin}: hakube serve answers at the top`,
    )
  }
  const host = url.hostname.replaceAll(/^\[|\]$/g, '')
  const address = parseAddress(host)
  if (address?.family === 6) return [noIPv6(host, path)]
  if (!address) {
    return [
      warning('server/host-name', `${host} is a name, and installers may not have a name service yet`, {
        hint: 'write the IP address of the server',
        path,
      }),
    ]
  }
  if (/^(?:127\.|0\.)/.test(host)) {
    return [
      warning('server/loopback', `${host} is another machine on every machine: it means the machine itself`, {
        hint: 'write the address that the machines reach the server by',
        path,
      }),
    ]
  }
  return []
}

function checkMirror(text: string, path: Path): Diagnostic[] {
  const url = readUrl(text)
  if (url && !url.search && !url.hash && !url.password) return []
  const problem = url ? 'has a query, a fragment or a login' : 'is not a web address'
  const shown = url?.password ? 'the address' : JSON.stringify(text)
  return [error('mirrors/malformed', `${shown} ${problem}`, { hint: 'write http://… or https://…', path })]
}
