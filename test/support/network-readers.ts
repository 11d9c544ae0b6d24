import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/* The programs that read network configurations. None of them touches the machine: all write below a directory or to their output. */

function run(program: string, parameters: readonly string[], input = ''): string {
  const { status, stdout, stderr, error } = spawnSync(program, parameters, { input, encoding: 'utf8' })
  if (error) throw error
  if (status !== 0) throw new Error(`${program}: ${stderr}${stdout}`)
  return stdout
}

function* filesBelow(directory: string): Generator<string> {
  for (const entry of readdirSync(directory, { recursive: true, withFileTypes: true }))
    if (entry.isFile()) yield join(entry.parentPath, entry.name)
}

/** Units that netplan makes of a file for systemd-networkd, by name. @throws with what it says against it */
export function netplan(directory: string, text: string): Record<string, string> {
  const root = mkdtempSync(join(directory, 'netplan-'))
  mkdirSync(join(root, 'etc/netplan'), { recursive: true })
  const file = join(root, 'etc/netplan/50-hakube.yaml')
  writeFileSync(file, text)
  chmodSync(file, 0o600)
  run('netplan', ['generate', '--root-dir', root])
  const units = join(root, 'run/systemd/network')
  const found = Object.fromEntries(
    readdirSync(units)
      .toSorted()
      .map((name) => [name, readFileSync(join(units, name), 'utf8')]),
  )
  rmSync(root, { recursive: true })
  return found
}

/**
 * Units with each section and word once. cloud-init sorts its keys, so that bonds come before their members, and netplan 0.106 then reads the
 * file twice and appends to lists.
 */
export const withoutRepetition = (units: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(units).map(([name, text]) => {
      const sections = text.trimEnd().split('\n\n')
      const once = [...new Set(sections)].map((section) =>
        section.replaceAll(
          /^(Domains)=(.*)$/gm,
          (_, key: string, words: string) => `${key}=${[...new Set(words.split(' '))].join(' ')}`,
        ),
      )
      return [name, once.map((section) => [...new Set(section.split('\n'))].join('\n')).join('\n\n')]
    }),
  )

/** What cloud-init renders: all files in one text. */
export function convert(
  directory: string,
  config: unknown,
  kind: 'netplan' | 'eni' | 'sysconfig' | 'networkd' | 'network-manager',
): { text: string } {
  const output = mkdtempSync(join(directory, 'convert-'))
  const file = `${output}.json`
  writeFileSync(file, JSON.stringify(config))
  const distribution = kind === 'sysconfig' || kind === 'network-manager' ? 'rhel' : 'debian'
  const parameters = ['-p', file, '-k', 'yaml', '-d', output, '-D', distribution, '-O', kind]
  run('cloud-init', ['devel', 'net-convert', ...parameters])
  const texts = [...filesBelow(output)].toSorted().map((path) => readFileSync(path, 'utf8'))
  rmSync(output, { recursive: true })
  return { text: texts.join('') }
}

/** What stands in a file of this kind, as `section.key=value`. */
function settingsIn(text: string): string[] {
  let section = ''
  return text.split('\n').flatMap((line) => {
    const [, name] = /^\[(.*)\]$/.exec(line) ?? []
    section = name ?? section
    return line.includes('=') && name === undefined ? [`${section}.${line}`] : []
  })
}

/** Words that NetworkManager writes in another way than we do, for versions that do not know its own. */
const sameAs: readonly [RegExp, string][] = [
  [/^connection\.master=/, 'connection.controller='],
  [/^connection\.slave-type=/, 'connection.port-type='],
  [/^connection\.autoconnect-slaves=/, 'connection.autoconnect-ports='],
  [/;$/, ''],
]
const inOneWay = (setting: string): string =>
  sameAs.reduce((text, [from, to]) => text.replace(from, to), setting)

/**
 * Reads a connection file with NetworkManager's own parser, which writes it again.
 *
 * @returns what stood in it and does not stand in what it wrote
 */
export function nmcli(directory: string, text: string): { missing: string[] } {
  const file = join(directory, 'connection')
  const written = run('nmcli', ['--offline', 'connection', 'modify', 'connection.zone', 'x'], text)
  writeFileSync(file, written)
  const kept = new Set(settingsIn(written).map(inOneWay))
  return { missing: settingsIn(text).filter((setting) => !kept.has(inOneWay(setting))) }
}
