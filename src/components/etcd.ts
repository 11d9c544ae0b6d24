import type { Cluster, Machine } from '../cluster/cluster.ts'
import type { CertificateKind, KeyPair } from '../secrets/secrets.ts'
import { render } from '../templates/template.ts'
import { startStepName } from '../assembly/assemble.ts'
import { installCommand } from './assets.ts'
import type { Component, File, Package, Part, Port } from '../assembly/component.ts'
import { environmentText, memberVariables } from './etcd/environment.ts'
import {
  clientAddress,
  clientPort,
  clientSources,
  configurationFolder,
  peerAddress,
  peerPort,
  pkiFolder,
  programFolder,
} from './etcd/places.ts'
import { upkeep } from './etcd/upkeep.ts'
import { quote, quoteAll } from '../text/quote.ts'
import {
  files as filesOnChange,
  installs,
  program,
  readAgain,
  restarts,
  told,
  type OnChange,
} from '../assembly/on-change.ts'
import { isNode } from './container-runtime.ts'

const template = (name: string, data: object) => render(`cloud-init/etcd/${name}.ejs`, data)

const unit = 'etcd.service'
const restarted = restarts('etcd', unit)
/** The step gives keys to the user that etcd runs as. */
const keyOfMember: OnChange = { ...restarted, steps: ['etcd'] }

/**
 * The machine's own certificate of a kind.
 *
 * @throws when the secrets have none: whoever makes them asks `certificateNeeds` first
 */
export function certificateOf({ secrets }: Cluster, { name }: Machine, kind: CertificateKind): KeyPair {
  const pair = secrets.machines[name]?.[kind]
  if (!pair) throw new Error(`the secrets hold no ${kind} certificate of ${name}`)
  return pair
}

function pairFiles(
  name: string,
  { certificate, key }: KeyPair,
  onChange: OnChange,
  ofKey: OnChange = onChange,
): File[] {
  return [
    { path: `${pkiFolder}/${name}.crt`, mode: '0644', content: certificate, onChange },
    // Written as root's: there is no user etcd yet. The step gives those of the member to it.
    { path: `${pkiFolder}/${name}.key`, mode: '0600', content: key, secret: true, onChange: ofKey },
  ]
}

/** flanneld shows etcd the machine's certificate. */
const runsFlannel = ({ networkPlugin }: Cluster, machine: Machine): boolean =>
  networkPlugin.name === 'flannel-service' && isNode(machine)

function onChangeOfAuthority(cluster: Cluster, machine: Machine): OnChange {
  const units = [
    ...(machine.runsEtcd ? [unit] : []),
    ...(runsFlannel(cluster, machine) ? ['flanneld.service'] : []),
  ]
  return units.length > 0
    ? told(
        'members and clients of etcd have to trust the old authority and the new one for a while: docs/secrets.md says in which order; whoever ' +
          'is restarted with the new one alone is cut off from the others',
        units,
      )
    : readAgain('read again by whatever uses etcd, as far as hakube knows')
}

const onChangeOfClient = (cluster: Cluster, machine: Machine): OnChange =>
  runsFlannel(cluster, machine)
    ? filesOnChange('flanneld shows it to etcd', ['flanneld.service'])
    : readAgain('read again by whatever uses etcd, as far as hakube knows')

const authorityFile = (cluster: Cluster, machine: Machine): File => ({
  path: `${pkiFolder}/ca.crt`,
  mode: '0644',
  content: cluster.secrets.authorities.etcd.certificate,
  onChange: onChangeOfAuthority(cluster, machine),
})

const isClient = ({ etcd }: Cluster, { role }: Machine): boolean => etcd.clients.includes(role)

function packages({ distribution, etcd }: Cluster): Package[] {
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
  const folder = programFolder(cluster)
  const addresses = members.flatMap((member) => [peerAddress(member), clientAddress(member), member.name])
  return [
    {
      path: `${configurationFolder}/etcd.env`,
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
      content: template('hakube-etcdctl', { folder }),
      onChange: program,
    },
    {
      path: '/usr/sbin/hakube-etcd-restore',
      mode: '0755',
      content: template('hakube-etcd-restore', { folder }),
      onChange: program,
    },
  ]
}

/** What is started before a machine waits for the members of others: whatever else it does goes on meanwhile. */
export const startedBefore = [
  'haproxy.service',
  'keepalived.service',
  'containerd.service',
  'crio.service',
  'docker.service',
  unit,
].map((name) => startStepName(name))

function memberPart(cluster: Cluster, machine: Machine): Part {
  const { distribution, etcd } = cluster
  const { archive } = etcd
  const { files, units } = upkeep(cluster, machine)
  const member = `${programFolder(cluster)}/etcd`
  return {
    packages: packages(cluster),
    ports: ports(cluster),
    files: [...memberFiles(cluster, machine), ...files],
    units: [
      {
        name: unit,
        content: template(unit, { name: machine.name, cluster: cluster.name, program: member }),
        // It is ready when others are: nobody waits for it here.
        start: 'no-block',
        // Certificates are not valid on a clock that is wrong, and ports are open when the firewall is up.
        after: ['etcd', 'hosts', 'time', 'selinux-firewall', startStepName(distribution.units.firewall)],
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
          folder: programFolder(cluster),
          install:
            archive &&
            installCommand(cluster, archive, {
              name: 'etcd',
              into: programFolder(cluster),
              programs: ['etcd', 'etcdctl', 'etcdutl?'],
            }),
          version: etcd.version && quote(etcd.version),
        }),
        after: ['packages', 'time'],
        onChange: installs(unit),
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
  purpose: 'Runs a member of etcd as a service, with snapshots; gives clients of etcd their certificate.',
  stage: 'etcd',
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
