import { compareVersions } from '../text/versions.ts'
import { base64 } from '../text/base64.ts'
import { createHash } from 'node:crypto'
import type { Cluster, Machine } from '../cluster/cluster.ts'
import type { PlainFile, User } from '../assembly/component.ts'
import { beginAgain, firstBootUnit } from '../assembly/first-boot.ts'
import { isFipsArgument } from '../profile/fips.ts'
import { quote } from '../text/quote.ts'
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
 * What cloud-init does on a machine at its first boot. Only what must be there before hakube's own steps, which have retries
 * and a memory (hakube-firstboot.service): cloud-init's `packages` and `runcmd` have neither.
 */
export type CloudConfig = {
  /** Whose machine it is: what was written for it is kept no longer than it. */
  cluster: Cluster
  /** Keys before write_files. */
  settings: Record<string, unknown>
  files: readonly PlainFile[]
  /** Since 21.4 files can wait until the users are there. */
  canDefer: boolean
  /** Whether something in it is secret. */
  secret: boolean
}

/**
 * Every key is known to cloud-init 19.4, and no later version up to 26 finds one invalid or deprecated.
 *
 * @param files all that is to be written, hakube-firstboot.service among them
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
      ...(first === null ? {} : { bootcmd: [['sh', '-c', first]] }),
      hostname: machine.name,
      fqdn: machine.fullName,
      // The short name everywhere: it is the node's name in Kubernetes. Unset, the answer depends on the distribution.
      prefer_fqdn_over_hostname: false,
      preserve_hostname: false,
      // /etc/hosts is the component's.
      manage_etc_hosts: false,
      locale: cluster.regional.locale ?? machine.system.distribution.locale,
      ...(cluster.regional.timezone === null ? {} : { timezone: cluster.regional.timezone }),
      ...keyboardOf(cluster, machine),
      ssh_pwauth: false,
      disable_root: true,
      ...sshHostKeys(machine),
      // Who has a number of the profile comes before those that take the next free one.
      users: users.toSorted(byNumber).map((user) => cloudUser(user, machine.system.distribution.adminGroup)),
    },
    files,
    canDefer: compareVersions(machine.system.distribution.cloudInitVersion, '21.4') >= 0,
    secret: files.some((file) => file.secret === true) || users.some((user) => user.passwordHash !== null),
  }
}

/** Since 22.2. Where an installer set it there is nothing left to do, and older ones do not know the key. */
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

/** Before 23.2 cloud-init tries to make host keys that FIPS rejects, and calls it a failure (canonical/cloud-init#4109). */
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
  // One string: lists are valid from 24.2 only.
  ...(user.sudo ? { sudo: `ALL=(ALL) ${user.withPassword ? '' : 'NOPASSWD:'}ALL` } : {}),
  lock_passwd: user.passwordHash === null,
  ...(user.passwordHash === null ? {} : { passwd: user.passwordHash }),
  ...(user.sshKeys.length > 0 ? { ssh_authorized_keys: user.sshKeys } : {}),
})

/** Whether it can be written before there are other users and groups. */
const isRoots = (file: PlainFile): boolean => (file.owner ?? 'root:root') === 'root:root'

/** Commands for the end of the first boot: owners of files that could not wait for their user, then hakube's own steps. */
function commands(config: CloudConfig): string[] {
  const owners = config.canDefer ? [] : config.files.filter((file) => !isRoots(file))
  return [
    ...owners.map((file) => `chown ${quote(file.owner ?? 'root:root')} ${quote(file.path)}`),
    'systemctl daemon-reload',
    // It enables itself for later boots when all that it needs is on the disk. Not waiting: its steps take minutes, and one may wait for cloud-init itself to be through.
    `systemctl start --no-block ${firstBootUnit}`,
  ]
}

/**
 * How cloud-init is to write a file. Modules run in the order write_files, users, write_files_deferred: a file of anybody but
 * root must wait, or cloud-init fails at it and leaves out all files that follow.
 */
export function writeFile(file: PlainFile, canDefer: boolean): WriteFile {
  const text = textOf(file.content)
  // A seed with this word in its first 4 KB is taken for a MIME message (cloudinit/user_data.py, convert_string).
  const readable = isText(text) && !/mime-version:/i.test(text)
  return {
    path: file.path,
    permissions: file.mode,
    ...(canDefer && !isRoots(file) ? { owner: file.owner, defer: true } : {}),
    ...(readable ? { content: text } : { encoding: 'b64', content: base64(text) }),
  }
}

/** The whole configuration as an object: what `cloudConfigPieces` writes, and what tests compare with what was read back. */
export const cloudConfigObject = (config: CloudConfig): Record<string, unknown> => ({
  ...config.settings,
  write_files: config.files.map((file) => writeFile(file, config.canDefer)),
  runcmd: commands(config),
})

/*
 * Text of files that were written before, by content and by all else that it depends on. Most files are the same on many
 * machines. What is only one machine's fills it up too, so that it is emptied from time to time. Contents can be secret: they hang
 * on the cluster, so that `serve` forgets those of an earlier commit or bundle.
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
 * YAML text of the configuration, in pieces to be put together, without the `#cloud-config` line. All in all the same as
 * `toYaml(cloudConfigObject(config))` moved to the right, but most pieces were made for an earlier machine.
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
 * First lines of every seed. cloud-init knows what the file is by the first of them.
 *
 * @param ephemeralSecrets say that secrets in it are of no use
 */
export const cloudConfigHeader = (ephemeralSecrets: boolean): string =>
  ephemeralSecrets
    ? '#cloud-config\n# Holds ephemeral secrets: for tests and trials, never for a cluster that is to stay.\n'
    : '#cloud-config\n'

/**
 * meta-data. The instance's id is made from what the machine gets, so that cloud-init takes a machine with other content for
 * a new one and does everything again.
 */
export function metaData(machine: Machine, ...content: readonly (string | Buffer)[]): string {
  const hash = createHash('sha256')
  for (const text of content) hash.update(text).update('\0')
  const id = `hakube-${machine.name}-${hash.digest('hex').slice(0, 12)}`
  return yamlEntries({ 'instance-id': id, 'local-hostname': machine.name })
}
