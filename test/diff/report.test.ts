import { describe, expect, it } from 'vitest'
import { compareClusters } from '../../src/diff/compare.ts'
import { printJson, printMarkdown, printText, type Report } from '../../src/diff/report.ts'
import type { Profile } from '../../src/profile/schema.ts'
import { changedCluster } from '../components/host.ts'

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

describe('a report', () => {
  it.each(formats)('as %s', async (name, print) => {
    await expect(print(report(several, ['the secrets bundle is changed']), true)).toMatchFileSnapshot(
      `../fixtures/diff/several.${name}`,
    )
  })
  it.each(formats)('of nothing, as %s', async (name, print) => {
    await expect(
      print(
        report(() => undefined),
        true,
      ),
    ).toMatchFileSnapshot(`../fixtures/diff/nothing.${name}`)
  })
  it('says what it takes on one line for a rack of machines', () => {
    const lines = printText(
      report((profile) => Object.assign(profile, { commands: [{ name: 'x', run: 'true' }] })),
      false,
    )
    expect(lines.split('\n').slice(2, 4).join('\n')).toMatchInlineSnapshot(`
      "machine                                                         files  what it takes
      sample-haproxy-001, sample-haproxy-002, sample-kube-master-001  1      files and restart of hakube-firstboot.service"
    `)
  })
  it('in Markdown is a comment that GitHub takes, and shows no mark-up of the profile’s own', () => {
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
    expect(text).toMatch(/\n\d+ diffs are left out here: hakube diff --full shows them\.\n$/)
  })
})
