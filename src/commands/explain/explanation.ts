import type { Cluster, From, Machine } from '../../cluster/cluster.ts'
import type { Assembly, Owned } from '../../assembly/assemble.ts'
import type { Component, File } from '../../assembly/component.ts'
import { nameOfPort } from './port-name.ts'
import type { Path } from '../../diagnostics/diagnostic.ts'
import { defaultOf } from '../../profile/defaults.ts'
import { address6Rows } from './address-rows.ts'
import { bootRows } from './boot-rows.ts'
import { diskRows } from './disk-rows.ts'
import type { LineOf, Origin, Row } from './row.ts'

export type { LineOf, Origin, Row }
export type Section = { title: string; rows: Row[] }

/** A description of one machine, as `explain` shows it. */
export type Explanation = {
  machine: string
  cluster: string
  summary: string
  sections: Section[]
}

const roleNames: Readonly<Record<Machine['role'], string>> = {
  'load-balancer': 'load balancer',
  'control-plane': 'control plane',
  worker: 'worker',
  etcd: 'etcd member',
}

/**
 * Describes a machine. The contents of files are left out, because they may be secret.
 *
 * @param files all files of the machine
 * @param components all components, for their purposes
 */
export function explainMachine(
  cluster: Cluster,
  assembly: Assembly,
  files: readonly Owned<File>[],
  components: readonly Component[],
  lineOf: LineOf,
): Explanation {
  const { machine, declared } = assembly
  const origin = (item: From & { component: string }): Origin => {
    const place = item.from ? lineOf(item.from) : null
    return place
      ? { kind: 'profile', ...place, component: item.component }
      : { kind: 'component', component: item.component }
  }
  const rows = <T extends From & { component: string }>(
    items: readonly T[],
    describe: (item: T, index: number) => [name: string, value: string],
  ): Row[] =>
    items.map((item, index) => {
      const [name, value] = describe(item, index)
      return { name, value, origin: origin(item) }
    })
  const sections: Section[] = [
    { title: 'Machine', rows: machineRows(cluster, machine, lineOf) },
    { title: 'Install and boot', rows: bootRows(cluster, machine, lineOf) },
    { title: 'Operating system', rows: factRows(machine.system.facts, lineOf) },
    // Secrets are left out: those that explain works with are placeholders.
    {
      title: 'Cluster',
      rows: factRows(
        cluster.facts.filter(({ name }) => name !== 'secrets'),
        lineOf,
      ),
    },
    {
      title: 'Components',
      rows: components
        .filter((component) => component.appliesTo(cluster, machine))
        .map(({ name, purpose }) => ({ name, value: purpose, origin: null })),
    },
    {
      title: 'Kernel modules',
      rows: rows(declared.kernelModules, ({ name }) => [name, '']),
    },
    {
      title: 'Kernel arguments',
      rows: rows(declared.kernelArguments, ({ argument, appliesTo = 'both' }) => [
        argument,
        appliesTo === 'both' ? '' : `${appliesTo} only`,
      ]),
    },
    { title: 'Kernel settings', rows: rows(declared.sysctls, ({ key, value }) => [key, value]) },
    {
      title: 'Limits',
      rows: rows(declared.limits, ({ domain, type, item, value }) => [`${domain} ${type} ${item}`, value]),
    },
    {
      title: 'Repositories',
      rows: rows(declared.repositories, ({ name, url }) => [name, url]),
    },
    {
      title: 'Files of assets/ that steps fetch',
      rows: declared.assets.map(({ path, what, sha256, source }) => ({
        name: `assets/${path}`,
        value: `${what}, sha256 ${sha256}`,
        origin: { kind: 'yours', source },
      })),
    },
    { title: 'Packages', rows: rows(declared.packages, ({ name, version }) => [name, version ?? '']) },
    {
      title: 'Open ports',
      rows: rows(declared.ports, (port) => [nameOfPort(port), port.purpose]),
    },
    {
      title: 'Users',
      rows: rows(declared.users, ({ name, sshKeys, sudo, passwordHash }) => [
        name,
        [
          `${sshKeys.length} SSH ${sshKeys.length === 1 ? 'key' : 'keys'}`,
          sudo ? 'sudo' : 'no sudo',
          passwordHash ? 'password' : 'no password',
        ].join(', '),
      ]),
    },
    {
      title: 'Files',
      rows: rows(files, ({ path, mode, owner, secret }) => [
        path,
        [mode, owner ?? 'root:root', ...(secret ? ['secret'] : [])].join(' '),
      ]),
    },
    {
      title: 'Units',
      rows: rows(assembly.units, ({ name, content, dropIns, start }) => [
        name,
        [
          content ? 'own unit file' : 'unit file of a package',
          ...(dropIns?.length ? [`${dropIns.length} drop-in${dropIns.length === 1 ? '' : 's'}`] : []),
          { blocking: 'started', 'no-block': 'started without waiting', no: 'enabled only' }[start],
        ].join(', '),
      ]),
    },
    {
      title: 'Steps, in this order',
      rows: rows(assembly.steps, ({ name }, index) => [`${String(index + 1).padStart(2)} ${name}`, '']),
    },
    {
      title: 'Checks',
      rows: rows(assembly.checks, ({ name }) => [name, '']),
    },
  ]
  return {
    machine: machine.name,
    cluster: cluster.name,
    summary: summaryOf(cluster, machine),
    sections: sections.filter((section) => section.rows.length > 0),
  }
}

