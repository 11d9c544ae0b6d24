import { describe, expect, it } from 'vitest'
import { machineFiles } from '../../src/assembly/first-boot.ts'
import {
  declaredTakes,
  type FileChange,
  nothing,
  type OnChange,
  readAgain,
  reboot,
  restarts,
  manual,
} from '../../src/assembly/on-change.ts'
import { assemble } from '../../src/assembly/assemble.ts'
import { components } from '../../src/components/index.ts'
import { exampleNames, exampleProfile, testCluster, writeUpNames } from '../example.ts'

const takes = (onChange: OnChange, change: FileChange, old: string | null, now: string | null) =>
  declaredTakes(onChange, change, { old, now }).reason

describe('what a change of a file requires', () => {
  it('is the same for every change unless declared otherwise', () => {
    const onChange = restarts('haproxy', 'haproxy.service')
    for (const change of ['created', 'changed', 'removed'] as const)
      expect(declaredTakes(onChange, change, { old: 'a', now: 'b' })).toBe(onChange)
  })

  it('depends on whether the file is new, changed or removed', () => {
    const onChange = { removed: manual('by hand'), otherwise: readAgain('as usual') }
    expect(takes(onChange, 'removed', 'a', null)).toBe('by hand')
    expect(takes(onChange, 'changed', 'a', 'b')).toBe('as usual')
    expect(takes(onChange, 'created', null, 'b')).toBe('as usual')
  })

  it.each([
    ['a value is another', 'vm.swappiness = 1\n', 'vm.swappiness = 2\n', 'set'],
    ['an entry is gone', 'a = 1\nb = 1\n', 'a = 1\n', 'boot'],
    ['an entry is new', 'a = 1\n', 'a = 1\nb = 1\n', 'set'],
    ['only a comment is gone', '# why\na = 1\n', 'a = 1\n', 'set'],
    ['an entry may now be missing', 'a = 1\n', '-a = 1\n', 'set'],
    ['a module is gone', 'overlay\nbr_netfilter\n', 'overlay\n', 'boot'],
    ['entries have other places', 'a\nb\n', 'b\na\n', 'set'],
  ])('depends on whether an entry was removed: %s', (_, old, now, expected) => {
    expect(takes({ gone: reboot('boot'), otherwise: readAgain('set') }, 'changed', old, now)).toBe(expected)
  })

  it('is less if only lines differ that nothing reads any longer', () => {
    const onChange: OnChange = {
      onlyLines: { like: '^ *token: ', takes: nothing('only the token') },
      otherwise: manual('all'),
    }
    expect(takes(onChange, 'changed', 'a: 1\n  token: x\n', 'a: 1\n  token: y\n')).toBe('only the token')
    expect(takes(onChange, 'changed', 'a: 1\n  token: x\n', 'a: 2\n  token: y\n')).toBe('all')
    expect(takes(onChange, 'created', null, 'token: y\n')).toBe('all')
  })
})

it.each([...exampleNames, ...writeUpNames])(
  'every unit to restart is one that the machine has, or the system’s own, in %s',
  async (name) => {
    const system = /^(?:systemd-.*|NetworkManager|sshd?|hakube-firstboot)\.service$/
    const cluster = await testCluster(exampleProfile(name))
    for (const machine of cluster.machines) {
      const assembly = assemble(components, cluster, machine)
      const known = new Set(assembly.units.map((unit) => unit.name))
      const asked = machineFiles(cluster, assembly).flatMap(({ onChange }) =>
        'otherwise' in onChange
          ? [onChange.otherwise, onChange.changed, onChange.created].flatMap((each) => each?.units ?? [])
          : onChange.units,
      )
      expect([...new Set(asked)].filter((unit) => !known.has(unit) && !system.test(unit))).toEqual([])
    }
  },
)
