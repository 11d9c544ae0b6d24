import { spawnSync } from 'node:child_process'
import { expect, it } from 'vitest'
import { grubLocalDisk } from '../../src/boot/grub-local-disk.ts'
import { bootScripts, machineBootFiles } from '../../src/boot/index.ts'
import { exampleCluster } from '../example.ts'
import { describeWith } from '../prerequisites.ts'
import { hostileCluster } from './hostile-cluster.ts'

/** What GRUB's own parser says of a script. */
function problemsOf(text: string): string {
  const { status, stderr } = spawnSync('grub-script-check', { input: text, encoding: 'utf8' })
  return status === 0 ? '' : `${status}: ${stderr}`
}

describeWith({ linux: true, programs: ['grub-script-check'] }, 'menus for GRUB, read by its parser', () => {
  it.each([
    ['an example', exampleCluster()],
    ['hostile names', { ...hostileCluster(), name: `a 'quoted' "cluster";halt $x` }],
  ])('are valid scripts: %s', (_, cluster) => {
    const files = [
      ...bootScripts(cluster),
      ...cluster.machines.flatMap((machine) =>
        machineBootFiles(cluster, { ...machine, firmware: 'uefi' }, ['ds=nocloud;s=http://x/']),
      ),
    ].filter(({ path }) => path.startsWith('grub/'))
    expect(files.length).toBeGreaterThan(cluster.machines.length)
    for (const { body } of files) expect(problemsOf(body.toString())).toBe('')
    expect(problemsOf(grubLocalDisk('worker-1', 'it is not armed'))).toBe('')
  })
})
