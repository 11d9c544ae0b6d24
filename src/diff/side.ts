import type { Cluster, Machine } from '../cluster/cluster.ts'
import { assemble, type Assembly } from '../assembly/assemble.ts'
import { machineFiles } from '../assembly/first-boot.ts'
import type { OnChange } from '../assembly/on-change.ts'
import { components } from '../components/index.ts'
import { machineSite } from '../site/build.ts'
import { textOf } from '../templates/template.ts'

/** One machine at one revision. */
export type Side = { cluster: Cluster; machine: Machine; assembly: Assembly }

/** A file of a machine, or one that it fetches. */
export type Item = {
  where: 'machine' | 'site'
  path: string
  /** Identifies the item in both revisions: a step keeps its name when its number changes. */
  key: string
  /** The component that contributes it; null for files of the site. */
  component: string | null
  /** The component's declaration of what a change requires; null for files of the site. */
  onChange: OnChange | null
  /** Mode and owner on the machine. */
  rights: string
  secret: boolean
  /** The text is a user-defined secret, so its form is unknown. */
  isOwn: boolean
  text: string
}

/** @param machine one of the cluster */
export function sideOf(cluster: Cluster, machine: Machine): Side {
  return { cluster, machine, assembly: assemble(components, cluster, machine) }
}

/** `steps/07-haproxy`: a number for the order, and a name. */
const numbered = /^(\/usr\/libexec\/hakube\/(?:steps|checks)\/)\d+-/

/** All files of a machine, except those that only contain other files or the name of the commit. */
export function itemsOf({ cluster, assembly }: Side): Map<string, Item> {
  const items = new Map<string, Item>()
  const { apiServer, controllerManager, scheduler } = cluster.kubernetes.files
  const ofComponents = new Set([...apiServer, ...controllerManager, ...scheduler].map(({ path }) => path))
  const add = (item: Item) => items.set(`${item.where} ${item.key}`, item)
  for (const { path, mode, owner, secret, component, content, onChange } of machineFiles(cluster, assembly)) {
    add({
      where: 'machine',
      path,
      key: path.replace(numbered, '$1'),
      component,
      onChange,
      rights: `${mode} ${owner ?? 'root:root'}`,
      secret: secret ?? false,
      isOwn: component === 'files' || component === 'commands' || ofComponents.has(path),
      text: textOf(content),
    })
  }
  // The seed without its files, which are compared individually above.
  for (const { path, secret, body } of machineSite(cluster, assembly, [])) {
    // Its instance ID is derived from everything else.
    if (/^seed\/[^/]+\/(?:meta-data|vendor-data)$/.test(path)) continue
    add({
      where: 'site',
      path,
      key: path,
      component: null,
      onChange: null,
      rights: '',
      secret,
      isOwn: false,
      text: body.toString('utf8'),
    })
  }
  return items
}
