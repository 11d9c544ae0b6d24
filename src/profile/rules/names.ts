import { error } from '../../diagnostics/diagnostic.ts'
import type { Diagnostic, Path } from '../../diagnostics/diagnostic.ts'
import { isNodeRole, type Profile } from '../schema.ts'
import { isHostName } from '../../text/host-and-port.ts'
import type { Rule } from './rule.ts'
import { checkTakenNames } from './taken-names.ts'

const rfc1123 = 'https://www.rfc-editor.org/rfc/rfc1123#section-2.1'
const label = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/

/** Host names, the cluster's name and domains. Kubernetes names nodes by host name, so RFC 1123 applies to all of them. */
export const nameRules: Rule = ({ profile }) => {
  const diagnostics = checkLabel(profile.name, ['name'], 'name of the cluster')
  const taken = new Set(profile.machines.map(({ name }) => name.toLowerCase()))
  const { searchDomain } = profile.network
  const first = new Map<string, Path>()
  for (const [index, machine] of profile.machines.entries()) {
    const path: Path = ['machines', index, 'name']
    diagnostics.push(...checkHostName(machine.name, path, searchDomain, taken))
    const earlier = first.get(machine.name)
    if (earlier) {
      diagnostics.push(
        error('name/duplicate', `two machines have the name ${machine.name}`, {
          hint: 'kubeadm joins a machine only under a unique name',
          path,
          related: [{ path: earlier, message: 'first used here' }],
          source: 'https://github.com/kubernetes/kubeadm/issues/1711',
        }),
      )
    } else {
      first.set(machine.name, path)
    }
    if (searchDomain !== undefined && machine.name.length + searchDomain.length > 252) {
      const hint = 'shorten the name or its domain to at most 253 characters in total'
      diagnostics.push(
        error('name/too-long', 'the name with its domain is too long', { hint, path, source: rfc1123 }),
      )
    }
  }
  if (searchDomain !== undefined) diagnostics.push(...checkDomain(searchDomain, ['network', 'searchDomain']))
  diagnostics.push(...checkNodeNames(profile))
  const { domain } = profile.kubernetes
  if (domain !== undefined) diagnostics.push(...checkDomain(domain, ['kubernetes', 'domain']))
  diagnostics.push(...checkTakenNames(profile))
  return diagnostics
}

/** The kubelet labels a node with its name, and label values have at most 63 characters (IsValidLabelValue in apimachinery). */
function checkNodeNames({ kubernetes, machines, network: { searchDomain } }: Profile): Diagnostic[] {
  if (kubernetes.nodeNames !== 'full') return []
  if (searchDomain === undefined)
    return [
      error('name/no-domain', 'full names of nodes need a domain, and there is none', {
        hint: 'write network.searchDomain, or remove nodeNames',
        path: ['kubernetes', 'nodeNames'],
      }),
    ]
  return machines.flatMap(({ name, role }, index) => {
    const { length } = `${name}.${searchDomain}`
    if (!isNodeRole(role) || length <= 63) return []
    return [
      error(
        'name/too-long',
        `the full name of the node has ${length} characters, and at most 63 are allowed`,
        {
          hint: 'shorten the name or network.searchDomain, or remove kubernetes.nodeNames',
          path: ['machines', index, 'name'],
          source: 'https://kubernetes.io/docs/reference/labels-annotations-taints/#kubernetesiohostname',
        },
      ),
    ]
  })
}

/** A label that is similar to the text, or null. */
function nearestLabel(text: string): string | null {
  const near = text
    .toLowerCase()
    .replaceAll(/[_\s.]+/g, '-')
    .replaceAll(/[^a-z0-9-]/g, '')
    .slice(0, 63)
    .replaceAll(/^-+|-+$/g, '')
  return label.test(near) ? near : null
}

function whatIsWrong(text: string): string {
  if (text.length > 63) return `has ${text.length} characters, and at most 63 are allowed`
  if (/[A-Z]/.test(text)) return 'has uppercase letters'
  if (text.includes('_')) return 'has an underscore'
  if (text.includes('.')) return 'has a dot'
  if (/^-|-$/.test(text)) return 'begins or ends with a dash'
  return 'has characters other than a-z, 0-9 and dash'
}

function checkLabel(text: string, path: Path, what: string, nearer?: string | null): Diagnostic[] {
  if (label.test(text)) return []
  const shown = text.length > 80 ? `${text.slice(0, 77)}…` : text
  const near = nearer ?? nearestLabel(text)
  const hint = near === null ? 'use lowercase letters, digits and dashes' : `write ${near}`
  return [
    error('name/not-a-label', `the ${what} ${shown} ${whatIsWrong(text)}`, { hint, path, source: rfc1123 }),
  ]
}

/** Reports a name with a domain: the domain of all machines is a separate field. */
function checkHostName(
  text: string,
  path: Path,
  searchDomain: string | undefined,
  taken: ReadonlySet<string>,
): Diagnostic[] {
  const [, first = '', domain = ''] = /^([^.]+)\.(.+?)\.?$/.exec(text.toLowerCase()) ?? []
  const name = nearestLabel(first)
  // Machines of several domains may have the same first part.
  if (!isHostName(domain) || /^[\d.]+$/.test(text) || name === null || taken.has(name))
    return checkLabel(text, path, 'host name')
  const own = searchDomain?.toLowerCase()
  if (own === undefined)
    return checkLabel(text, path, 'host name', `${name}, and searchDomain: ${domain} below network`)
  if (domain === own)
    return checkLabel(
      text,
      path,
      'host name',
      `${name}: the domain is network.searchDomain; for nodes with full names also write kubernetes.nodeNames: full`,
    )
  const rest = domain.endsWith(`.${own}`)
    ? nearestLabel(`${first}.${domain.slice(0, -own.length - 1)}`)
    : null
  return checkLabel(text, path, 'host name', rest === null || taken.has(rest) ? null : rest)
}

/** DNS domains, in lower case. */
export function checkDomain(text: string, path: Path): Diagnostic[] {
  if (text.length <= 253 && text.split('.').every((part) => label.test(part))) return []
  const near = text.toLowerCase().replaceAll(/^\.+|\.+$/g, '')
  const isNear = near.length <= 253 && near.split('.').every((part) => label.test(part))
  const hint = isNear
    ? `write ${near}`
    : 'write lowercase letters, digits and dashes, separated by dots, e.g. example.com'
  return [
    error('name/not-a-domain', `${JSON.stringify(text)} is not a domain name`, {
      hint,
      path,
      source: rfc1123,
    }),
  ]
}
