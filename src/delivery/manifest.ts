import { createHash } from 'node:crypto'
import { assemble, type Owned } from '../assembly/assemble.ts'
import type { File } from '../assembly/component.ts'
import { machineFiles } from '../assembly/first-boot.ts'
import { identityOf, takesColumns, tsv } from '../assembly/inventory.ts'
import type { OnChange, Takes } from '../assembly/on-change.ts'
import type { Cluster, Machine } from '../cluster/cluster.ts'
import { components } from '../components/index.ts'
import { colonMac } from '../network/mac.ts'
import { textOf } from '../templates/template.ts'

/*
 * What a machine receives after its installation: its files, preceded by a manifest that hakube-apply reads. The manifest consists of
 * lines with columns, because bash reads it.
 */

/** Incremented whenever an older hakube-apply could misread the manifest. */
const format = '1'

/** It precedes all files in the archive. */
export const manifestPath = '.hakube/manifest'

/** A file for a machine, as bytes. */
export type DeliveredFile = {
  path: string
  mode: string
  /** Null if the component sets none: a new file then belongs to root, and a step may change the owner. */
  owner: string | null
  secret: boolean
  body: Buffer
  onChange: OnChange
  /** SHA-256 of the previous content; `-` if there was none; null if it does not matter. */
  was: string | null
}

/** A file that is no longer rendered, and what its removal requires. */
export type GoneFile = { path: string; takes: Takes }

export type Delivery = {
  cluster: Cluster
  machine: Machine
  units: readonly { name: string; start: string; component: string }[]
  files: readonly DeliveredFile[]
  /** Only the changes since a revision; null: all files of the machine. */
  since: { revision: string; gone: readonly GoneFile[]; facts: readonly Takes[] } | null
}

export type About = { hakube: string; commit: string | null }

export const sha256 = (body: Buffer | string): string => createHash('sha256').update(body).digest('hex')

export const delivered = (
  { path, mode, owner, secret, content, onChange }: Owned<File>,
  was: string | null = null,
): DeliveredFile => ({
  path,
  mode,
  owner: owner ?? null,
  secret: secret ?? false,
  body: Buffer.from(textOf(content)),
  onChange,
  was,
})

/** All files of a machine. */
export function wholeDelivery(cluster: Cluster, machine: Machine): Delivery {
  const assembly = assemble(components, cluster, machine)
  return {
    cluster,
    machine,
    units: assembly.units,
    files: machineFiles(cluster, assembly).map((file) => delivered(file)),
    since: null,
  }
}

const row = (word: string, takes: Takes | undefined, ...more: string[]): string =>
  takes ? tsv('on', word, ...takesColumns(takes), ...more) : ''

/** One row for each case; the last column is the regular expression of `onlyLines`. */
function caseRows(onChange: OnChange): string {
  if (!('otherwise' in onChange)) return row('any', onChange)
  const { gone, onlyLines, created, changed, removed, otherwise } = onChange
  return [
    row('gone', gone),
    onlyLines ? row('only', onlyLines.takes, onlyLines.like) : '',
    row('created', created),
    row('changed', changed),
    row('removed', removed),
    row('any', otherwise),
  ].join('')
}

const fileRows = ({ path, mode, owner, body, was, onChange }: DeliveredFile): string =>
  tsv('file', mode, owner ?? '', sha256(body), was ?? '', path) + caseRows(onChange)

/** The text of the manifest. Its second line is the checksum of the lines below. */
export function manifestText({ cluster, machine, units, files, since }: Delivery, about: About): string {
  const rows = [
    tsv('hakube', about.hakube),
    tsv('commit', about.commit ?? ''),
    tsv('machine', machine.name),
    ...machine.macs.map((mac) => tsv('mac', colonMac(mac))),
    ...identityOf(cluster, machine).map(([word, value]) => tsv(word, value)),
    ...units.map(({ name, start, component }) => tsv('unit', name, start, component)),
    ...(since ? [tsv('since', since.revision)] : []),
    ...(since?.facts ?? []).map(({ level, reason }) => tsv('fact', level, reason)),
    ...(since?.gone ?? []).map(({ path, takes }) => tsv('gone', ...takesColumns(takes), path)),
    ...files.map(fileRows),
  ].join('')
  return tsv('hakube-files', format) + tsv('digest', sha256(rows)) + rows
}