function summaryOf(cluster: Cluster, machine: Machine): string {
  const parts = [`${roleNames[machine.role]} of the cluster ${cluster.name}`]
  if (machine.initializes) parts.push('starts the cluster with kubeadm init')
  if (machine.balancesLoad && machine.role !== 'load-balancer') parts.push('also a load balancer')
  return parts.join('; ')
}

function machineRows(cluster: Cluster, machine: Machine, lineOf: LineOf): Row[] {
  const at = (...path: Path): Origin => {
    const place = lineOf(['machines', machine.index, ...path])
    if (!place) throw new Error(`the profile has no line for ${path.join('.')} of ${machine.name}`)
    return { kind: 'profile', ...place }
  }
  const hardware = (field: 'disk' | 'architecture' | 'firmware' | 'console'): Origin => {
    const place = lineOf(['machines', machine.index, field]) ?? lineOf(['hardware', field])
    return place ? { kind: 'profile', ...place } : { kind: 'default', reason: defaultOf[field].reason }
  }
  const rows: Row[] = [
    { name: 'name', value: machine.fullName, origin: at('name') },
    { name: 'role', value: machine.role, origin: at('role') },
    { name: 'MAC', value: machine.macs.join(', '), origin: at('mac') },
    { name: 'address', value: machine.address, origin: at('address') },
    ...address6Rows(cluster, machine, lineOf),
    ...diskRows(machine, lineOf),
    {
      name: 'architecture',
      value: machine.architecture,
      origin: hardware('architecture'),
    },
    { name: 'firmware', value: machine.firmware, origin: hardware('firmware') },
    {
      name: 'console',
      value: machine.console ?? 'screen',
      origin: hardware('console'),
    },
  ]
  const { kernelPackage } = machine.settings
  const kernelPlace = kernelPackage?.from && lineOf(kernelPackage.from)
  if (kernelPackage && kernelPlace)
    rows.push({ name: 'kernel', value: kernelPackage.name, origin: { kind: 'profile', ...kernelPlace } })
  if (machine.balancerRank !== null)
    rows.push({
      name: 'balancer rank',
      value: String(machine.balancerRank),
      origin: { kind: 'default', reason: 'position among the load balancers; 0 holds the addresses first' },
    })
  return rows
}

function factRows(facts: Cluster['facts'], lineOf: LineOf): Row[] {
  return facts.map(({ name, value, from, reason }) => {
    const place = from ? lineOf(from) : null
    return {
      name,
      value: value || 'none',
      origin: place ? { kind: 'profile', ...place } : { kind: 'default', reason: reason ?? 'derived' },
    }
  })
}
