import { compareVersions } from '../text/versions.ts'
import { base64 } from '../text/base64.ts'
import { createHash } from 'node:crypto'
import type { Cluster, Machine } from '../cluster/cluster.ts'
import type { PlainFile, User } from '../assembly/component.ts'
import { beginAgain, firstBootUnit } from '../assembly/first-boot.ts'
import { isFipsArgument } from '../profile/fips.ts'
import { quote } from '../text/quote.ts'
import { reporting } from './reporting.ts'
import { textOf } from '../templates/template.ts'
import {
  indentYaml,
  isText,
  plainBlock,
  quoteYaml,
  toYaml,
  yamlEntries,
  yamlEntry,
} from '../templates/yaml.ts'

/** An entry of write_files. */
export type WriteFile = {
  path: string
  permissions: string
  owner?: string
  defer?: true
  encoding?: 'b64'
  content: string
}

/**
 * What cloud-init does on a machine at its first boot: only what hakube's own steps require. Those have retries and remember what is done
 * (hakube-firstboot.service); cloud-init's `packages` and `runcmd` do not.
 */
export type CloudConfig = {
  /** The key of the cache of written files, which lives as long as the cluster. */
  cluster: Cluster
  /** Top-level keys that precede write_files. */
  settings: Record<string, unknown>
  files: readonly PlainFile[]
  /** cloud-init 21.4 or later can write files after it has created the users. */
  canDefer: boolean
  /** Whether it contains a secret. */
  secret: boolean
}

/**
 * Builds a machine's cloud-config. cloud-init 19.4 knows every key, and no version up to 26 reports one as invalid or deprecated.
 *
 * @param files all files to write, including hakube-firstboot.service
 */
export function cloudConfig(
  cluster: Cluster,
  machine: Machine,
  files: readonly PlainFile[],
  users: readonly User[],
): CloudConfig {
  const first = beginAgain(cluster, machine)
  return {
    cluster,
    settings: {
      ...reporting(cluster, machine),
      ...(first === null ? {} : { bootcmd: [['sh', '-c', first]] }),
      hostname: machine.name,
      fqdn: machine.fullName,
      // The short name everywhere: it is the node's name in Kubernetes. The default depends on the distribution.
      prefer_fqdn_over_hostname: false,
      preserve_hostname: false,
      // The component `hosts` writes /etc/hosts.
      manage_etc_hosts: false,
      locale: cluster.regional.locale ?? machine.system.distribution.locale,
      ...(cluster.regional.timezone === null ? {} : { timezone: cluster.regional.timezone }),
      ...keyboardOf(cluster, machine),
      ssh_pwauth: false,
      disable_root: true,
      ...sshHostKeys(machine),
      // Users with a UID in the profile come first, so that no other user gets that number.
      users: users.toSorted(byNumber).map((user) => cloudUser(user, machine.system.distribution.adminGroup)),
    },
    files,
    canDefer: compareVersions(machine.system.distribution.cloudInitVersion, '21.4') >= 0,
    secret: files.some((file) => file.secret === true) || users.some((user) => user.passwordHash !== null),
  }
}

/** Since 22.2. Where the installer sets the keyboard nothing is left to do, and older versions do not know the key. */
const keyboardOf = (
  { regional: { keyboard } }: Cluster,
  { system: { distribution, install } }: Machine,
): Record<string, unknown> =>
  keyboard !== null && !install.setsKeyboard && compareVersions(distribution.cloudInitVersion, '22.2') >= 0
    ? {
        keyboard: {
          layout: keyboard.layout,
          ...(keyboard.variant === null ? {} : { variant: keyboard.variant }),
        },
      }
    : {}

/** Before 23.2 cloud-init tries to generate host keys that FIPS rejects, and reports that as a failure (canonical/cloud-init#4109). */
const sshHostKeys = ({ settings }: Machine): Record<string, unknown> =>
  settings.kernelArguments.some(({ argument }) => isFipsArgument(argument))
    ? { ssh_genkeytypes: ['rsa', 'ecdsa'] }
    : {}

const byNumber = (one: User, other: User): number =>
  Number((one.uid ?? null) === null) - Number((other.uid ?? null) === null)

const cloudUser = (user: User, adminGroup: string) => ({
  name: user.name,
  ...(user.sudo ? { groups: [adminGroup] } : {}),
  ...(typeof user.uid === 'number' ? { uid: user.uid } : {}),
  shell: '/bin/bash',
  // A string, because lists are valid only from 24.2 on.
  ...(user.sudo ? { sudo: `ALL=(ALL) ${user.withPassword ? '' : 'NOPASSWD:'}ALL` } : {}),
  lock_passwd: user.passwordHash === null,
  ...(user.passwordHash === null ? {} : { passwd: user.passwordHash }),
  ...(user.sshKeys.length > 0 ? { ssh_authorized_keys: user.sshKeys } : {}),
})

/** Whether it can be written before other users and groups exist. */
const isRoots = (file: PlainFile): boolean => (file.owner ?? 'root:root') === 'root:root'

/**
 * Commands for the end of cloud-init's run: they set the owners of files that could not wait for their user, then start hakube's own
 * steps.
 */
