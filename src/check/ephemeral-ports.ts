import { kubeletUnit } from '../distributions/unit-names.ts'
import { assemble } from '../assembly/assemble.ts'
import type { Cluster, Machine } from '../cluster/cluster.ts'
import { components } from '../components/index.ts'
import { type Diagnostic, type Path, warning } from '../diagnostics/diagnostic.ts'
import { parseNodePorts, parsePorts, usualNodePorts, type PortRange } from '../profile/port-ranges.ts'
import { canonicalKey } from '../text/sysctl-key.ts'
import { machineNames } from './machine-names.ts'

/** https://docs.kernel.org/networking/ip-sysctl.html */
const rangeKey = 'net.ipv4.ip_local_port_range'
const reservedKey = 'net.ipv4.ip_local_reserved_ports'
const usual: PortRange = { first: 32_768, last: 60_999 }

type Used = PortRange & { by: string }
type Group = { path: Path; range: PortRange; reserved: string; used: Map<string, Used>; machines: Machine[] }

/**
 * Ports of the cluster's programs that the kernel may assign to outgoing connections while the programs are not running; starting them
 * then has to wait for the end of the connection. One message for each position.
 */
export function findEphemeralPorts(cluster: Cluster, stop?: AbortSignal): Diagnostic[] {
  const groups = new Map<string, Group>()
  const written = cluster.kubernetes.arguments.apiServer.find(
    ({ name }) => name === 'service-node-port-range',
  )
  const nodePorts = parseNodePorts(written?.value ?? '') ?? usualNodePorts
  for (const machine of cluster.machines) {
    stop?.throwIfAborted()
    const given = valueOf(machine, rangeKey)
    const range = given ? rangeOf(given.value) : usual
    const path = given?.path ?? nodePortPath
    if (!range || (!given && !meet(range, nodePorts))) continue
    const reserved = valueOf(machine, reservedKey)?.value ?? ''
    const free = usedPorts(cluster, machine).filter(
      (port) => meet(port, range) && !isReserved(port, reserved),
    )
    if (free.length === 0) continue
    const key = JSON.stringify([path, reserved])
    const group: Group = groups.get(key) ?? { path, range, reserved, used: new Map(), machines: [] }
    groups.set(key, group)
    group.machines.push(machine)
    for (const port of free) group.used.set(`${textOf(port)} ${port.by}`, port)
  }
  return [...groups.values()].map(diagnosticOf)
}

const nodePortPath: Path = ['kubernetes', 'apiServerArguments', 'service-node-port-range']

function valueOf({ settings }: Machine, name: string): { value: string; path: Path } | null {
  const found = settings.sysctls.findLast(({ key }) => canonicalKey(key) === name)
  return found?.from ? { value: found.value.trim(), path: found.from } : null
}

const rangeOf = (value: string): PortRange | null => parsePorts(value.split(/\s+/).join('-'))

const meet = (one: PortRange, other: PortRange): boolean => one.first <= other.last && other.first <= one.last

const isReserved = (port: PortRange, reserved: string): boolean =>
  reserved
    .split(',')
    .flatMap((text) => parsePorts(text.trim()) ?? [])
    .some(({ first, last }) => first <= port.first && port.last <= last)

/**
 * Ports that components open, and those that a node's programs use on the loopback address:
 * https://kubernetes.io/docs/reference/networking/ports-and-protocols/
 */
function usedPorts(cluster: Cluster, machine: Machine): Used[] {
  const { declared, units } = assemble(components, cluster, machine)
  const opened = declared.ports.flatMap(({ protocol, port, lastPort, component, from }) =>
    port === undefined || from || protocol !== 'tcp'
      ? []
      : [{ first: port, last: lastPort ?? port, by: component }],
  )
  const isNode = units.some(({ name }) => name === kubeletUnit)
  const local: number[] = isNode
    ? [10_248, 10_249, 10_256, ...(machine.role === 'control-plane' ? [10_257, 10_259] : [])]
    : []
  return [...opened, ...local.map((port) => ({ first: port, last: port, by: 'kubeadm' }))]
}

const textOf = ({ first, last }: PortRange): string => (first === last ? `${first}` : `${first}-${last}`)

/** Combines adjacent ports of one owner, in the order of the ports. */
function joined(ports: Iterable<Used>): Used[] {
  const result: Used[] = []
  for (const port of [...ports].toSorted((one, other) => one.first - other.first || one.last - other.last)) {
    const before = result.at(-1)
    if (before && before.by === port.by && before.last + 1 >= port.first)
      result.splice(-1, 1, { ...before, last: Math.max(before.last, port.last) })
    else result.push(port)
  }
  return result
}

function diagnosticOf({ path, range, reserved, used, machines }: Group): Diagnostic {
  const ports = joined(used.values())
  const listed = ports.map((port) => `${textOf(port)} (${port.by})`).join(', ')
  const all = [
    ...new Set([...(reserved === '' ? [] : [reserved]), ...ports.map((port) => textOf(port))]),
  ].join(',')
  const isNodePorts = path === nodePortPath
  return warning(
    'sysctls/ephemeral-ports',
    `connections from ${machineNames(machines)} may use ports ${textOf(range)} on their own side, including those that programs listen on: ${listed}`,
    {
      hint: `${isNodePorts ? 'write 30000-32767' : `write ${usual.first} ${usual.last}`}, or keep them free with sysctls: ${reservedKey}: "${all}"`,
      path,
      source: isNodePorts
        ? 'https://kubernetes.io/docs/reference/command-line-tools-reference/kube-apiserver/'
        : 'https://docs.kernel.org/networking/ip-sysctl.html',
    },
  )
}
