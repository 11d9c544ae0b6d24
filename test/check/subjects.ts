import type { Machine } from '../../src/cluster/cluster.ts'
import type { Owned } from '../../src/assembly/assemble.ts'
import type { PlainFile } from '../../src/assembly/component.ts'
import type { MachineOutput } from '../../src/check/reader.ts'
import type { SiteFile } from '../../src/site/site.ts'
import { exampleCluster } from '../example.ts'

export const cluster = exampleCluster()

/** A file on a machine as a template would give it: line n of the text comes from line n + 10 of the template. */
export const templated = (
  path: string,
  text: string,
  template: string,
  component: string,
): Owned<PlainFile> => ({
  path,
  mode: '0644',
  component,
  content: { text, template, templateLines: () => text.split('\n').map((_, index) => index + 11) },
})

export const siteFile = (path: string, text: string, machine: Machine): SiteFile => ({
  path,
  machine: machine.name,
  secret: true,
  contentType: 'text/plain',
  body: Buffer.from(text),
})

export const output = (
  machine: Machine,
  files: readonly Owned<PlainFile>[],
  site: readonly SiteFile[] = [],
): MachineOutput => ({ machine, files, site })