function commands(config: CloudConfig): string[] {
  const owners = config.canDefer ? [] : config.files.filter((file) => !isRoots(file))
  return [
    ...owners.map((file) => `chown ${quote(file.owner ?? 'root:root')} ${quote(file.path)}`),
    'systemctl daemon-reload',
    // The unit enables itself for later boots once everything that it needs is on the disk. This does not wait, because the steps take
    // minutes, and one may wait for cloud-init to finish.
    `systemctl start --no-block ${firstBootUnit}`,
  ]
}

/**
 * How cloud-init writes a file. It runs write_files, users, write_files_deferred in this order, so a file of any user but root must be
 * deferred; otherwise cloud-init fails at it and skips all files that follow.
 */
export function writeFile(file: PlainFile, canDefer: boolean): WriteFile {
  const text = textOf(file.content)
  // cloud-init takes a seed with this word in its first 4 KB for a MIME message (cloudinit/user_data.py, convert_string).
  const readable = isText(text) && !/mime-version:/i.test(text)
  return {
    path: file.path,
    permissions: file.mode,
    ...(canDefer && !isRoots(file) ? { owner: file.owner, defer: true } : {}),
    ...(readable ? { content: text } : { encoding: 'b64', content: base64(text) }),
  }
}

/** The whole configuration as an object: `cloudConfigPieces` writes it, and tests compare it with what they read back. */
export const cloudConfigObject = (config: CloudConfig): Record<string, unknown> => ({
  ...config.settings,
  write_files: config.files.map((file) => writeFile(file, config.canDefer)),
  runcmd: commands(config),
})

/*
 * Written files, by content and everything else that their YAML depends on. Most files are the same on many machines; those of one
 * machine fill the cache too, so it is emptied when it is large. Contents may be secret, so the cache belongs to the cluster: `serve`
 * drops it with an earlier commit or bundle.
 */
type Kept = { files: Map<string, Map<string, Buffer>>; bytes: number }
const keptFiles = new WeakMap<Cluster, Kept>()
const mostBytes = 32_000_000

function keptOf(cluster: Cluster): Kept {
  let kept = keptFiles.get(cluster)
  if (!kept) keptFiles.set(cluster, (kept = { files: new Map(), bytes: 0 }))
  return kept
}

function filePiece(kept: Kept, file: PlainFile, canDefer: boolean, indent: number): Buffer {
  const content = textOf(file.content)
  const rest = `${indent} ${canDefer} ${file.mode} ${file.owner ?? ''} ${file.path}`
  let pieces = kept.files.get(content)
  const known = pieces?.get(rest)
  if (known) return known
  const piece = Buffer.from(fileYaml(file, content, canDefer, indent))
  kept.bytes += content.length + piece.length
  if (kept.bytes > mostBytes) {
    kept.files.clear()
    kept.bytes = content.length + piece.length
    pieces = undefined
  }
  if (!pieces) kept.files.set(content, (pieces = new Map()))
  pieces.set(rest, piece)
  return piece
}

function fileYaml(file: PlainFile, content: string, canDefer: boolean, indent: number): string {
  const entry = writeFile(file, canDefer)
  const block = entry.encoding || entry.owner ? null : plainBlock(content, indent + 4)
  if (block === null) return indentYaml(toYaml([entry]), indent)
  const pad = ' '.repeat(indent)
  return `${pad}- path: ${quoteYaml(file.path)}\n${pad}  permissions: ${quoteYaml(file.mode)}\n${pad}  content: ${block}`
}

/**
 * The YAML text of the configuration in pieces, without the `#cloud-config` line. Together they equal
 * `toYaml(cloudConfigObject(config))`, indented, but most pieces were made for an earlier machine.
 */
export function cloudConfigPieces(config: CloudConfig, indent = 0): Buffer[] {
  const text = (yaml: string) => Buffer.from(indentYaml(yaml, indent))
  const settings = yamlEntries(config.settings)
  const kept = keptOf(config.cluster)
  return [
    text(settings + (config.files.length > 0 ? 'write_files:\n' : yamlEntry('write_files', []))),
    ...config.files.map((file) => filePiece(kept, file, config.canDefer, indent + 2)),
    text(yamlEntry('runcmd', commands(config))),
  ]
}

/**
 * The first lines of every seed. cloud-init recognizes the format by the first one.
 *
 * @param ephemeralSecrets adds a note that its secrets are of no use
 */
export const cloudConfigHeader = (ephemeralSecrets: boolean): string =>
  ephemeralSecrets
    ? '#cloud-config\n# Contains ephemeral secrets: only for tests and trials, never for a permanent cluster.\n'
    : '#cloud-config\n'

/**
 * The meta-data. The instance ID is derived from the contents, so that cloud-init treats a machine with other contents as a new instance
 * and runs everything again.
 */
export function metaData(machine: Machine, ...content: readonly (string | Buffer)[]): string {
  const hash = createHash('sha256')
  for (const text of content) hash.update(text).update('\0')
  const id = `hakube-${machine.name}-${hash.digest('hex').slice(0, 12)}`
  return yamlEntries({ 'instance-id': id, 'local-hostname': machine.name })
}
