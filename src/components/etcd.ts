import {
  containerdUnit,
  crioUnit,
  dockerUnit,
  etcdUnit,
  firewalldUnit,
  firewallUnit,
  flannelUnit,
  haproxyUnit,
  keepalivedUnit,
} from '../distributions/unit-names.ts'
import type { Cluster, Machine } from '../cluster/cluster.ts'
import type { CertificateKind, KeyPair } from '../secrets/secrets.ts'
import { refusedByEtcd, refusedByReachable } from './kernel-limits.ts'
import { render } from '../templates/template.ts'
import { startStepName } from '../assembly/start-steps.ts'
import { installCommand } from './assets.ts'
import type { Component, File, Package, Part, Port } from '../assembly/component.ts'
import { environmentText, memberVariables } from './etcd/environment.ts'
import {
  clientAddress,
  clientPort,
  clientSources,
  configurationDirectory,
  peerAddress,
  peerPort,
  pkiDirectory,
  programDirectory,
} from './etcd/places.ts'
import { upkeep, upkeepUnits } from './etcd/upkeep.ts'
import { quote, quoteAll } from '../text/quote.ts'
import {
  files as filesOnChange,
  installs,
  program,
  readAgain,
  restarts,
  manual,
  type OnChange,
} from '../assembly/on-change.ts'
import { isNode } from './container-runtime.ts'

const template = (name: string, data: object) => render(`cloud-init/etcd/${name}.ejs`, data)

const restarted = restarts('etcd', etcdUnit)
/** The step gives keys to the user that etcd runs as. */
const keyOfMember: OnChange = { ...restarted, steps: ['etcd'] }

/**
 * The machine's own certificate of a kind.
 *
 * @throws when the secrets have none: whoever makes them asks `certificateNeeds` first
 */
export function certificateOf({ secrets }: Cluster, { name }: Machine, kind: CertificateKind): KeyPair {
  const pair = secrets.machines[name]?.[kind]
  if (!pair) throw new Error(`the secrets contain no ${kind} certificate of ${name}`)
  return pair
}

function pairFiles(
  name: string,
  { certificate, key }: KeyPair,
  onChange: OnChange,
  ofKey: OnChange = onChange,
): File[] {
  return [
    { path: `${pkiDirectory}/${name}.crt`, mode: '0644', content: certificate, onChange },
    // Written as root's: there is no user etcd yet. The step gives those of the member to it.
    { path: `${pkiDirectory}/${name}.key`, mode: '0600', content: key, secret: true, onChange: ofKey },
  ]
}

/** flanneld shows etcd the machine's certificate. */
const runsFlannel = ({ networkPlugin }: Cluster, machine: Machine): boolean =>
  networkPlugin.name === 'flannel-service' && isNode(machine)

function onChangeOfAuthority(cluster: Cluster, machine: Machine): OnChange {
  const units = [
    ...(machine.runsEtcd ? [etcdUnit] : []),
    ...(runsFlannel(cluster, machine) ? [flannelUnit] : []),
  ]
  return units.length > 0
    ? manual(
        'members and clients of etcd must trust both the old CA and the new one for a while, in the order that docs/secrets.md describes; one ' +
          'that is restarted with only the new CA is cut off from the others',
        units,
      )
    : readAgain('read again by the clients of etcd that hakube knows')
}

const onChangeOfClient = (cluster: Cluster, machine: Machine): OnChange =>
  runsFlannel(cluster, machine)
    ? filesOnChange('flanneld authenticates to etcd with it', [flannelUnit])
    : readAgain('read again by the clients of etcd that hakube knows')

const authorityFile = (cluster: Cluster, machine: Machine): File => ({
  path: `${pkiDirectory}/ca.crt`,
  mode: '0644',
  content: cluster.secrets.authorities.etcd.certificate,
  onChange: onChangeOfAuthority(cluster, machine),
})

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
    ...pairFiles('server', certificateOf(cluster, machine, 'etcd-server'), restarted, keyOfMember),
    ...pairFiles('peer', certificateOf(cluster, machine, 'etcd-peer'), restarted, keyOfMember),
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

/** What is started before a machine waits for the members of others: whatever else it does goes on meanwhile. */
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
        // It is ready when others are: nobody waits for it here.
        start: 'no-block',
        // Certificates are not valid on a clock that is wrong, and ports are open when the firewall is up.
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
        after: ['packages', 'time'],
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

/** etcd as a service of its own, and the certificates of those who may use it. Where kubeadm runs etcd, only the latter. */
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
        ...(isClient(cluster, machine)
          ? pairFiles(
              'client',
              certificateOf(cluster, machine, 'etcd-client'),
              onChangeOfClient(cluster, machine),
            )
          : []),
        ...(member.files ?? []),
      ],
    }
  },
}
