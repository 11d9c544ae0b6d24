import { describe, expect, it } from 'vitest'
import type { Difference, FileChange, MachineDifference } from '../../src/diff/compare.ts'
import { printJson, printMarkdown, printText, takesText, type Report } from '../../src/diff/report.ts'
import { files, manual, nothing, reboot, reinstall, type Takes } from '../../src/diff/takes.ts'

const file = (path: string, takes: Takes, rest: Partial<FileChange> = {}): FileChange => ({
  where: 'machine',
  path,
  change: 'changed',
  takes,
  diff: null,
  ...rest,
})

const changed = (machine: string, rest: Partial<MachineDifference>): MachineDifference => ({
  machine,
  kind: 'changed',
  takes: { level: 'files', units: [] },
  facts: [],
  files: [],
  ...rest,
})

const report = (difference: Partial<Difference>, rest: Partial<Report> = {}): Report => ({
  profile: 'rack',
  before: { revision: 'v1', commit: '0123456789abcdef0123' },
  after: { revision: '0123456789', commit: '0123456789abcdef0123' },
  difference: { machines: [], shared: [], upgrade: null, ...difference },
  notes: [],
  ...rest,
})

describe('what a change requires, in words', () => {
  it.each<[Pick<MachineDifference, 'kind' | 'takes'>, string]>([
    [{ kind: 'added', takes: { level: 'reinstall', units: [] } }, 'installation: the machine is new'],
    [
      { kind: 'removed', takes: { level: 'nothing', units: [] } },
      'nothing: the machine is no longer in the profile',
    ],
    [{ kind: 'changed', takes: { level: 'nothing', units: [] } }, 'nothing'],
    [{ kind: 'changed', takes: { level: 'reboot', units: [] } }, 'reboot'],
    [{ kind: 'changed', takes: { level: 'reinstall', units: [] } }, 'reinstall'],
    [{ kind: 'changed', takes: { level: 'files', units: [] } }, 'files'],
    [{ kind: 'changed', takes: { level: 'files', units: ['a', 'b'] } }, 'files and restart of a, b'],
    [
      { kind: 'changed', takes: { level: 'files', units: [], steps: ['x', 'y'] } },
      'files and rerun of step x, y',
    ],
    [
      { kind: 'changed', takes: { level: 'files', units: ['a'], steps: ['x'] } },
      'files, rerun of step x and restart of a',
    ],
  ])('%j: %s', (difference, text) => {
    expect(takesText(difference)).toBe(text)
  })
})

const machines = [
  changed('w-1', {
    takes: { level: 'files', units: ['a.service'] },
    files: [
      file('/etc/a', files('why', ['a.service']), { diff: '--- a/etc/a\n+++ b/etc/a\n-1\n+2\n' }),
      file('/etc/b', manual('do it'), { change: 'created' }),
      file('seed/52-54-00-aa-bb-01/user-data', nothing('no'), { where: 'site', change: 'removed' }),
      file('pxelinux.cfg/01-52-54-00-aa-bb-01', nothing('no'), { where: 'site' }),
    ],
  }),
  changed('w-2', {
    takes: { level: 'files', units: ['a.service'] },
    files: [
      file('/etc/a', files('why', ['a.service']), { diff: '--- a/etc/a\n+++ b/etc/a\n-1\n+2\n' }),
      file('/etc/b', manual('do it'), { change: 'created' }),
      file('seed/52-54-00-aa-bb-02/user-data', nothing('no'), { where: 'site', change: 'removed' }),
      file('pxelinux.cfg/01-52-54-00-aa-bb-02', nothing('no'), { where: 'site' }),
    ],
  }),
  changed('m-1', {
    takes: { level: 'reboot', units: [] },
    facts: [{ name: 'disk', before: 'a', after: 'b', takes: reboot('boot') }],
    files: [
      file('/etc/a', files('less'), { change: 'moved' }),
      file('/etc/c', reboot('boot')),
      file('/etc/d', reinstall('never shown: another level')),
    ],
  }),
  changed('m-2', {
    takes: { level: 'reinstall', units: [] },
    files: [file('/etc/e', reinstall('again')), file('/etc/f', reboot('not shown: another level'))],
  }),
  changed('new\u001b[2J', { kind: 'added', takes: { level: 'reinstall', units: [] } }),
]

