import { describe, expect, it } from 'vitest'
import { assemble, fetchedAssets } from '../../src/assembly/assemble.ts'
import { startStepName } from '../../src/assembly/start-steps.ts'
import type { Component, Declared, Part } from '../../src/assembly/component.ts'
import { textOf } from '../../src/templates/template.ts'
import { exampleCluster } from '../example.ts'
import { readAgain } from '../../src/assembly/on-change.ts'

const onChange = readAgain()

const cluster = exampleCluster()
const machine = cluster.machines[0]!

const never = () => {
  throw new Error('was asked')
}

const component = (name: string, part: Part, rest: Partial<Component> = {}): Component => ({
  name,
  purpose: name,
  steps: (part.steps ?? []).map((each) => each.name),
  units: (part.units ?? []).map((each) => each.name),
  appliesTo: () => true,
  contribute: () => part,
  ...rest,
})

/** Has the steps that every unit waits for, on other machines. */
const ground = component(
  'ground',
  {},
  { steps: ['packages', 'kernel', 'sysctl'], appliesTo: () => false, contribute: never },
)

const step = (name: string, ...after: string[]) => ({ name, script: 'true\n', after })
const stepsOf = (...components: Component[]): string[] =>
  assemble([...components, ground], cluster, machine).steps.map(({ name }) => name)

