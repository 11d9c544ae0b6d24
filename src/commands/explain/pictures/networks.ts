import type { Cluster, Machine } from '../../../cluster/cluster.ts'
import { cardsBelow, subnetOf } from '../../../cluster/links.ts'
import type { Link } from '../../../cluster/link-types.ts'
import type { Node } from './picture.ts'

/** A network that a machine is in, and its interface there; equal keys are one network. */
export type Membership = { key: string; node: Omit<Node, 'id'>; subnets: readonly string[]; link: Link }

const present = (...texts: readonly (string | null)[]): string[] => texts.filter((text) => text !== null)

/** What the switch has to know of a network. */
const tagged = (link: Link): string | null => (link.kind === 'vlan' ? `VLAN ${link.id}` : null)

function linkNamed({ name: machine, network: { links } }: Machine, name: string): Link {
  const link = links.find((each) => each.name === name)
  if (!link) throw new Error(`${machine} has no interface ${name}`)
  return link
}

/** The networks of a machine: that of the nodes first, then the additional ones, then those with only DHCP. */
export function networksOf(cluster: Pick<Cluster, 'network'>, machine: Machine): Membership[] {
  const { network } = machine
  const main = linkNamed(machine, network.interface)
  const { subnet, subnet6, gateway } = subnetOf(cluster, machine)
  const ofNodes: Membership = {
    key: `nodes ${subnet} ${tagged(main)}`,
    node: {
      shape: 'network',
      lines: ['network of the nodes', ...present(subnet, subnet6, tagged(main)), `router ${gateway}`],
    },
    subnets: present(subnet, subnet6),
    link: main,
  }
  const additional = network.networks.map(({ name, interface: on, subnets }): Membership => {
    const link = linkNamed(machine, on)
    return {
      key: `additional ${name} ${subnets.join(' ')} ${tagged(link)}`,
      node: { shape: 'network', lines: [name, ...subnets, ...present(tagged(link))] },
      subnets,
      link,
    }
  })
  const withDhcp = network.links
    .filter(({ dhcp }) => dhcp)
    .map((link): Membership => {
      const installs = network.installer?.interface === link.name
      const lines = [
        'network with DHCP',
        ...present(tagged(link)),
        ...(installs ? ['used by the installer'] : []),
      ]
      return {
        key: `dhcp ${link.name} ${lines.join(' ')}`,
        node: { shape: 'network', lines },
        subnets: [],
        link,
      }
    })
  return [ofNodes, ...additional, ...withDhcp]
}

/** An interface in words: `bond0 of card0 and card1`, `bond0.20`. */
export function interfaceInWords({ network: { links } }: Machine, link: Link): string {
  if (link.kind === 'ethernet' || link.kind === 'vlan') return link.name
  const cards = cardsBelow(links, link.name).map(({ name }) => name)
  return `${link.name} of ${cards.join(' and ')}`
}
