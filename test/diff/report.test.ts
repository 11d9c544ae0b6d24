import { describe, expect, it } from 'vitest'
import { compareClusters } from '../../src/diff/compare.ts'
import { printJson, printMarkdown, printText, type Report } from '../../src/diff/report.ts'
import type { Profile } from '../../src/profile/schema.ts'
import { changedCluster } from '../components/host.ts'
import { withoutNumbers } from '../support/shared-text.ts'

function report(change: (profile: Profile) => void, notes: string[] = []): Report {
  const before = changedCluster(() => undefined)
  const after = changedCluster(change)
  return {
    profile: 'sample',
    before: { revision: 'origin/main', commit: '0123456789abcdef0123456789abcdef01234567' },
    after: { revision: 'worktree', commit: null },
    difference: compareClusters(before, after, { full: true }),
    notes,
  }
}

const several = (profile: Profile): void => {
  profile.packages = ['htop']
  profile.machines = profile.machines.filter(({ name }) => name !== 'sample-kube-worker-003')
  profile.machines.push({
    name: 'new-1',
    role: 'worker',
    mac: '52:54:00:aa:bb:99',
    address: '10.10.10.99',
  })
  profile.network.hosts = 'essential'
  Object.assign(profile.machines[3] ?? {}, { disk: '/dev/nvme0n1' })
}

const formats = [
  ['text', printText],
  ['markdown', printMarkdown],
  ['json', printJson],
] as const

/** Names without numbers make no ranges. */
const letters = (index: number): string =>
  `node-${String.fromCharCode(97 + Math.floor(index / 26), 97 + (index % 26))}`

describe('a report', () => {
  it.each(formats)('is printed as %s', async (name, print) => {
    const text = withoutNumbers(print(report(several, ['the secrets bundle is changed']), true))
    await expect(text).toMatchFileSnapshot(`../fixtures/diff/several.${name}`)
  })
  it.each(formats)('is printed without changes as %s', async (name, print) => {
    await expect(
      print(
        report(() => undefined),
        true,
      ),
    ).toMatchFileSnapshot(`../fixtures/diff/nothing.${name}`)
  })
  it('has one line for a rack of machines with the same required action', () => {
    const lines = printText(
      report((profile) => Object.assign(profile, { commands: [{ name: 'x', run: 'true' }] })),
      false,
    )
    expect(lines.split('\n').slice(2, 4).join('\n')).toMatchInlineSnapshot(`
      "machine                 files  required action
      sample-haproxy-001, sample-haproxy-002, sample-kube-master-002, sample-kube-master-003, sample-kube-worker-001 to sample-kube-worker-003  1      files and restart of hakube-firstboot.service"
    `)
  })
  it('in Markdown is a comment that GitHub accepts, and shows no markup from the profile', () => {
    const text = printMarkdown(
      report((profile) => {
        profile.files = [
          { path: '/etc/!|b<img src=x>', content: '```\n</details>\n````\n' },
          ...Array.from({ length: 300 }, (_, index) => ({
            path: `/etc/${index}`,
            content: `${index}\n`.repeat(200),
          })),
        ]
      }),
      true,
    )
    expect(text.length).toBeLessThan(65_536)
    expect(text).toContain('<code>+ /etc/!&#124;b&#60;img src=x&#62;</code>')
    expect(text).toContain('\n`````diff\n')
    expect(text).toMatch(/\n\d+ more diffs: hakube diff --full shows them\.\n$/)
  })
  it('in Markdown folds a long list of files and truncates nothing', () => {
    const text = printMarkdown(
      report((profile) => {
        profile.files = Array.from({ length: 300 }, (_, index) => ({
          path: `/etc/own-${index}`,
          content: 'x',
        }))
        profile.machines.push(
          ...Array.from({ length: 150 }, (_, index) => ({
            name: letters(index),
            role: 'worker' as const,
            mac: `52:54:00:aa:cc:${(index + 1).toString(16).padStart(2, '0')}`,
            address: `10.10.10.${index + 100}`,
          })),
        )
      }),
      false,
    )
    expect(text).toMatch(/<details><summary>\d+ files<\/summary>/)
    expect(text).not.toMatch(/and \d+ more|…/)
    const named = Array.from({ length: 300 }, (_, index) => `<code>+ /etc/own-${index}</code>`)
    expect(named.filter((name) => !text.includes(name))).toEqual([])
    const machines = Array.from({ length: 150 }, (_, index) => letters(index))
    expect(machines.filter((name) => !text.includes(name))).toEqual([])
  })
})
