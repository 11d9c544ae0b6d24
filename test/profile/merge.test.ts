import { describe, expect, it } from 'vitest'
import { mergeLayers } from '../../src/profile/merge.ts'
import { readYaml } from '../../src/profile/yaml.ts'

const merge = (...texts: string[]) =>
  mergeLayers(
    texts.map((text, index) => ({ file: `${index}.yaml`, text, yaml: readYaml(text, `${index}.yaml`) })),
  )

const merged = (...texts: string[]) => merge(...texts).value

const list = (...items: string[]): string => `[${items.join(', ')}]`

describe('the rules of docs/profile.md', () => {
  it('merges mappings deeply; the upper value wins', () => {
    expect(merged('a: {b: {c: 1, d: 2}, e: 3}\nf: 4', 'a: {b: {d: 5}}\ng: 6')).toEqual({
      a: { b: { c: 1, d: 5 }, e: 3 },
      f: 4,
      g: 6,
    })
  })
  it('merges machines and users by name, and keeps the order', () => {
    expect(
      merged(
        'machines: [{name: a, role: worker}, {name: b, role: worker, disk: /dev/sda}]\nusers: [{name: ops, sudo: true}]',
        'machines: [{name: c, role: etcd}, {name: b, disk: /dev/sdb}]\nusers: [{name: ops, sudo: false}]',
      ),
    ).toEqual({
      machines: [
        { name: 'a', role: 'worker' },
        { name: 'b', role: 'worker', disk: '/dev/sdb' },
        { name: 'c', role: 'etcd' },
      ],
      users: [{ name: 'ops', sudo: false }],
    })
  })
  it.each(['', 'roles: {worker: ', 'machines: [{name: a, '])(
    'merges files by path, commands by name, limits by what they limit: %s',
    (before) => {
      const wrap = (text: string) => {
        if (before === '') return text
        return before.startsWith('roles') ? `${before}{${text}}}` : `${before}${text}}]`
      }
      const text = (files: string, commands: string, limits: string) =>
        wrap(
          before === ''
            ? `files: ${files}\ncommands: ${commands}\nlimits: ${limits}`
            : `files: ${files}, commands: ${commands}, limits: ${limits}`,
        )
      const whole = JSON.stringify(
        merged(
          text(
            list('{path: /a, content: one}', '{path: /b, content: two}'),
            list('{name: x, run: one}'),
            list(
              '{domain: "*", type: soft, item: nofile, value: 1}',
              '{domain: "*", type: hard, item: nofile, value: 2}',
            ),
          ),
          text(
            list('{path: /b, mode: "0600"}'),
            list('{name: y, run: two}', '{name: x, run: three}'),
            list('{domain: "*", type: hard, item: nofile, value: 3}'),
          ),
        ),
      )
      expect(whole).toContain(
        '"files":[{"path":"/a","content":"one"},{"path":"/b","content":"two","mode":"0600"}]',
      )
      expect(whole).toContain('"commands":[{"name":"x","run":"three"},{"name":"y","run":"two"}]')
      expect(whole).toMatch(/"value":1\},\{[^}]*"value":3\}\]/)
    },
  )
  it('replaces other lists, and adds to them with a plus sign', () => {
    expect(
      merged(
        'packages: [a, b]\nnetwork: {nameServers: [x]}',
        'packages: [c]\nnetwork: {nameServers+: [y, x]}',
      ),
    ).toEqual({ packages: ['c'], network: { nameServers: ['x', 'y'] } })
  })
  it('accepts a plus sign even if there is nothing below', () => {
    expect(
      merged(
        'packages+: [a]',
        'packages+: [b]\nmachines: [{name: a, packages+: [c]}]',
        'roles: {worker: {packages+: [d]}}',
      ),
    ).toEqual({
      packages: ['a', 'b'],
      machines: [{ name: 'a', packages: ['c'] }],
      roles: { worker: { packages: ['d'] } },
    })
  })
  it('leaves a plus sign beside the key itself, which the schema refuses', () => {
    expect(merged('a: 1', 'packages: [a]\npackages+: [b]')).toEqual({
      a: 1,
      packages: ['a'],
      'packages+': ['b'],
    })
  })
  it('removes what is set to an explicit null; a forgotten value remains a mistake', () => {
    expect(merged('a: 1\nb: 2\nc: {d: 3, e: 4}', 'a: null\nb:\nc: {d: ~}\nf: null')).toEqual({
      b: null,
      c: { e: 4 },
      f: null,
    })
  })
  it('lets a value of another kind win', () => {
    expect(merged('a: {b: 1}\nc: [1]\nd: 1', 'a: [1]\nc: {b: 1}\nd: {e: 1}')).toEqual({
      a: [1],
      c: { b: 1 },
      d: { e: 1 },
    })
  })
  it('keeps two items of one name in one file, for the rule that refuses them', () => {
    expect(merged('machines: [{name: a, x: 1}]', 'machines: [{name: a, y: 1}, {name: a, y: 2}]')).toEqual({
      machines: [
        { name: 'a', x: 1, y: 1 },
        { name: 'a', y: 2 },
      ],
    })
  })
  it('keeps items without a name', () => {
    expect(merged('machines: [1, {x: 1}]', 'machines: [2, {x: 2}]')).toEqual({
      machines: [1, { x: 1 }, 2, { x: 2 }],
    })
  })
})

describe('places', () => {
  const { locate, fileAt, writtenAs } = merge(
    'version: 1.30\nmachines:\n  - name: a\n    role: worker\n  - {name: b, disk: one}\npackages: [x]\n',
    'machines:\n  - name: b\n    disk: two\npackages+:\n  - y\n',
    'machines:\n  - name: b\n    mac: three\n',
  )
  const at = (...path: (string | number)[]) => {
    const { file, line } = locate(path)
    return `${file}:${line}`
  }
  it('are in the file that set the deepest part', () => {
    expect({
      version: at('version'),
      role: at('machines', 0, 'role'),
      disk: at('machines', 1, 'disk'),
      mac: at('machines', 1, 'mac'),
      name: at('machines', 1, 'name'),
      missing: at('machines', 1, 'address'),
      below: at('packages', 0),
      added: at('packages', 1),
    }).toEqual({
      version: '0.yaml:1',
      role: '0.yaml:4',
      disk: '1.yaml:3',
      mac: '2.yaml:3',
      name: '2.yaml:2',
      missing: '2.yaml:2',
      below: '0.yaml:6',
      added: '1.yaml:5',
    })
    expect(fileAt(['machines', 1, 'disk'])).toBe('1.yaml')
    expect(writtenAs(['version'])).toBe('1.30')
  })
})
