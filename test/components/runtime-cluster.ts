import { assemble, type Assembly } from '../../src/assembly/assemble.ts'
import { machineFiles } from '../../src/assembly/first-boot.ts'
import { components } from '../../src/components/index.ts'
import type { Cluster, Machine } from '../../src/cluster/cluster.ts'
import type { Profile } from '../../src/profile/schema.ts'
import { textOf } from '../../src/templates/template.ts'
import { exampleProfile, testCluster } from '../example.ts'

export const asset = (path: string): { path: string; sha256: string } => ({ path, sha256: '0'.repeat(64) })

type Choice = Pick<
  Profile,
  'containerRuntime' | 'networkPlugin' | 'manifests' | 'etcd' | 'mirrors' | 'kernel'
>

/** An example of a distribution and a Kubernetes version, with what is chosen. */
export function runtimeCluster(
  distribution: readonly [name: string, version: string],
  kubernetes: string,
  choice: Choice,
): Promise<Cluster> {
  const profile = exampleProfile('load-balancers-on-control-planes')
  const [name, version] = distribution
  profile.distribution = { name, version }
  profile.kubernetes.version = kubernetes
  return testCluster({ ...profile, ...choice })
}

export const assembleAll = (cluster: Cluster, machine: Machine): Assembly =>
  assemble(components, cluster, machine)

/** What some components give a machine: declarations in a line each, and all of their files. */
export function partOf(cluster: Cluster, machine: Machine, names: readonly string[]): string {
  const assembly = assembleAll(cluster, machine)
  const { declared } = assembly
  const mine = <Item extends { component: string }>(items: readonly Item[], show: (item: Item) => string) =>
    items.filter(({ component }) => names.includes(component)).map((item) => `#: ${show(item)}`)
  const files = machineFiles(cluster, assembly)
    .filter(({ component }) => names.includes(component))
    .map(
      ({ path, mode, content }) =>
        `#-- ${mode} ${path.replace(/(steps|checks)\/\d+-([^/]+)$/, '$1/$2')}\n${textOf(content)}`,
    )
  return [
    ...mine(declared.repositories, ({ name, url }) => `repository ${name}: ${url}`),
    ...mine(declared.packages, ({ name }) => `package ${name}`),
    ...mine(declared.kernelModules, ({ name }) => `module ${name}`),
    ...mine(
      declared.ports,
      ({ protocol, port, sources, purpose }) =>
        `port ${protocol} ${port ?? ''} from ${String(sources)}: ${purpose}`,
    ),
    `#: steps ${assembly.steps.map(({ name }) => name).join(' ')}`,
    ...files,
  ].join('\n')
}
