import { execFileSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { lookBeforeErasing, lookFunctions, lookLines } from '../../src/installers/look.ts'
import { exampleCluster } from '../example.ts'
import { describeWith } from '../prerequisites.ts'
import { foldLook } from '../support/shared-text.ts'
import { storageFrom } from './storage.ts'

const cluster = exampleCluster()
const machineWith = (yaml: string) => ({ ...cluster.machines[0]!, storage: storageFrom(yaml) })
const environments = ['bash', 'debian', 'image'] as const
const yaml = `
disk: /dev/sda
dataDisks:
  - {disk: /dev/sdb, mount: /var/lib/etcd}
  - {disk: {serial: S1}, mount: /srv, wipe: true}
  - {disk: /dev/sdd, mount: /srv/kept}
  - {disk: /dev/sde}`

describe('the check before an installer erases disks', () => {
  it('is the same for all machines except for their names and disks', async () => {
    await expect(lookFunctions()).toMatchFileSnapshot('../fixtures/installers/look.sh')
  })

  it.each(environments)('suits the environment of an installer: %s', async (environment) => {
    const text = lookBeforeErasing(environment, cluster, machineWith('disk: /dev/sda'), '"$disk"')
    await expect(foldLook(text)).toMatchFileSnapshot(`../fixtures/installers/look-${environment}.sh`)
    expect(text.replaceAll(lookLines, '')).toBe('')
  })

  it('examines data disks that the first boot would format', () => {
    const text = foldLook(lookBeforeErasing('bash', cluster, machineWith(yaml), '"$disk"'))
    const calls = text.split('\n').filter((line) => /^\(?(?:erased|choose|named|look)(?!\(|_url)/.test(line))
    expect(calls).toMatchInlineSnapshot(`
      [
        "erased "$disk"",
        "erased_file_systems 5ff8fa26-f7f5-8fc6-8c10-0b5570e371c2",
        "erased $(",
        "(choose 'with serial S1' '' '' S1 '' 1 '' && printf '%s\\n' "$disk")",
        "look",
      ]
    `)
  })
})

describeWith({ programs: ['shellcheck'] }, 'shellcheck', () => {
  it.each(environments)('finds nothing in the check of an installer: %s', (environment) => {
    const before = 'machine=lb1 disk=/dev/sda work=/run/x\nsay() { printf "%s\\n" "$*"; }\n'
    const script = `${before}${lookBeforeErasing(environment, cluster, machineWith(yaml), '"$disk"')}echo "$armed_at $disk_armed_at $work"\n`
    expect(
      execFileSync(
        'shellcheck',
        [
          '--shell=sh',
          // Functions that choose disks, of which only some are called.
          '--exclude=SC2317',
          '-',
        ],
        { input: script, encoding: 'utf8' },
      ),
    ).toBe('')
  })
})
