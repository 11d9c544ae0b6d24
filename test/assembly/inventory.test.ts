import { describe, expect, it } from 'vitest'
import { assemble } from '../../src/assembly/assemble.ts'
import type { File, Owned } from '../../src/assembly/component.ts'
import { identityOf, inventory, takesColumns, tsv } from '../../src/assembly/inventory.ts'
import { files, manual, manualBefore, readAgain, reboot, runsAgain } from '../../src/assembly/on-change.ts'
import { textOf } from '../../src/templates/template.ts'
import { changedCluster } from '../components/host.ts'

const cluster = changedCluster(() => undefined)
const machine = cluster.machines[0]!

const file = (path: string, onChange: File['onChange']): Owned<File> => ({
  path,
  mode: '0644',
  content: '',
  onChange,
  component: 'one',
})

describe('a row of the list that bash reads', () => {
  it('has no empty column, and no value that ends a column or a row', () => {
    expect(tsv('a', '', 'b\tc', 'd\n\u007fe', ' ')).toBe('a\t-\tb c\td e\t \n')
  })
})

describe('the columns that describe what the removal of a file requires', () => {
  it.each([
    [files('why', ['a.service', 'b.service']), ['files', 'a.service b.service', '', '', 'why']],
    [runsAgain('why', 'one', 'two'), ['files', '', 'one two', '', 'why']],
    [reboot('why'), ['reboot', '', '', '', 'why']],
    [manual('why', ['a.service']), ['files', 'a.service', '', 'hand', 'why']],
    [manualBefore('why'), ['files', '', '', 'keep', 'why']],
  ])('is %j', (takes, columns) => {
    expect(takesColumns(takes)).toEqual(columns)
  })
})

describe('the inventory of a machine', () => {
  it('lists the properties that only a reinstallation can change', () => {
    expect(identityOf(cluster, machine)).toEqual([
      ['cluster', 'sample'],
      ['role', 'load-balancer'],
      ['distribution', 'Rocky Linux 9'],
      ['install', 'kickstart'],
    ])
  })

  it('lists units, and files with what their removal requires; only hakube owns steps and checks', () => {
    const assembly = {
      ...assemble([], cluster, machine),
      units: [{ name: 'a.service', start: 'no' as const, component: 'one' }],
    }
    const found = inventory(cluster, assembly, [
      file('/etc/a', readAgain()),
      file('/etc/b', { removed: manual('by hand'), otherwise: reboot('boot') }),
      file('/usr/libexec/hakube/steps/01-a', readAgain()),
      file('/usr/libexec/hakube/checks/01-a', readAgain()),
      file('/usr/libexec/hakube/library', readAgain()),
    ])
    expect({ ...found, content: textOf(found.content).split('\n') }).toMatchInlineSnapshot(`
      {
        "component": "first-boot",
        "content": [
          "# What hakube made this machine as, for hakube-apply.",
          "cluster	sample",
          "role	load-balancer",
          "distribution	Rocky Linux 9",
          "install	kickstart",
          "unit	a.service	one",
          "file	/etc/a	files	-	-	-	read at each use",
          "file	/etc/b	files	-	-	hand	by hand",
          "file	/usr/libexec/hakube/library	files	-	-	-	read at each use",
          "",
        ],
        "mode": "0644",
        "onChange": {
          "level": "files",
          "reason": "read at each use",
          "units": [],
        },
        "path": "/etc/hakube/inventory",
      }
    `)
  })
})
