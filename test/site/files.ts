import { Refusal } from '../../src/diagnostics/refusal.ts'
import { lstatSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { SiteAbout } from '../../src/site/manifest.ts'
import type { SiteFile } from '../../src/site/site.ts'

export const macs = {
  one: '52-54-00-aa-bb-01',
  other: '52-54-00-aa-bb-02',
  second: '52-54-00-aa-bb-11',
} as const

export const about: SiteAbout = {
  hakube: '0.1.0',
  profile: 'example',
  commit: '0123456789abcdef0123456789abcdef01234567',
  ephemeralSecrets: true,
  machines: [
    { name: 'lb1', macs: [macs.one, macs.second] },
    { name: 'lb2', macs: [macs.other] },
  ],
}

export const siteFile = (path: string, text: string, rest: Partial<SiteFile> = {}): SiteFile => ({
  path,
  secret: false,
  contentType: 'text/plain; charset=utf-8',
  body: Buffer.from(text),
  ...rest,
})

/** Everything that one machine has in a site. */
export const machineFiles = (machine: string, mac: string): SiteFile[] => [
  siteFile(`ipxe/${mac}`, `#!ipxe\necho ${machine}\n`, { machine }),
  siteFile(`pxelinux.cfg/01-${mac}`, `SAY ${machine}\n`, { machine }),
  siteFile(`seed/${mac}/meta-data`, `local-hostname: ${machine}\n`, { machine }),
  siteFile(`seed/${mac}/user-data`, `#cloud-config\n# ${machine}\n`, { machine, secret: true }),
  siteFile(`seed/${mac}/vendor-data`, `#cloud-config\n{}\n`, { machine }),
  siteFile(`seed/${mac}/network-config`, `version: 2\n# ${machine}\n`, { machine }),
  siteFile(`kickstart/${mac}.ks`, `# ${machine}\n`, { machine, secret: true }),
]

export const wholeSite = (): SiteFile[] => [
  siteFile('boot.ipxe', '#!ipxe\n'),
  ...machineFiles('lb1', macs.one),
  ...machineFiles('lb2', macs.other),
]

/** Ends as a component with a fault does. */
export function* brokenFiles(): Generator<SiteFile> {
  yield siteFile('boot.ipxe', 'new')
  throw new Error('a fault in a component')
}

/** A directory that is gone after the test. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'hakube-test-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

const mode = (bits: number): string => (bits & 0o7777).toString(8).padStart(4, '0')

/** All that stands below a directory: `0644 text` of files, `0755/` of directories, `-> target` of links. */
export function tree(top: string, prefix = ''): Record<string, string> {
  const rows: Record<string, string> = {}
  for (const name of readdirSync(join(top, prefix)).toSorted()) {
    const path = prefix + name
    const stats = lstatSync(join(top, path))
    if (stats.isSymbolicLink()) rows[path] = `-> ${readlinkSync(join(top, path))}`
    else if (stats.isFile()) rows[path] = `${mode(stats.mode)} ${readFileSync(join(top, path), 'utf8')}`
    else Object.assign(rows, { [path]: `${mode(stats.mode)}/` }, tree(top, `${path}/`))
  }
  return rows
}

/** The tree without the manifest. */
export function treeOfFiles(top: string): Record<string, string> {
  const { 'manifest.json': _, ...rest } = tree(top)
  return rest
}

/** Messages and hints of the Refusal that something fails with; `top` is written as DIR. */
export async function refusalOf(run: () => unknown, top = ''): Promise<string[]> {
  try {
    await run()
  } catch (fault) {
    if (!(fault instanceof Refusal)) throw fault
    return fault.diagnostics.map(({ code, message, hint }) => {
      const text = `${code}: ${message}${hint === undefined ? '' : ` (${hint})`}`
      return top === '' ? text : text.replaceAll(top, 'DIR')
    })
  }
  throw new Error('it was not refused')
}
