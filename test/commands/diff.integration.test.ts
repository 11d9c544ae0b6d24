import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { exampleFile } from '../example.ts'
import { makeRepository, type Repository } from '../support/repository.ts'
import { hakube } from './hakube.ts'
import { withoutNumbers } from '../support/shared-text.ts'

const whole = readFileSync(exampleFile('external-load-balancers'), 'utf8').replace(
  /^# yaml-language-server.*\n/,
  '',
)
const overlay =
  'extends: ../base.yaml\nfiles:\n  - path: /etc/motd\n    source: files/motd\n    content: null\n'

let repository: Repository
let commits: string[] = []
beforeAll(() => {
  repository = makeRepository()
  repository.write({
    'base.yaml': whole,
    'rack/profile.yaml': overlay,
    'rack/files/motd': 'one\n',
    README: 'one\n',
  })
  commits = [repository.commit()]
  repository.write({ README: 'two\n' })
  commits.push(repository.commit())
  repository.write({ 'rack/files/motd': 'two\n' })
  commits.push(repository.commit())
  repository.write({ 'base.yaml': whole.replace('net.core.somaxconn: 16384', 'net.core.somaxconn: 4096') })
})
afterAll(() => repository.remove())

const run = (...words: string[]) => hakube(words, { directory: repository.directory })
const diff = (...words: string[]) => run('diff', 'rack/profile.yaml', ...words, '--ephemeral-secrets')

/** Paths and hashes of all that git sees, and of its own store's references. */
const state = () => `${repository.git('status', '--porcelain')}\n${repository.git('for-each-ref')}`

