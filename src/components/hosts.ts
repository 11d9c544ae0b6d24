import type { Cluster, Machine } from '../cluster/cluster.ts'
import { render } from '../templates/template.ts'
import type { Component, Content } from '../assembly/component.ts'
import { onceForEach, sameForAll } from '../assembly/once.ts'
import { quote } from '../text/quote.ts'
import { readAgain } from '../assembly/on-change.ts'

type Entry = { address: string; names: string }

/** What is the same in the files of all machines, made once: a cluster may have thousands of them. */
type Shared = { entries: readonly Entry[]; listed: ReadonlySet<Machine>; content: Content }

const shared = onceForEach(sameForAll, (cluster): Shared => {
  const machines =
    cluster.network.hosts === 'cluster'
      ? cluster.machines
      : cluster.machines.filter((machine) => machine.balancesLoad || machine.role === 'control-plane')
  const entries = [...virtualAddresses(cluster), ...machines.map((machine) => entryOf(machine))]
  const content = render('cloud-init/hosts/hosts.ejs', { entries, own: null })
  return { entries, listed: new Set(machines), content }
})

/** The full name first: it is what `hostname --fqdn` prints. */
const entryOf = ({ address, fullName, name }: Machine): Entry => ({
  address,
  names: fullName === name ? name : `${fullName} ${name}`,
})

/** Names for the virtual addresses, so that logs and people have one; a machine's own name goes before. */
function virtualAddresses({ name, loadBalancing, network, machines }: Cluster): Entry[] {
  if (!loadBalancing) return []
  const taken = new Set(machines.map((machine) => machine.name))
  const entries: Entry[] = []
  const add = (addresses: readonly string[], host: string) => {
    if (taken.has(host)) return
    const names = network.searchDomain ? `${host}.${network.searchDomain} ${host}` : host
    entries.push(...addresses.map((address) => ({ address, names })))
  }
  add(loadBalancing.api.addresses, `${name}-api`)
  if (loadBalancing.ingress) add(loadBalancing.ingress.addresses, `${name}-ingress`)
  return entries
}

export const hosts: Component = {
  name: 'hosts',
  purpose: 'Names of the cluster in /etc/hosts.',
  appliesTo: () => true,
  contribute(cluster, machine) {
    const { entries, listed, content } = shared(cluster, machine)
    return {
      files: [
        {
          path: '/etc/hosts',
          mode: '0644',
          content: listed.has(machine)
            ? content
            : render('cloud-init/hosts/hosts.ejs', { entries, own: entryOf(machine) }),
          onChange: readAgain('read again each time, as far as hakube knows'),
        },
      ],
      checks: [
        {
          name: 'hosts',
          script: render('cloud-init/hosts/check.sh.ejs', {
            name: quote(machine.fullName),
            address: quote(machine.address),
          }),
        },
      ],
    }
  },
}
