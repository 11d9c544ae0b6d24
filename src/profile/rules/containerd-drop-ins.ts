import { error, warning, type Diagnostic, type Path } from '../../diagnostics/diagnostic.ts'
import { parseKubernetesVersion } from '../../distributions/kubernetes.ts'
import { defaults } from '../defaults.ts'
import type { Profile } from '../schema.ts'
import { isNodeRole } from '../schema.ts'
import { takenContainerd } from './container-runtime.ts'
import { onEach, knownSystemsAt } from './of-systems.ts'
import { settingsPlaces, type Rule, type RuleContext } from './rule.ts'

/** The directory that hakube's configuration imports: cloud-init/containerd/config.toml.ejs. */
const directory = '/etc/containerd/conf.d/'

/*
 * How containerd handles drop-ins, according to `containerd config dump` of 1.6.20, 1.7.24 and 2.1.9. In 1.x a plugin's section replaces
 * the one in config.toml (https://github.com/containerd/containerd/issues/5837), 2.x merges them
 * (https://github.com/containerd/containerd/pull/9982). A file of a newer version is rejected by 1.7, by 2.x for version 4, and from 2.2
 * on for any (https://github.com/containerd/containerd/pull/12891).
 */
const source = 'https://github.com/containerd/containerd/blob/main/docs/man/containerd-config.toml.5.md'

/** Drop-ins with which containerd would not start, or that would have no effect. */
export const containerdDropInRules: Rule = (context) =>
  [...settingsPlaces(context.profile)].flatMap(({ path, role, settings }) =>
    role !== null && !isNodeRole(role)
      ? []
      : (settings.files ?? []).flatMap((file, index) => {
          if (!file.path.startsWith(directory)) return []
          const at: Path = [...path, 'files', index]
          return checkFile(context, file, at)
        }),
  )

type File = NonNullable<Profile['files']>[number]

function checkFile({ profile, sources }: RuleContext, file: File, at: Path): Diagnostic[] {
  const runtime = profile.containerRuntime?.name ?? defaults.containerRuntime
  if (runtime !== 'containerd') {
    const message = `nothing reads ${file.path}: hakube configures containerd only as the container runtime`
    const hint =
      runtime === 'cri-o' ? 'write a drop-in below /etc/crio/crio.conf.d, or name: containerd' : 'remove it'
    return [warning('container-runtime/drop-in-unread', message, { hint, path: [...at, 'path'] })]
  }
  const minor = parseKubernetesVersion(profile.kubernetes.version)?.minor
  const text = file.content ?? sources.get(file.source ?? '')
  if (minor === undefined || text === undefined) return []
  const where: Path = [...at, file.content === undefined ? 'source' : 'content']
  return onEach(profile, knownSystemsAt(profile, at), ({ distribution }) => {
    const { configuration } = takenContainerd(profile.containerRuntime?.packages, distribution, minor)
    return checkText(withoutComments(text), configuration, where)
  })
}