describe('hakube diff', () => {
  it('compares HEAD with the working tree, commits with the working tree, and commits', () => {
    const before = state()
    const outputs = [
      diff(),
      diff('HEAD~1'),
      diff('HEAD~2', 'HEAD~1'),
      diff('HEAD~1', 'HEAD'),
      diff('HEAD~1', 'worktree'),
    ]
    const short = outputs.map(({ status, stdout, stderr }) => ({
      status,
      stderr,
      table: withoutNumbers(stdout)
        .split('\n\n')
        .join('\n')
        .replaceAll(/\([0-9a-f]{12}\)/g, '(commit)'),
    }))
    expect(short).toMatchInlineSnapshot(`
      [
        {
          "status": 1,
          "stderr": "",
          "table": "sample: HEAD (commit) → worktree
      machine                                 files  required action
      sample-haproxy-001, sample-haproxy-002  2      files and restart of systemd-sysctl.service
      sample-haproxy-001, sample-haproxy-002:
        /etc/sysctl.d/95-hakube.conf
        /usr/libexec/hakube/checks/NN-sysctl
      ",
        },
        {
          "status": 1,
          "stderr": "",
          "table": "sample: HEAD~1 (commit) → worktree
      machine                                 files  required action
      sample-haproxy-001, sample-haproxy-002  3      files and restart of systemd-sysctl.service
      sample-kube-master-001 to sample-kube-master-003, sample-kube-worker-001 to sample-kube-worker-003  1      files
      sample-haproxy-001, sample-haproxy-002:
        /etc/motd
        /etc/sysctl.d/95-hakube.conf
        /usr/libexec/hakube/checks/NN-sysctl
      sample-kube-master-001 to sample-kube-master-003, sample-kube-worker-001 to sample-kube-worker-003:
        /etc/motd
      ",
        },
        {
          "status": 0,
          "stderr": "",
          "table": "sample: HEAD~2 (commit) → HEAD~1 (commit)
      no machine changes
      ",
        },
        {
          "status": 1,
          "stderr": "",
          "table": "sample: HEAD~1 (commit) → HEAD (commit)
      machine  files  required action
      sample-haproxy-001, sample-haproxy-002, sample-kube-master-001 to sample-kube-master-003, sample-kube-worker-001 to sample-kube-worker-003  1      files
      sample-haproxy-001, sample-haproxy-002, sample-kube-master-001 to sample-kube-master-003, sample-kube-worker-001 to sample-kube-worker-003:
        /etc/motd
      ",
        },
        {
          "status": 1,
          "stderr": "",
          "table": "sample: HEAD~1 (commit) → worktree
      machine                                 files  required action
      sample-haproxy-001, sample-haproxy-002  3      files and restart of systemd-sysctl.service
      sample-kube-master-001 to sample-kube-master-003, sample-kube-worker-001 to sample-kube-worker-003  1      files
      sample-haproxy-001, sample-haproxy-002:
        /etc/motd
        /etc/sysctl.d/95-hakube.conf
        /usr/libexec/hakube/checks/NN-sysctl
      sample-kube-master-001 to sample-kube-master-003, sample-kube-worker-001 to sample-kube-worker-003:
        /etc/motd
      ",
        },
      ]
    `)
    expect(state()).toBe(before)
  })
  it('reports added and removed recipients of the secrets', () => {
    const [one, other] = [
      'age1lvyvwawkr0mcnnnncaghunadrqkmuf9e6507x9y920xxpp866cnql7dp2z',
      'age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p',
    ]
    const places = { 'own/base.yaml': whole, 'own/rack/files/motd': 'one\n' }
    const before = `${overlay}secrets:\n  recipients: [${one}]\n`
    repository.write({ ...places, 'own/rack/profile.yaml': before })
    repository.git('add', 'own')
    repository.git('commit', '--quiet', '--message', 'recipients', '--', 'own')
    repository.write({ 'own/rack/profile.yaml': before.replace(one ?? '', other ?? '') })
    const { status, stdout } = run('diff', 'own/rack/profile.yaml', '--ephemeral-secrets')
    repository.git('reset', '--quiet', 'HEAD~1')
    rmSync(join(repository.directory, 'own'), { recursive: true })
    expect({ status, lines: stdout.split('\n').slice(1) }).toEqual({
      status: 0,
      lines: [
        '',
        'no machine changes',
        '',
        `note: the profile adds the recipient ${other} (run hakube secrets sync to encrypt to it)`,
        '',
        `note: the profile removes the recipient ${one}, which may have kept what it could read`,
        '',
      ],
    })
  })
  it('shows texts of files with --full', () => {
    const { stdout } = diff('HEAD~1', 'HEAD', '--full')
    expect(stdout.slice(stdout.indexOf('--- '))).toMatchInlineSnapshot(`
      "--- a/etc/motd
      +++ b/etc/motd
      @@ -1,1 +1,1 @@
      -one
      +two
      "
    `)
  })
  it('prints JSON for programs', () => {
    const { status, stdout } = diff('HEAD~1', 'HEAD', '--format', 'json')
    const report = JSON.parse(stdout)
    expect({ status, ...report, machines: report.machines.length, first: report.machines[0] }).toEqual({
      status: 1,
      profile: 'sample',
      before: { revision: 'HEAD~1', commit: commits[1] },
      after: { revision: 'HEAD', commit: commits[2] },
      notes: [],
      shared: [],
      upgrade: null,
      machines: 8,
      first: {
        machine: 'sample-haproxy-001',
        kind: 'changed',
        takes: { level: 'files', units: [] },
        facts: [],
        files: [
          {
            where: 'machine',
            path: '/etc/motd',
            change: 'changed',
            takes: { level: 'files', units: [], reason: 'how programs read it is unknown to hakube' },
            diff: null,
          },
        ],
      },
    })
  })
  it('fails with status 2, and reports at which revision', () => {
    const outputs = [
      diff('nope'),
      run('diff', 'rack/none.yaml'),
      run('diff', 'rack/profile.yaml'),
      run('diff', 'rack/profile.yaml', 'a', 'b', 'c'),
    ]
    const text = outputs
      .map(({ status, stdout, stderr }) => `${status} ${stdout}${stderr}`)
      .join('\n')
      .replaceAll(repository.directory, 'TOP')
      .replaceAll(commits[2] ?? '', 'COMMIT')
    expect(text).toMatchInlineSnapshot(`
      "2 hakube: rack/profile.yaml cannot be compared as it is in nope:
      error[git/unknown-revision]: the repository TOP has no revision nope
        hint: git log lists the revisions; a shallow clone lacks older commits: git fetch --unshallow

      2 hakube: rack/none.yaml cannot be compared as it is in HEAD:
      rack/none.yaml:1:1: error[file/unreadable]: the file does not exist in the revision COMMIT
        hint: git log --all -- rack/none.yaml shows which revisions have it
      hakube: rack/none.yaml cannot be compared as it is in worktree:
      rack/none.yaml:1:1: error[file/unreadable]: the file does not exist
        hint: check the name; hakube init DIR creates a new profile

      2 hakube: rack/profile.yaml cannot be compared as it is in HEAD:
      error[secrets/missing]: rack/profile.yaml has no secrets bundle, without which nothing can be rendered
        hint: create rack/secrets.age with hakube secrets init rack/profile.yaml --recipient age1…; --ephemeral-secrets generates secrets for this run, for a trial: no other run can add machines to that cluster
      hakube: rack/profile.yaml cannot be compared as it is in worktree:
      error[secrets/missing]: rack/profile.yaml has no secrets bundle, without which nothing can be rendered
        hint: create rack/secrets.age with hakube secrets init rack/profile.yaml --recipient age1…; --ephemeral-secrets generates secrets for this run, for a trial: no other run can add machines to that cluster

      2 hakube: unexpected argument c
      See hakube diff --help.
      "
    `)
  })
  it('reports without a key that the secrets have changed', () => {
    writeFileSync(join(repository.directory, 'rack/secrets.age'), 'not read\n')
    const { stdout } = diff('HEAD', 'worktree', '--format', 'markdown')
    repository.write({ 'rack/secrets.age': null })
    expect(stdout).toContain('\n> the secrets bundle is added; ')
  })
})

