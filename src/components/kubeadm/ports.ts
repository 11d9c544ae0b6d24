import type { Cluster, Machine, NamedArgument } from '../../cluster/cluster.ts'
import { memberAddresses, memberSubnets } from '../../cluster/families.ts'
import type { Port } from '../../assembly/component.ts'
import { parseNodePorts, usualNodePorts } from '../../profile/port-ranges.ts'
import { clientSources } from '../etcd/places.ts'

/* Ports of Kubernetes: https://kubernetes.io/docs/reference/networking/ports-and-protocols/ */

const valueOf = (list: readonly NamedArgument[], name: string): string | undefined =>
  list.find((each) => each.name === name)?.value

const numberOf = (list: readonly NamedArgument[], name: string, usual: number): number => {
  const value = Number(valueOf(list, name) ?? usual)
  return Number.isInteger(value) && value >= 0 && value <= 65_535 ? value : usual
}

/** Whether other machines can reach the address. kubeadm and the kubelet use 127.0.0.1 by default. */
const answersOthers = (address: string | undefined): boolean =>
  address !== undefined && !/^(?:127\.|::1$|localhost$)/.test(address)

/** The ports of the kubelet. `kind` is equal for machines with equal ports. */
export function kubeletPorts({ settings: { kubeletIsTold: list } }: Machine) {
  const healthz = answersOthers(valueOf(list, 'healthz-bind-address'))
    ? numberOf(list, 'healthz-port', 10_248)
    : 0
  const ports = {
    api: numberOf(list, 'port', 10_250),
    readOnly: numberOf(list, 'read-only-port', 0),
    healthz,
  }
  return { ...ports, kind: Object.values(ports).join(' ') }
}

function controlPlanePorts(cluster: Cluster, clients: string[]): Port[] {
  const { controlPlanes, etcd, kubernetes } = cluster
  const members = controlPlanes.flatMap((machine) => memberAddresses(cluster, machine))
  const stackedEtcd: Port[] = [
    { protocol: 'tcp', port: 2379, lastPort: 2380, sources: members, purpose: 'etcd' },
    ...(etcd.clients.length > 0
      ? [{ protocol: 'tcp', port: 2379, sources: clients, purpose: 'etcd, clients' } as const]
      : []),
  ]
  const { controllerManager, scheduler } = kubernetes.arguments
  const inside = [...memberSubnets(cluster), ...kubernetes.podNetworks]
  // Closed to other machines by default; setting an address means that metrics are collected from there.
  const measured = [
    { list: controllerManager, port: 10_257, purpose: 'controller manager, metrics' },
    { list: scheduler, port: 10_259, purpose: 'scheduler, metrics' },
  ]
    .filter(({ list }) => answersOthers(valueOf(list, 'bind-address')))
    .map(({ list, port, purpose }): Port => {
      const secure = numberOf(list, 'secure-port', port)
      return { protocol: 'tcp', port: secure, sources: inside, purpose }
    })
  return [
    { protocol: 'tcp', port: kubernetes.apiServerPort, purpose: 'Kubernetes API server' },
    ...(etcd.placement === 'stacked' ? stackedEtcd : []),
    ...measured,
  ]
}

/** The ports that Kubernetes itself needs on a node. */
export function ports(cluster: Cluster, machine: Machine): Port[] {
  const { kubernetes } = cluster
  const inside = [...memberSubnets(cluster), ...kubernetes.podNetworks]
  const kubelet = kubeletPorts(machine)
  const given = valueOf(kubernetes.arguments.apiServer, 'service-node-port-range')
  const { first, last } = parseNodePorts(given ?? '') ?? usualNodePorts
  const nodePorts = {
    port: first,
    ...(last === first ? {} : { lastPort: last }),
    purpose: 'node ports of services',
  }
  const ofKubelet = [
    { port: kubelet.api, purpose: 'kubelet API' },
    { port: kubelet.readOnly, purpose: 'kubelet, read-only' },
    { port: kubelet.healthz, purpose: 'kubelet, health' },
  ]
  return [
    ...(machine.role === 'control-plane' ? controlPlanePorts(cluster, clientSources(cluster)) : []),
    ...ofKubelet
      .filter(({ port }) => port > 0)
      .map(({ port, purpose }): Port => ({ protocol: 'tcp', port, sources: inside, purpose })),
    { protocol: 'tcp', ...nodePorts },
    { protocol: 'udp', ...nodePorts },
  ]
}
