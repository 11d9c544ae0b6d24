import { describe, expect, it } from 'vitest'
import { parseProfile } from '../../../src/profile/load.ts'
import { good, mistakesIn } from '../mistakes.ts'

const rocky = good
const debian = good.replace('name: rocky\n  version: "9"', 'name: debian\n  version: "13"')
const own = (profile: string) =>
  `${profile.replace('"1.36.4"', '"1.34.3"')}containerRuntime: {packages: distribution}\n`

const dropIn = (text: string, name = '50-own.toml'): string =>
  `files:\n  - path: /etc/containerd/conf.d/${name}\n    content: |\n${text.replaceAll(/^(?=.)/gm, '      ')}`

/** Codes of what is found, beside what is said of the age of containerd 1.x and of Kubernetes. */
const codes = (profile: string, text: string): string[] =>
  parseProfile(profile + dropIn(text), 'profile.yaml')
    .diagnostics.map(({ code }) => code)
    .filter((code) => code.startsWith('container-runtime/drop-in'))

const runtimes1 = '[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.own]\nruntime_type = "x"\n'
const runtimes2 = `[plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.own]\nruntime_type = "x"\n`
const options2 = `plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.own.options`
const debug = '[debug]\nlevel = "debug"\n'
const error = ['container-runtime/drop-in']
const unread = ['container-runtime/drop-in-unread']

describe('drop-ins of containerd 2.x', () => {
  it.each<[string, string, string[]]>([
    ['a section of its own plugins', `version = 3\n${runtimes2}`, []],
    ['one without a version', runtimes2, []],
    ['settings of the daemon', `version = 2\n${debug}`, []],
    [
      'its server for streams, which kept its name',
      '[plugins."io.containerd.grpc.v1.cri"]\ndisable_tcp_service = true\n',
      [],
    ],
    ['a comment about another version', `# version = 4\n${debug}`, []],
    ['a key of a table that is called version', '[plugins."org.example"]\nversion = 9\n', []],
    ['a later version', `version = 4\n${debug}`, error],
    ['another manager of control groups', `${runtimes2}[${options2}]\nSystemdCgroup = false\n`, error],
    ['the manager that all use', `${runtimes2}[${options2}]\nSystemdCgroup = true\n`, []],
    [
      'another sandbox image',
      `[plugins."io.containerd.cri.v1.images".pinned_images]\n  sandbox = "x"\n`,
      error,
    ],
    [
      'another directory of mirrors',
      `[ plugins.'io.containerd.cri.v1.images'.registry ]\nconfig_path = "/x"\n`,
      error,
    ],
    ['no plugin for the kubelet', `disabled_plugins = ["cri"]\n`, error],
    ['another plugin switched off', `disabled_plugins = ["io.containerd.snapshotter.v1.btrfs"]\n`, []],
    ['keys of other tables', `[proxy_plugins.own]\nsandbox = "x"\nconfig_path = "/x"\n`, []],
    ['runtimes of containerd 1.x', `version = 2\n${runtimes1}`, unread],
    [
      'mirrors of containerd 1.x',
      `version = 2\n[plugins."io.containerd.grpc.v1.cri".registry]\nconfig_path = "/x"\n`,
      unread,
    ],
    [
      'the sandbox image of containerd 1.x',
      '[plugins."io.containerd.grpc.v1.cri"]\nsandbox_image = "x"\n',
      unread,
    ],
  ])('%s', (_, text, expected) => {
    expect(codes(rocky, text)).toEqual(expected)
  })
})

describe('drop-ins of containerd 1.x', () => {
  it.each<[string, string, string[]]>([
    ['settings of the daemon', `version = 2\n${debug}`, []],
    ['another plugin', '[plugins."io.containerd.gc.v1.scheduler"]\npause_threshold = 0.02\n', []],
    ['a later version', `version = 3\n${debug}`, error],
    ["a section in the place of hakube's", `version = 2\n${runtimes1}`, error],
    ['the same by its oldest name', '[plugins.cri.containerd]\nsnapshotter = "x"\n', error],
    ['a plugin of containerd 2.x', runtimes2, unread],
  ])('%s', (_, text, expected) => {
    expect(codes(own(debian), text)).toEqual(expected)
  })
})

describe('messages about drop-ins of containerd', () => {
  it.each<[string, string]>([
    ['a later version', rocky + dropIn(`version = 4\n${debug}`)],
    ['a setting of containerd 1.x', rocky + dropIn(`version = 2\n${runtimes1}`)],
    ["a section in the place of hakube's", own(debian) + dropIn(`version = 2\n${runtimes1}`)],
    ['a plugin of containerd 2.x', own(debian) + dropIn(runtimes2)],
    ['a name that is not read', rocky + dropIn(debug, '50-own.conf')],
    ['CRI-O', `${rocky}containerRuntime: {name: cri-o}\n${dropIn(debug)}`],
  ])('%s', (name, profile) => {
    expect(mistakesIn(profile)).toMatchSnapshot(name)
  })

  it('are none for machines without a container runtime', () => {
    const files = dropIn(`version = 9\n${debug}`).replaceAll(/^/gm, '    ')
    expect(mistakesIn(`${rocky}roles:\n  load-balancer:\n${files.trimEnd()}\n`)).toBe('')
  })
})