describe('assemble', () => {
  it('records for each item its component and its position in the profile', () => {
    const { files, checks, units } = assemble(
      [
        component('one', {
          files: [{ path: '/b', mode: '0644', content: '', from: ['files', 0], onChange }],
        }),
        component('two', {
          files: [{ path: '/a', mode: '0600', content: '', secret: true, onChange }],
          checks: [{ name: 'good', script: '' }],
          units: [{ name: 'a.service', start: 'no' }],
        }),
        ground,
      ],
      cluster,
      machine,
    )
    expect({ files, checks, units }).toEqual({
      // By path, whoever gave them.
      files: [
        { path: '/a', mode: '0600', content: '', secret: true, onChange, component: 'two' },
        { path: '/b', mode: '0644', content: '', from: ['files', 0], onChange, component: 'one' },
      ],
      checks: [{ name: 'good', script: '', component: 'two' }],
      units: [{ name: 'a.service', start: 'no', component: 'two' }],
    })
  })

  it('asks only components that apply', () => {
    const other = component('other', {}, { appliesTo: () => false, contribute: never, collect: never })
    expect(stepsOf(other, component('one', { steps: [step('one')] }))).toEqual(['one'])
  })

  describe('order of steps', () => {
    it('is the order of the components by default', () => {
      expect(stepsOf(component('b', { steps: [step('b')] }), component('a', { steps: [step('a')] }))).toEqual(
        ['b', 'a'],
      )
    })

    it('puts a step after those that it waits for, and moves nothing else', () => {
      const steps = [step('one', 'four'), step('two'), step('three', 'one'), step('four')]
      expect(stepsOf(component('all', { steps }))).toEqual(['two', 'four', 'one', 'three'])
    })

    it('does not wait for a step that this machine does not have', () => {
      const elsewhere = component('elsewhere', {}, { steps: ['there'], appliesTo: () => false })
      expect(stepsOf(component('all', { steps: [step('one', 'there')] }), elsewhere)).toEqual(['one'])
    })

    it('starts units after the common steps and after the steps that they name', () => {
      const steps = stepsOf(
        component('balancer', {
          units: [
            { name: 'keepalived.service', start: 'blocking', after: ['start-haproxy'] },
            { name: 'haproxy.service', start: 'blocking', after: ['certificates'] },
          ],
          steps: [step('certificates', 'sysctl')],
        }),
        component('host', {
          steps: [step('sysctl', 'kernel'), step('kernel', 'packages'), step('packages')],
        }),
      )
      expect(steps).toEqual([
        'packages',
        'kernel',
        'sysctl',
        'certificates',
        'start-haproxy',
        'start-keepalived',
      ])
    })

    it('puts steps marked as last at the end', () => {
      const steps = stepsOf(
        component('commands', { steps: [{ ...step('own'), last: true }] }),
        component('other', { steps: [step('other')], units: [{ name: 'a.service', start: 'no' }] }),
      )
      expect(steps).toEqual(['other', 'start-a', 'own'])
    })

    it('refuses a circle', () => {
      const steps = [step('free'), step('one', 'two'), step('two', 'three'), step('three', 'one')]
      expect(() => stepsOf(component('all', { steps }))).toThrow('steps wait for each other: one, two, three')
    })
  })

  it('starts a unit in the way that it declares', () => {
    const units = (['blocking', 'no-block', 'no'] as const).map((start) => ({
      name: `${start}.service`,
      start,
    }))
    const { steps } = assemble([component('all', { units }), ground], cluster, machine)
    const commands = steps.map(({ script }) =>
      textOf(script)
        .split('\n')
        .filter((line) => line.startsWith('systemctl')),
    )
    expect(commands).toEqual([
      ['systemctl daemon-reload', 'systemctl enable blocking.service', 'systemctl restart blocking.service'],
      [
        'systemctl daemon-reload',
        'systemctl enable no-block.service',
        'systemctl restart --no-block no-block.service',
      ],
      ['systemctl daemon-reload', 'systemctl enable no.service'],
    ])
  })

  it('gives the step of a unit its stage, or that of its component, and its place in the profile', () => {
    const units: Part['units'] = [
      { name: 'usual.service', start: 'no' },
      { name: 'other.service', start: 'no', stage: 'kubeadm', from: ['files', 0] },
      { name: 'free.service', start: 'no', stage: null },
    ]
    const assembled = assemble(
      [
        component('all', { units }, { stage: 'packages' }),
        component('none', { steps: [step('own')] }),
        ground,
      ],
      cluster,
      machine,
    )
    expect(assembled.steps.map(({ name, stage, from, after }) => ({ name, stage, from, after }))).toEqual([
      { name: 'own', stage: null, from: undefined, after: [] },
      { name: 'start-usual', stage: 'packages', from: undefined, after: ['packages', 'kernel', 'sysctl'] },
      { name: 'start-other', stage: 'kubeadm', from: ['files', 0], after: ['packages', 'kernel', 'sysctl'] },
      { name: 'start-free', stage: null, from: undefined, after: ['packages', 'kernel', 'sysctl'] },
    ])
    expect(textOf(assembled.steps[1]!.script)).toBe(
      '#!/bin/bash\nset -euo pipefail\nsystemctl daemon-reload\nsystemctl enable usual.service\n',
    )
  })

  it.each([
    ['haproxy.service', 'start-haproxy'],
    ['hakube-interface.service', 'start-hakube-interface'],
    ['a@b.timer', 'start-a-b-timer'],
  ])('names the step that starts %s', (unit, name) => {
    expect(startStepName(unit)).toBe(name)
  })

  describe('names of steps and units', () => {
    it('refuses a step that waits for one that no component provides', () => {
      const packages = component('packages', { steps: [step('packages')] })
      expect(() => stepsOf(packages, component('docker', { steps: [step('docker', 'pakages')] }))).toThrow(
        'step docker of docker waits for pakages, a step that no component provides',
      )
    })

    it('refuses a unit whose start waits for a step that no component provides', () => {
      const units = [{ name: 'a.service', start: 'no' as const, after: ['start-b'] }]
      expect(() => stepsOf(component('a', { units }))).toThrow(
        'step start-a of a waits for start-b, a step that no component provides',
      )
    })

    it.each<[string, Part]>([
      ['step good', { steps: [step('good')] }],
      ['unit a.service', { units: [{ name: 'a.service', start: 'no' }] }],
    ])('refuses the %s of a component that does not list it', (what, part) => {
      const [kind] = what.split(' ')
      expect(() => stepsOf(component('one', part, { steps: ['other'], units: ['other.service'] }))).toThrow(
        `component one gives the ${what}, which is not in its list of ${kind}s`,
      )
    })

    it('accepts every name with a declared prefix, but lets no step wait for one', () => {
      const commands = component('commands', { steps: [step('command-a')] }, { steps: ['command-*'] })
      expect(stepsOf(commands)).toEqual(['command-a'])
      expect(() => stepsOf(commands, component('b', { steps: [step('b', 'command-a')] }))).toThrow(
        'step b of b waits for command-a, a step that no component provides',
      )
    })
  })

  describe('refuses duplicates', () => {
    it.each<[string, Part, string]>([
      ['file', { files: [{ path: '/etc/motd', mode: '0644', content: '', onChange }] }, 'file /etc/motd'],
      ['unit', { units: [{ name: 'a.service', start: 'no' }] }, 'unit a.service'],
      ['check', { checks: [{ name: 'good', script: '' }] }, 'check good'],
      ['step', { steps: [step('good')] }, 'step good'],
    ])('%s', (_what, part, message) => {
      expect(() => assemble([component('one', part), component('two', part)], cluster, machine)).toThrow(
        `${message} comes from one and from two`,
      )
    })

    it('refuses a step with the name of one that starts a unit', () => {
      const part: Part = { units: [{ name: 'a.service', start: 'no' }], steps: [step('start-a')] }
      expect(() => stepsOf(component('one', part))).toThrow('step start-a comes from one and from one')
    })
  })

  describe('what components declare', () => {
    const part: Part = {
      packages: [{ name: 'curl' }],
      repositories: [{ name: 'r', url: 'https://example.com', key: 'k' }],
      kernelModules: [{ name: 'overlay', from: ['kernel', 'modules', 0] }],
      kernelArguments: [{ argument: 'quiet' }],
      refusedArguments: [{ name: 'nosmp', reason: 'of two processors' }],
      refusedCommands: [{ programs: ['swapon'], does: 'turns swap on', need: 'needs it off' }],
      refusedSysctls: [{ key: 'kernel.modules_disabled', value: '1', reason: 'modules are loaded later' }],
      sysctls: [{ key: 'vm.swappiness', value: '0' }],
      limits: [{ domain: '*', type: '-', item: 'nofile', value: '1' }],
      ports: [{ protocol: 'tcp', port: 1, purpose: 'p' }],
      users: [{ name: 'u', sshKeys: [], sudo: false, passwordHash: null }],
      assets: [{ path: 'a', sha256: '0'.repeat(64), what: 'archive', source: 'somewhere' }],
    }

    it('reaches the collecting components completely and with its owner, from components before and after them', () => {
      const seen: Declared[] = []
      const collector = component(
        'collector',
        {},
        { collect: (_cluster, _machine, declared) => (seen.push(declared), {}) },
      )
      const { declared } = assemble(
        [component('first', part), collector, component('last', { packages: [{ name: 'haproxy' }] })],
        cluster,
        machine,
      )
      const expected = Object.fromEntries(
        Object.entries(part).map(([key, items]) => [
          key,
          items.map((item) => ({ ...item, component: 'first' })),
        ]),
      )
      expected['packages']?.push({ name: 'haproxy', component: 'last' })
      expect(seen).toEqual([expected])
      expect(declared).toEqual(expected)
    })

    it('is known for fetched files without computing the rest', () => {
      const other = component('other', {}, { appliesTo: () => false, contribute: never })
      const collector: Component = { name: 'collector', purpose: 'collects', appliesTo: () => true }
      expect(fetchedAssets([component('first', part), other, collector], cluster, machine)).toEqual(
        part.assets,
      )
    })

    it('becomes files, units, steps and checks of the collector', () => {
      const collector = component('collector', part, {
        steps: ['install'],
        units: ['late.service'],
        collect: (_cluster, _machine, { packages }) => ({
          files: [
            { path: '/list', mode: '0644', content: packages.map(({ name }) => name).join(), onChange },
          ],
          steps: [step('install')],
          units: [{ name: 'late.service', start: 'no' }],
          checks: [{ name: 'installed', script: '' }],
        }),
      })
      const { files, steps, checks } = assemble([collector, ground], cluster, machine)
      expect(files).toEqual([
        { path: '/list', mode: '0644', content: 'curl', onChange, component: 'collector' },
      ])
      expect(steps.map(({ name }) => name)).toEqual(['install', 'start-late'])
      expect(checks).toEqual([{ name: 'installed', script: '', component: 'collector' }])
    })
  })
})
