import {
  containerdUnit,
  crioUnit,
  dockerUnit,
  etcdUnit,
  firewalldUnit,
  firewallUnit,
  haproxyUnit,
  keepalivedUnit,
} from '../distributions/unit-names.ts'
import type { Cluster, Machine } from '../cluster/cluster.ts'
import { refusedByEtcd, refusedByReachable } from './kernel-limits.ts'
import { render } from '../templates/template.ts'
import { startStepName } from '../assembly/start-steps.ts'
import { installCommand } from './assets.ts'
import type { Component, File, Package, Part, Port } from '../assembly/component.ts'
import { authorityFile, clientPair, memberPairs, restarted } from './etcd/certificate-files.ts'
import { environmentText, memberVariables } from './etcd/environment.ts'
import {
  clientAddress,
  clientPort,
  clientSources,
  configurationDirectory,
  peerAddress,
  peerPort,
  programDirectory,
} from './etcd/places.ts'
import { upkeep, upkeepUnits } from './etcd/upkeep.ts'
import { quote, quoteAll } from '../text/quote.ts'
import { installs, program } from '../assembly/on-change.ts'

const template = (name: string, data: object) => render(`cloud-init/etcd/${name}.ejs`, data)

const isClient = ({ etcd }: Cluster, { role }: Machine): boolean => etcd.clients.includes(role)

function packages({ etcd }: Cluster, { system: { distribution } }: Machine): Package[] {
  if (etcd.archive) return []
  const version = etcd.version ? { version: etcd.version } : {}
  return [distribution.packages.etcd, distribution.packages['etcd-client']].flatMap((name) =>
    name ? [{ name, ...version }] : [],
  )
}

function ports(cluster: Cluster): Port[] {
  const members = cluster.etcd.members.map(({ address }) => address)
  return [
    { protocol: 'tcp', port: clientPort, sources: clientSources(cluster), purpose: 'etcd, clients' },
    { protocol: 'tcp', port: peerPort, sources: members, purpose: 'etcd, members' },
  ]
}

function memberFiles(cluster: Cluster, machine: Machine): File[] {
  const { members } = cluster.etcd
  const directory = programDirectory(cluster)
  const addresses = members.flatMap((member) => [peerAddress(member), clientAddress(member), member.name])
  return [
    {
      path: `${configurationDirectory}/etcd.env`,
      mode: '0644',
      content: environmentText(memberVariables(cluster, machine)),
      onChange: { comparison: 'etcd members', otherwise: restarted },
    },
    ...memberPairs(cluster, machine),
    {
      path: '/usr/libexec/hakube/etcd-prepare',
      mode: '0755',
      content: template('etcd-prepare', {
        name: quote(machine.name),
        own: quote(peerAddress(machine)),
        members: quoteAll(addresses),
      }),
      onChange: program,
    },
    {
      path: '/usr/sbin/hakube-etcdctl',
      mode: '0755',
      content: template('hakube-etcdctl', { directory }),
      onChange: program,
    },
    {
      path: '/usr/sbin/hakube-etcd-restore',
      mode: '0755',
      content: template('hakube-etcd-restore', { directory }),
      onChange: program,
    },
  ]
}

/** The steps that run before a machine waits for the etcd members of other machines, so that those can make progress meanwhile. */
export const startedBefore = [
  haproxyUnit,
  keepalivedUnit,
  containerdUnit,
  crioUnit,
  dockerUnit,
  etcdUnit,
].map((name) => startStepName(name))

function memberPart(cluster: Cluster, machine: Machine): Part {
  const { etcd } = cluster
  const { archive } = etcd
  const { files, units } = upkeep(cluster, machine)
  const member = `${programDirectory(cluster)}/etcd`
  return {
    packages: packages(cluster, machine),
    refusedSysctls: [...refusedByReachable, ...refusedByEtcd],
    ports: ports(cluster),
    files: [...memberFiles(cluster, machine), ...files],
    units: [
      {
        name: etcdUnit,
        content: template(etcdUnit, { name: machine.name, cluster: cluster.name, program: member }),
        // It is ready only when other members are, so this machine does not wait for it here.
        start: 'no-block',
        // Certificates need a correct clock, and peers reach the ports only after the firewall is set up.
        after: ['etcd', 'time', 'selinux-firewall', ...[firewalldUnit, firewallUnit].map(startStepName)],
      },
      ...units,
    ],
    assets: archive
      ? [{ ...archive, what: 'etcd archive', source: 'https://github.com/etcd-io/etcd/releases' }]
      : [],
    steps: [
      {
        name: 'etcd',
        script: template('step', {
          directory: programDirectory(cluster),
          install:
            archive &&
            installCommand(cluster, archive, {
              name: 'etcd',
              into: programDirectory(cluster),
              programs: ['etcd', 'etcdctl', 'etcdutl?'],
            }),
          version: etcd.version && quote(etcd.version),
        }),
        after: ['packages', 'time', 'certificates'],
        onChange: installs(etcdUnit),
      },
      {
        name: 'etcd-health',
        script: template('step-health', {}),
        after: startedBefore,
      },
    ],
    checks: [
      {
        name: 'etcd',
        script: template('check', {
          members: quoteAll(etcd.members.flatMap((member) => [member.name, peerAddress(member)])),
        }),
      },
    ],
  }
}

/** Runs etcd as a systemd service, and installs certificates for its clients. Where kubeadm runs etcd, it only installs certificates. */
export const etcd: Component = {
  name: 'etcd',
  purpose: 'Runs a member of etcd as a service, with snapshots; installs the certificates of etcd clients.',
  stage: 'etcd',
  steps: ['etcd', 'etcd-health'],
  units: [etcdUnit, ...upkeepUnits],
  appliesTo: (cluster, machine) => machine.runsEtcd || isClient(cluster, machine),
  contribute(cluster, machine) {
    const member: Part = machine.runsEtcd ? memberPart(cluster, machine) : {}
    return {
      ...member,
      files: [
        authorityFile(cluster, machine),
        ...(isClient(cluster, machine) ? clientPair(cluster, machine) : []),
        ...(member.files ?? []),
      ],
    }
  },
}