/** Path and hash of everything that was rendered. */
function rendered(...words: string[]): Record<string, string> {
  const out = join(repository.directory, '.git/site', words.join(' ').replaceAll('/', '-'))
  const { status, stderr } = run('render', 'rack/profile.yaml', ...words, '--out', out, '--ephemeral-secrets')
  if (status !== 0) throw new Error(stderr)
  const files = readdirSync(out, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  return Object.fromEntries(
    files.map((entry) => {
      const path = join(entry.parentPath, entry.name)
      return [path.slice(out.length + 1), createHash('sha256').update(readFileSync(path)).digest('hex')]
    }),
  )
}

describe('hakube render --rev', () => {
  it('renders the commit, with its base and its files, and does not touch the working tree', () => {
    const before = state()
    const [old, now] = [rendered('--rev', 'HEAD~1'), rendered('--rev', 'HEAD')]
    // Machines that hold no secret are the same in each run.
    const path = 'kickstart/52-54-00-aa-bb-01.ks'
    expect(old[path]).toBe(now[path])
    expect(Object.keys(old).toSorted()).toEqual(Object.keys(now).toSorted())
    expect(state()).toBe(before)
  })
  it('reports what it cannot do, with status 1', () => {
    const words = ['--out', 'site', '--ephemeral-secrets']
    const outputs = [
      run('render', 'rack/profile.yaml', '--rev', 'nope', ...words),
      run('render', 'rack/none.yaml', '--rev', 'HEAD', ...words),
    ]
    expect(outputs.map(({ status }) => status)).toEqual([1, 1])
    expect(
      outputs
        .map(({ stderr }) =>
          stderr.replaceAll(repository.directory, 'TOP').replaceAll(commits[2] ?? '', 'COMMIT'),
        )
        .join(''),
    ).toMatchInlineSnapshot(`
      "error[git/unknown-revision]: the repository TOP has no revision nope
        hint: git log lists the revisions; a shallow clone lacks older commits: git fetch --unshallow
      rack/none.yaml:1:1: error[file/unreadable]: the file does not exist in the revision COMMIT
        hint: git log --all -- rack/none.yaml shows which revisions have it
      "
    `)
  })
  it('checks a commit too', () => {
    const words = ['rack/profile.yaml', '--programs', 'none', '--ephemeral-secrets']
    repository.write({ 'rack/profile.yaml': 'broken: [\n' })
    const outcomes = [run('check', ...words).status, run('check', ...words, '--rev', 'HEAD').status]
    repository.write({ 'rack/profile.yaml': overlay })
    expect(outcomes).toEqual([1, 0])
  })
})

describe('hakube explain', () => {
  it('shows which file set a value', () => {
    const { stdout } = run('explain', 'rack/profile.yaml', 'sample-haproxy-001')
    expect(
      stdout
        .split('\n')
        .filter((line) => /^ {2}(?:name|\/etc\/motd|net\.core)/.test(line))
        .join('\n'),
    ).toMatchInlineSnapshot(`
      "  name           sample-haproxy-001.example.com  ../base.yaml:31
        name                                   sample                             ../base.yaml:9
        net.core.somaxconn                    4096    ../base.yaml:115 (sysctl)
        /etc/motd                                                 0644 root:root         profile.yaml:3 (files)"
    `)
  })
})
