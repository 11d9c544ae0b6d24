import { describe, expect, it } from 'vitest'
import { assemble } from '../../src/assembly/assemble.ts'
import { components } from '../../src/components/index.ts'
import { disks } from '../../src/components/disks.ts'
import { textOf } from '../../src/templates/template.ts'
import { exampleCluster } from '../example.ts'
import { storageFrom } from '../installers/storage.ts'

const cluster = exampleCluster()
const machine = {
  ...cluster.machines[0]!,
  storage: storageFrom(`
disk: /dev/sda
dataDisks:
  - {disk: {model: "it's $HOME", type: hdd}, mount: /srv/data, type: ext4, options: [noatime], wipe: true}
  - {disk: /dev/disk/by-id/A, mount: /var/lib/etcd}
  - {disk: /dev/sdz}`),
}

describe('disks', () => {
  it('reserves disks with serial numbers, and mounts a directory before what is in it', () => {
    const storage = storageFrom(`
disk: {serial: S0}
dataDisks:
  - {disk: {type: hdd}, mount: /srv, wipe: true}
  - {disk: {serial: S1}}
  - {disk: {serial: "S[2]*"}}
  - {disk: /dev/sdb, mount: /srv/data}`)
    const { steps } = disks.contribute!(cluster, { ...machine, storage })
    const calls = textOf(steps![0]!.script).split('\ntaken=\n\n').at(-1)!
    expect(calls).toContain('\nkeep_serials S0 S1\nprovide ')
    expect(calls.match(/(?<=^mount_at \S+ xfs )\S+/gm)).toEqual(['/srv', '/srv/data'])
  })

  it('chooses disks with names first, and never one of them for another', () => {
    const { steps, checks } = disks.contribute!(cluster, machine)
    const calls = textOf(steps![0]!.script).split('\ntaken=\n\n').at(-1)
    expect(calls).toMatchInlineSnapshot(`
      "provide 5ff8fa26-f7f5-8fc6-8c10-0b5570e371c2 xfs no yes named /dev/disk/by-id/A
      spare /dev/sda /dev/disk/by-id/A /dev/sdz 5ff8fa26-f7f5-8fc6-8c10-0b5570e371c2
      provide 6fc9141f-f297-895e-af24-4996d42faa3c ext4 yes no choose 'with model it'\\''s $HOME, type hdd' '' 'it'\\''s_$HOME' '' hdd 1 ''
      mount_at 6fc9141f-f297-895e-af24-4996d42faa3c ext4 /srv/data defaults,nofail,noatime 2
      mount_at 5ff8fa26-f7f5-8fc6-8c10-0b5570e371c2 xfs /var/lib/etcd defaults 0
      "
    `)
    expect(textOf(checks![0]!.script).split('\n').slice(-5).join('\n')).toMatchInlineSnapshot(`
      "mounted 6fc9141f-f297-895e-af24-4996d42faa3c /srv/data
      mounted 5ff8fa26-f7f5-8fc6-8c10-0b5570e371c2 /var/lib/etcd
      present /dev/sdz
      exit "$status"
      "
    `)
  })

  it('runs before packages are installed, whose services write to the mount points', () => {
    const names = assemble(components, cluster, machine).steps.map(({ name }) => name)
    expect(names.indexOf('disks')).toBeLessThan(names.indexOf('packages'))
    expect(names).toContain('disks')
  })

  it('does not apply to a machine without data disks, and has no step if all stay unchanged', () => {
    expect(disks.appliesTo(cluster, cluster.machines[0]!)).toBe(false)
    const raw = { ...machine, storage: storageFrom('disk: /dev/sda\ndataDisks: [{disk: /dev/sdz}]') }
    expect(disks.contribute!(cluster, raw).steps).toEqual([])
  })
})