const withoutComments = (text: string): string => text.replaceAll(/^[ \t]*#.*$/gm, '')

function checkText(text: string, format: 2 | 3, path: Path): Diagnostic[] {
  const series = format === 2 ? '1.x' : '2.x'
  // In TOML, top-level keys precede tables.
  const [top = ''] = text.split(/^[ \t]*\[/m)
  const version = /^[ \t]*version[ \t]*=[ \t]*(\d+)/m.exec(top)?.[1]
  if (version !== undefined && Number(version) > format) {
    const message = `containerd ${series} does not start with a drop-in of version ${version}: its configuration has version ${format}`
    return [error('container-runtime/drop-in', message, { hint: `write version = ${format}`, path, source })]
  }
  return format === 2 ? checkSections1(text, path) : checkSections2(text, path)
}

function checkSections1(text: string, path: Path): Diagnostic[] {
  if (/\bio\.containerd\.grpc\.v1\.cri\b|^[ \t]*\[+plugins\.cri\b/m.test(text)) {
    const message =
      "containerd 1.x replaces hakube's section by this one: SystemdCgroup, the sandbox image and the mirrors would be lost"
    return [
      error('container-runtime/drop-in', message, {
        hint: 'leave plugins."io.containerd.grpc.v1.cri" to hakube; containerd 2 merges sections: containerRuntime: {packages: docker} installs it with Kubernetes 1.26 or later on a supported distribution',
        path,
        source,
      }),
    ]
  }
  const name = /\bio\.containerd\.cri\.v1\.(?:images|runtime)\b/.exec(text)?.[0]
  if (name === undefined) return []
  return [
    warning('container-runtime/drop-in-unread', `containerd 1.x has no plugin ${name}`, {
      hint: 'remove the section: it belongs to containerd 2',
      path,
      source,
    }),
  ]
}

/** The new places of the old plugin's settings: https://github.com/containerd/containerd/blob/main/docs/cri/config.md */
const moved: readonly [pattern: RegExp, name: string][] = [
  [/\bio\.containerd\.grpc\.v1\.cri["']\.registry\b/, 'io.containerd.cri.v1.images".registry'],
  [
    /\bio\.containerd\.grpc\.v1\.cri["']\.(?:containerd|cni)\b/,
    'io.containerd.cri.v1.runtime".containerd or .cni',
  ],
  [/^[ \t]*sandbox_image[ \t]*=/m, 'io.containerd.cri.v1.images".pinned_images, sandbox'],
]

/** What hakube decides, because the kubelet, kubeadm and the mirrors of the profile depend on it. containerd 2 lets a drop-in override it. */
const owned: readonly { table: RegExp; key: string; value?: RegExp; why: string }[] = [
  {
    table: /\.runtimes\.[^\]]*\.options$/,
    key: 'SystemdCgroup',
    value: /^false\b/,
    why: 'the kubelet and all runtimes must manage control groups through systemd',
  },
  {
    table: /io\.containerd\.cri\.v1\.images["']\.pinned_images$/,
    key: 'sandbox',
    why: 'hakube sets the sandbox image that this version of kubeadm uses; kubernetes.imageRepository moves it',
  },
  {
    table: /io\.containerd\.cri\.v1\.images["']\.registry$/,
    key: 'config_path',
    why: 'hakube writes the mirrors of the profile to another directory; set mirrors.images',
  },
  { table: /^$/, key: 'disabled_plugins', value: /\bcri\b/, why: 'the kubelet speaks to the plugin cri' },
]

/** The entries of a TOML file with the names of their tables; the top level has the name ''. Inline tables are not read. */
function entriesOf(text: string): { table: string; key: string; value: string }[] {
  let table = ''
  return text.split('\n').flatMap((line) => {
    const [, header] = /^[ \t]*\[+([^\]]*)\]/.exec(line) ?? []
    if (header !== undefined) {
      table = header.replaceAll(/[ \t]+/g, '')
      return []
    }
    const [, key = '', value = ''] = /^[ \t]*([A-Za-z0-9_-]+)[ \t]*=[ \t]*(.*)$/.exec(line) ?? []
    return key === '' ? [] : [{ table, key, value }]
  })
}

function checkOwned(text: string, path: Path): Diagnostic[] {
  const entries = entriesOf(text)
  return owned.flatMap(({ table, key, value = /^/, why }) => {
    const found = entries.find((each) => each.key === key && table.test(each.table) && value.test(each.value))
    if (!found) return []
    const message = `${key} = ${found.value.trim()} would replace what hakube sets: ${why}`
    return [error('container-runtime/drop-in', message, { hint: `remove ${key}`, path, source })]
  })
}

function checkSections2(text: string, path: Path): Diagnostic[] {
  const replaced = checkOwned(text, path)
  if (replaced.length > 0) return replaced
  const found = moved.find(([pattern]) => pattern.test(text))
  if (!found) return []
  const message = 'containerd 2.x does not read this setting here: there it belongs to another plugin'
  return [
    warning('container-runtime/drop-in-unread', message, {
      hint: `write it below plugins."${found[1]}`,
      path,
      source: 'https://github.com/containerd/containerd/blob/main/docs/cri/config.md',
    }),
  ]
}