describe('a report as text', () => {
  it('has one row for all machines with the same changes, with the decisive reasons', () => {
    expect(
      printText(report({ machines, shared: [{ path: 'boot.ipxe', diff: '-a\n+b\n' }] }), false).split('\n'),
    ).toMatchInlineSnapshot(`
      [
        "rack: v1 (0123456789ab) → 0123456789",
        "",
        "machine   files      required action",
        "w-1, w-2  4          files and restart of a.service (do it)",
        "m-1       3          reboot (boot)",
        "m-2       2          reinstall (again)",
        "new�[2J   0          installation: the machine is new",
        "all       boot.ipxe  nothing",
        "",
        "w-1, w-2:",
        "  /etc/a",
        "  + /etc/b",
        "  - seed/<mac>/user-data",
        "  pxelinux.cfg/<mac>",
        "",
        "m-1:",
        "  disk: a → b",
        "  ~ /etc/a",
        "  /etc/c",
        "  /etc/d",
        "",
        "m-2:",
        "  /etc/e",
        "  /etc/f",
        "",
      ]
    `)
  })

  it('has each diff once, with its machines, if all are requested', () => {
    const text = printText(
      report({ machines, shared: [{ path: 'boot.ipxe', diff: '-a\n+b\u0007\n' }] }),
      true,
    )
    expect(text.slice(text.indexOf('\n# '))).toMatchInlineSnapshot(`
      "
      # all
      -a
      +b�

      # w-1, w-2
      --- a/etc/a
      +++ b/etc/a
      -1
      +2
      "
    `)
  })

  it('reports that nothing changes, and ends with its notes', () => {
    expect(printText(report({}, { notes: ['one', 'two'] }), true)).toBe(
      'rack: v1 (0123456789ab) → 0123456789\n\nno machine changes\n\nnote: one\n\nnote: two\n',
    )
  })

  it('does not let a long list of machines push other columns aside', () => {
    const names = Array.from({ length: 30 }, (_, index) => `machine-${String.fromCharCode(97 + index)}`)
    const text = printText(
      report({
        machines: [
          ...names.map((name) => changed(name, { takes: { level: 'reboot', units: [] } })),
          changed('short', {}),
        ],
      }),
      false,
    )
    expect(text).toContain('\nmachine  files  required action\n')
    expect(text).toContain('\nshort    0      files\n')
  })

  it('names the working tree if there is no commit', () => {
    const after = { revision: 'worktree', commit: null }
    expect(printText(report({}, { after }), false).split('\n')[0]).toBe('rack: v1 (0123456789ab) → worktree')
  })
})

const many = (count: number) =>
  printMarkdown(
    report({
      machines: [
        changed('w-1', {
          files: Array.from({ length: count }, (_, index) => file(`/f${index}`, files('why'))),
        }),
      ],
    }),
    false,
  )

describe('a report in Markdown', () => {
  it('has a table, notes as quotations, and no markup in texts', () => {
    expect(
      printMarkdown(
        report({ machines, shared: [{ path: 'boot.ipxe', diff: null }] }, { notes: ['a *note*'] }),
        false,
      ),
    ).toMatchInlineSnapshot(`
      "### hakube: rack: v1 (0123456789ab) → 0123456789

      | machine | change | required action |
      | --- | --- | --- |
      | w-1, w-2 | <code>/etc/a</code><br><code>+ /etc/b</code><br><code>- seed/&#60;mac&#62;/user-data</code><br><code>pxelinux.cfg/&#60;mac&#62;</code> | **files and restart of a.service**<br>do it |
      | m-1 | disk: a → b<br><code>&#126; /etc/a</code><br><code>/etc/c</code><br><code>/etc/d</code> | **reboot**<br>boot |
      | m-2 | <code>/etc/e</code><br><code>/etc/f</code> | **reinstall**<br>again |
      | new�&#91;2J |  | **installation: the machine is new** |
      | all | <code>boot.ipxe</code> | **nothing** |

      > a &#42;note&#42;
      "
    `)
  })

  it('folds more than a dozen files', () => {
    expect(many(12)).not.toContain('<details>')
    expect(many(13)).toContain('<details><summary>13 files</summary>')
  })

  it('has each diff in a fence that is longer than any within it', () => {
    const diff = '--- a/etc/a\n+++ b/etc/a\n+````\n'
    const text = printMarkdown(
      report({ machines: [changed('w-1', { files: [file('/etc/a', files('why'), { diff })] })] }),
      true,
    )
    expect(text.slice(text.indexOf('\n<details>'))).toMatchInlineSnapshot(`
      "
      <details><summary>w-1: <code>/etc/a</code></summary>

      \`\`\`\`\`diff
      --- a/etc/a
      +++ b/etc/a
      +\`\`\`\`
      \`\`\`\`\`

      </details>
      "
    `)
  })
})

it('a report in JSON is complete', () => {
  const all = report({ machines }, { notes: ['one'] })
  expect(JSON.parse(printJson(all))).toEqual({
    profile: 'rack',
    before: all.before,
    after: all.after,
    notes: ['one'],
    machines: JSON.parse(JSON.stringify(machines)),
    shared: [],
    upgrade: null,
  })
})
