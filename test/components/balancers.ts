import type { Cluster, Machine } from '../../src/cluster/cluster.ts'
import type { Assembly } from '../../src/assembly/assemble.ts'
import { conntrackd } from '../../src/components/conntrackd.ts'
import { haproxy } from '../../src/components/haproxy.ts'
import { networkInterface } from '../../src/components/interface.ts'
import { keepalived } from '../../src/components/keepalived.ts'
import { sourceAddress } from '../../src/components/source-address.ts'
import { textOf } from '../../src/templates/template.ts'
import { changedCluster } from './host.ts'
import { assembleOnly } from '../support/assemble-only.ts'

/** What makes a machine a load balancer. */
export const balancerComponents = [networkInterface, haproxy, keepalived, conntrackd, sourceAddress] as const

export const assembleBalancer = (cluster: Cluster, machine: Machine = cluster.balancers[0]!): Assembly =>
  assembleOnly(balancerComponents, cluster, machine)

export const fileOf = (assembly: Assembly, path: string): string => {
  const file = assembly.files.find((each) => each.path === path)
  if (!file) throw new Error(`no file ${path}`)
  return textOf(file.content)
}

/** All scripts of a machine: files, steps and checks. */
export function scriptsOf(assembly: Assembly): { name: string; text: string }[] {
  return [
    ...assembly.files.map((file) => ({ name: file.path, text: textOf(file.content) })),
    ...assembly.steps.map((step) => ({ name: `step ${step.name}`, text: textOf(step.script) })),
    ...assembly.checks.map((check) => ({ name: `check ${check.name}`, text: textOf(check.script) })),
  ].filter(({ text }) => text.startsWith('#!/bin/bash'))
}

const rows = (title: string, lines: readonly string[]): string => `==== ${title}\n${lines.join('\n')}\n`

/** Everything that a load balancer is given, in one text. */
export function describeBalancer(assembly: Assembly): string {
  const { declared } = assembly
  return [
    rows('packages', [...new Set(declared.packages.map(({ name }) => name))]),
    rows(
      'kernel modules',
      declared.kernelModules.map(({ name, reason }) => `${name}: ${reason}`),
    ),
    rows(
      'sysctls',
      declared.sysctls.map(({ key, value, reason }) => `${key}=${value}: ${reason}`),
    ),
    rows(
      'ports',
      declared.ports.map(
        ({ protocol, port, sources, purpose }) =>
          `${protocol} ${port ?? 'all'} from ${sources?.join(', ') ?? 'everyone'}: ${purpose}`,
      ),
    ),
    ...assembly.files.map((file) => `==== ${file.path} ${file.mode}\n${textOf(file.content)}`),
    ...assembly.units.flatMap((unit) => [
      ...(unit.content ? [`==== ${unit.name}\n${textOf(unit.content)}`] : []),
      ...(unit.dropIns ?? []).map(
        (dropIn) => `==== ${unit.name}.d/${dropIn.name}\n${textOf(dropIn.content)}`,
      ),
    ]),
    ...assembly.steps.map(
      (step) => `==== step ${step.name} after ${step.after.join(' ')}\n${textOf(step.script)}`,
    ),
    ...assembly.checks.map((check) => `==== check ${check.name}\n${textOf(check.script)}`),
  ].join('\n')
}

/** With addresses of both families for the API and the ingress. */
export const ofBothFamilies = (): Cluster =>
  changedCluster((profile) => {
    profile.network.subnet6 = 'fd00:10:10::/64'
    const { api, ingress } = profile.loadBalancing!
    api.address = ['10.10.10.19', 'fd00:10:10::19']
    ingress!.address = ['10.10.10.20', 'fd00:10:10::20']
  })

/** haproxy and keepalived as static pods on the control planes. */
export const inStaticPods = (): Cluster =>
  changedCluster((profile) => {
    profile.loadBalancing!.placement = 'static-pod'
    profile.loadBalancing!.images = { keepalived: 'registry.example.com/keepalived:2.3.1' }
  }, 'load-balancers-on-control-planes')
