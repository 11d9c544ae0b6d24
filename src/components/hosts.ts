import type { Cluster, Machine } from '../cluster/cluster.ts'
import { memberAddresses } from '../cluster/families.ts'
import { render } from '../templates/template.ts'
import type { Component, Content } from '../assembly/component.ts'
import { onceForEach, sameForAll } from '../assembly/once.ts'
import { quote, quoteAll } from '../text/quote.ts'
import { readAgain } from '../assembly/on-change.ts'

type Entry = { address: string; names: string }

/** The part that is the same in the files of all machines, computed once: a cluster may have thousands of them. */
type Shared = { entries: readonly Entry[]; listed: ReadonlySet<Machine>; content: Content }

const shared = onceForEach(sameForAll, (cluster): Shared => {
  const machines =
    cluster.network.hosts === 'cluster'
      ? cluster.machines
      : cluster.machines.filter((machine) => machine.balancesLoad || machine.role === 'control-plane')
  const entries = [
    ...virtualAddresses(cluster),
    ...machines.flatMap((machine) => entriesOf(cluster, machine)),
    ...cluster.extraHosts.map(({ address, names }) => ({ address, names: names.join(' ') })),
  ]
  const content = render('cloud-init/hosts/hosts.ejs', { entries, own: [] })
  return { entries, listed: new Set(machines), content }
})

/** The full name comes first, because `hostname --fqdn` prints that one. */
const entriesOf = (cluster: Cluster, machine: Machine): Entry[] =>
  memberAddresses(cluster, machine).map((address) => ({
    address,
    names: machine.fullName === machine.name ? machine.name : `${machine.fullName} ${machine.name}`,
  }))

/**
 * Names for the virtual addresses, for logs and people; names of machines take precedence. Kubelets use the name of the API, so that
 * members stay connected while the site's DNS is down or does not have the name yet.
 */
function virtualAddresses({ name, loadBalancing, network, machines }: Cluster): Entry[] {
  if (!loadBalancing) return []
  const taken = new Set(machines.map((machine) => machine.name))
  const entries: Entry[] = []
  const add = (addresses: readonly string[], host: string, own: string | null = null) => {
    const full = network.searchDomain ? `${host}.${network.searchDomain}` : null
    const names = taken.has(host) ? [] : [full, host].filter((each) => each !== null)
    const all = [...new Set([...(own === null ? [] : [own]), ...names])]
    if (all.length > 0) entries.push(...addresses.map((address) => ({ address, names: all.join(' ') })))
  }
  add(loadBalancing.api.addresses, `${name}-api`, loadBalancing.api.name)
  if (loadBalancing.ingress) add(loadBalancing.ingress.addresses, `${name}-ingress`)
  return entries
}

export const hosts: Component = {
  name: 'hosts',
  purpose: 'Writes the names of the cluster to /etc/hosts.',
  appliesTo: () => true,
  contribute(cluster, machine) {
    const { entries, listed, content } = shared(cluster, machine)
    const [, ...further] = memberAddresses(cluster, machine)
    return {
      files: [
        {
          path: '/etc/hosts',
          mode: '0644',
          content: listed.has(machine)
            ? content
            : render('cloud-init/hosts/hosts.ejs', { entries, own: entriesOf(cluster, machine) }),
          onChange: readAgain('how programs read it is unknown to hakube'),
        },
      ],
      checks: [
        {
          name: 'hosts',
          script: render('cloud-init/hosts/check.sh.ejs', {
            name: quote(machine.fullName),
            address: quote(machine.address),
            database: further.length > 0 ? 'ahostsv4' : 'hosts',
            // Without it the kubelet registers the node without an address, and reports no error.
            further: quoteAll(further),
          }),
        },
      ],
    }
  },
}
