import type { Cluster, Machine } from '../../../cluster/cluster.ts'
import { below } from '../../../cluster/link-builder.ts'
import type { Bond, Link } from '../../../cluster/link-types.ts'
import { linksOf, macOf, networkOf } from '../../../cluster/links.ts'
import { choiceInWords, dataContents, volumeInWords } from '../disk-rows.ts'
import { networksOf } from './networks.ts'
import type { Edge, Group, Node, Picture } from './picture.ts'

/** A picture of one machine: its interfaces with their networks and virtual addresses, and its disks. */
export function machinePicture(cluster: Cluster, machine: Machine): Picture {
  const links = linksOf(cluster, machine)
  const idOf = (name: string): string => `i${links.findIndex((each) => each.name === name)}`
  const networks = networksOf(cluster, machine)
  const held = virtualAddressesOf(cluster, machine)
  const disks = diskParts(machine)
  const { name, role, system, architecture, firmware } = machine
  return {
    direction: 'LR',
    nodes: [
      ...networks.map(({ node }, index) => ({ id: `n${index}`, ...node })),
      ...held.map(({ lines }, index) => ({ id: `v${index}`, shape: 'address' as const, lines })),
    ],
    groups: [
      {
        id: 'machine',
        lines: [name, `${role}, ${system.distribution.title}, ${architecture}, ${firmware}`],
        nodes: [],
        groups: [
          {
            id: 'interfaces',
            lines: ['network interfaces'],
            nodes: links.map((link) => ({
              id: idOf(link.name),
              shape: 'box',
              lines: linkLines(machine, link),
            })),
          },
          ...disks.groups,
        ],
      },
    ],
    edges: [
      ...links.flatMap((link) =>
        below(link).map((lower): Edge => ({
          from: idOf(link.name),
          to: idOf(lower),
          line: 'line',
          label: null,
        })),
      ),
      ...networks.map(({ link }, index): Edge => ({
        from: `n${index}`,
        to: idOf(link.name),
        line: 'line',
        label: null,
      })),
      ...held.map(({ link }, index): Edge => ({
        from: `v${index}`,
        to: idOf(link),
        line: 'dotted',
        label: 'may hold',
      })),
      ...disks.edges,
    ],
  }
}

function linkLines(machine: Machine, link: Link): string[] {
  const { name, mtu, addresses, dhcp } = link
  return [
    name,
    ...kindLines(machine, link),
    ...(mtu === null ? [] : [`MTU ${mtu}`]),
    ...addresses,
    ...(dhcp ? ['DHCP'] : []),
  ]
}

function kindLines(machine: Machine, link: Link): string[] {
  switch (link.kind) {
    case 'ethernet':
      return [macOf(machine, link).replaceAll('-', ':')]
    case 'bond':
      return [bondInWords(link.bond)]
    case 'vlan':
      return [`VLAN ${link.id}`]
    case 'bridge':
      return ['bridge']
    default:
      return link satisfies never
  }
}

const bondInWords = ({ mode, lacpRate, transmitHashPolicy, primary }: Bond): string =>
  [
    `bond, ${mode}`,
    ...(lacpRate === null ? [] : [`LACP ${lacpRate}`]),
    ...(transmitHashPolicy === null ? [] : [transmitHashPolicy]),
    ...(primary === null ? [] : [`primary ${primary}`]),
  ].join(', ')

/** The virtual addresses that a machine can hold, and on which interface. */
function virtualAddressesOf(cluster: Cluster, machine: Machine): { lines: string[]; link: string }[] {
  const { loadBalancing } = cluster
  if (!loadBalancing || !machine.balancesLoad) return []
  const { api, ingress } = loadBalancing
  return [
    ...api.addresses.map((address) => ['Kubernetes API', address] as const),
    ...(ingress?.addresses ?? []).map((address) => ['ingress', address] as const),
  ].flatMap(([what, address]) => {
    const on = networkOf(cluster, machine, address)
    return on ? [{ lines: [what, address], link: on.link.name }] : []
  })
}

/** Disks, what they are combined to, and their file systems. */
function diskParts({ storage, system: { distribution } }: Machine): { groups: Group[]; edges: Edge[] } {
  const { disks, volumeGroup, volumes, data } = storage
  const nodes: Node[] = []
  const edges: Edge[] = []
  const add = (
    id: string,
    shape: Node['shape'],
    lines: readonly string[],
    under: readonly string[],
  ): string => {
    nodes.push({ id, shape, lines })
    edges.push(...under.map((from): Edge => ({ from, to: id, line: 'line', label: null })))
    return id
  }
  let base = disks.map((disk, index) => add(`d${index}`, 'disk', [choiceInWords(disk)], []))
  if (disks.length > 1) base = [add('mirror', 'box', ['RAID 1'], base)]
  if (disks.length > 0 && volumeGroup !== null)
    base = [add('group', 'box', ['volume group', volumeGroup], base)]
  if (disks.length > 0)
    for (const [index, volume] of volumes.entries())
      add(`f${index}`, 'box', [volume.mount, volumeInWords(volume, distribution)], base)
  for (const [index, each] of data.entries()) {
    const id = add(`e${index}`, 'disk', [choiceInWords(each.disk)], [])
    const contents = dataContents(each, distribution).join(', ')
    add(`g${index}`, 'box', [...(each.mount === null ? [] : [each.mount]), contents], [id])
  }
  return nodes.length === 0
    ? { groups: [], edges }
    : { groups: [{ id: 'disks', lines: ['disks'], nodes }], edges }
}
