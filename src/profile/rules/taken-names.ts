import { error, warning } from '../../diagnostics/diagnostic.ts'
import type { Diagnostic, Path } from '../../diagnostics/diagnostic.ts'
import { defaults } from '../defaults.ts'
import type { Profile, ProfileMachine } from '../schema.ts'

/** Names that already have another meaning: on the machine itself, in /etc/hosts, or in the cluster's DNS. */
export function checkTakenNames(profile: Profile): Diagnostic[] {
  const names = new Set(profile.machines.map(({ name }) => name))
  const machines = profile.machines.flatMap((machine, index) =>
    checkMachine(profile, names, machine, ['machines', index, 'name']),
  )
  return [...machines, ...checkSearchDomain(profile)]
}

/*
 * hakube's own /etc/hosts (cloud-init/hosts/hosts.ejs), and the distributions' files until it is written: the packages netbase of Debian
 * and setup of Enterprise Linux.
 */
const localNames: ReadonlyMap<string, string> = new Map([
  ...['localhost', 'localhost4'].map((name) => [name, '127.0.0.1'] as const),
  ...['localhost6', 'ip6-localhost', 'ip6-loopback'].map((name) => [name, '::1'] as const),
  ['ip6-localnet', 'fe00::0'],
  ['ip6-mcastprefix', 'ff00::0'],
  ['ip6-allnodes', 'ff02::1'],
  ['ip6-allrouters', 'ff02::2'],
])

function checkMachine(
  profile: Profile,
  names: ReadonlySet<string>,
  { name, role }: ProfileMachine,
  path: Path,
): Diagnostic[] {
  // Computed on demand, because hardly any of thousands of machines needs it.
  const hint = () => `write another name, e.g. ${freeName(names, role)}`
  const local = localNames.get(name)
  if (local !== undefined) {
    return [
      error('name/taken', `every program resolves ${name} to ${local}`, {
        hint: hint(),
        path,
        source: 'https://www.rfc-editor.org/rfc/rfc6761#section-6.3',
      }),
    ]
  }
  // inet_aton(3): a number alone is an address too, so DNS is not queried.
  if (/^(?:\d+|0x[\da-f]+)$/.test(name)) {
    return [
      error('name/taken', `programs parse the name ${name} as an address`, {
        hint: `write a name with a letter, e.g. ${freeName(names, role)}`,
        path,
        source: 'inet_aton(3)',
      }),
    ]
  }
  const alias = aliases(profile).find((each) => each.name === name)
  if (alias) {
    return [
      error(
        'name/taken',
        `hakube gives the name ${name} to the virtual address of ${alias.of} in /etc/hosts`,
        {
          hint: hint(),
          path,
          related: [{ path: alias.path, message: 'the address is set here' }],
        },
      ),
    ]
  }
  if (name !== 'kubernetes') return []
  const message = 'in every cluster, kubernetes is the name of the API service and in its certificate'
  return [
    warning('name/kubernetes', message, {
      hint: `${hint()}; pods in the namespace default cannot reach the machine by this one`,
      path,
      source: 'https://kubernetes.io/docs/tasks/run-application/access-api-from-pod/',
    }),
  ]
}

/** `worker-3`: the role with the first number that no machine uses. */
function freeName(names: ReadonlySet<string>, role: ProfileMachine['role']): string {
  for (let number = 1; ; number += 1) {
    const name = `${role}-${number}`
    if (!names.has(name)) return name
  }
}

/** As the component `hosts` writes them. */
function aliases({ name, loadBalancing }: Profile): { name: string; of: string; path: Path }[] {
  if (!loadBalancing) return []
  return [
    { name: `${name}-api`, of: 'the API', path: ['loadBalancing', 'api', 'address'] },
    ...(loadBalancing.ingress
      ? [{ name: `${name}-ingress`, of: 'the ingress', path: ['loadBalancing', 'ingress', 'address'] }]
      : []),
  ]
}

const isIn = (domain: string, other: string): boolean => domain === other || domain.endsWith(`.${other}`)

/** CoreDNS is authoritative for the cluster's domain: names in it that are not of services or pods do not exist for pods. */
function checkSearchDomain(profile: Profile): Diagnostic[] {
  const { searchDomain } = profile.network
  if (searchDomain === undefined) return []
  const path: Path = ['network', 'searchDomain']
  const local = ['localhost', 'localhost.localdomain'].find((each) => isIn(searchDomain, each))
  if (local !== undefined) {
    return [
      error('name/taken', `names in ${local} refer to the machine itself`, {
        hint: 'write a domain of your own, e.g. example.com, or remove searchDomain',
        path,
        source: 'https://www.rfc-editor.org/rfc/rfc6761#section-6.3',
      }),
    ]
  }
  const { domain = defaults.domain } = profile.kubernetes
  const full = profile.machines.find(({ name }) => isIn(`${name}.${searchDomain}`, domain))
  if (!full) return []
  const where = searchDomain === domain ? 'is the domain' : `is in ${domain}, the domain`
  const message = isIn(searchDomain, domain)
    ? `the search domain ${searchDomain} ${where} of the cluster's services, in which pods cannot resolve machines`
    : `${full.name}.${searchDomain}, the full name of a machine, is the domain of the cluster's services`
  const other = isIn('example.com', domain) ? 'example.org' : 'example.com'
  return [
    error('name/cluster-domain', message, {
      hint: `write the domain of the machines, e.g. ${other}, or change that of the services: kubernetes.domain: k8s.${other}`,
      path,
      related:
        profile.kubernetes.domain === undefined
          ? []
          : [{ path: ['kubernetes', 'domain'], message: "the services' domain is set here" }],
      source: 'https://github.com/coredns/coredns/tree/master/plugin/kubernetes',
    }),
  ]
}
