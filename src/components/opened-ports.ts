import type { Cluster, Machine, OpenPort } from '../cluster/cluster.ts'
import type { Component, Part, Port } from '../assembly/component.ts'
import { sshPorts } from './ssh-ports.ts'

const isFor = ({ roles, machines }: OpenPort, machine: Machine): boolean =>
  roles === null || roles.includes(machine.role) || machines.includes(machine.name)

function portOf({ name, protocol, port, lastPort, sources, from }: OpenPort): Port {
  return {
    protocol,
    port,
    ...(lastPort === port ? {} : { lastPort }),
    ...(sources.length > 0 ? { sources } : {}),
    purpose: name === null ? 'opened by the profile' : `opened by the profile: ${name}`,
    ...(from ? { from } : {}),
  }
}

/** Ports that the profile opens, and those on which its files make sshd listen. */
export const openedPorts: Component = {
  name: 'opened-ports',
  purpose: 'Opens the ports in the profile, and sshd ports that its files change.',
  appliesTo: (cluster: Cluster, machine: Machine) =>
    cluster.firewall && (cluster.openPorts.length > 0 || sshPorts(machine.settings.files).length > 0),
  contribute: ({ openPorts }, { settings, ...machine }): Part => ({
    ports: [
      ...openPorts.filter((each) => isFor(each, { settings, ...machine })).map(portOf),
      ...sshPorts(settings.files).map((port): Port => ({
        protocol: 'tcp',
        port,
        purpose: 'ssh, as set by files of the profile',
      })),
    ],
  }),
}
