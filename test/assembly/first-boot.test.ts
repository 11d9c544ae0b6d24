import { describe, expect, it } from 'vitest'
import { assemble, type Assembly } from '../../src/assembly/assemble.ts'
import { machineFiles } from '../../src/assembly/first-boot.ts'
import { components } from '../../src/components/index.ts'
import { textOf } from '../../src/templates/template.ts'
import { exampleCluster, exampleNames } from '../example.ts'
import { readAgain } from '../../src/assembly/on-change.ts'
import { withoutNumbers } from '../support/shared-text.ts'
import { declaredOf } from '../support/declared.ts'

const cluster = exampleCluster()
const machine = cluster.machines[0]!
const empty: Assembly = {
  machine,
  files: [],
  units: [],
  steps: [],
  checks: [],
  declared: declaredOf(),
}

const step = (name: string) => ({ name, script: `${name}\n`, after: [], component: 'one' })

const listed = (assembly: Assembly, of = cluster): string[] =>
  machineFiles(of, assembly).map(
    ({ path, mode, component, secret }) => `${mode} ${path} ${component}${secret ? ' secret' : ''}`,
  )

describe('machineFiles', () => {
  it('brings the runner', () => {
    expect(listed(empty)).toEqual([
      '0644 /etc/hakube/inventory first-boot',
      '0644 /etc/hakube/machine first-boot',
      '0644 /etc/systemd/system/hakube-firstboot.service first-boot',
      '0644 /etc/systemd/system/hakube-report.service first-boot',
      '0755 /usr/libexec/hakube/firstboot first-boot',
      '0755 /usr/libexec/hakube/forget-seed first-boot',
      '0644 /usr/libexec/hakube/incoming first-boot',
      '0644 /usr/libexec/hakube/library first-boot',
      '0644 /usr/libexec/hakube/plan first-boot',
      '0755 /usr/libexec/hakube/report first-boot',
      '0644 /usr/libexec/hakube/transaction first-boot',
      '0755 /usr/sbin/hakube-apply first-boot',
      '0755 /usr/sbin/hakube-verify first-boot',
    ])
    expect(textOf(machineFiles(cluster, empty)[1]!.content)).toBe('sample-haproxy-001\n')
  })

  it('makes files of units, drop-ins, steps and checks, in their order', () => {
    const assembly: Assembly = {
      ...empty,
      files: [
        {
          path: '/root/token',
          mode: '0600',
          content: 'x',
          secret: true,
          onChange: readAgain(),
          component: 'one',
        },
      ],
      units: [
        { name: 'own.service', content: '[Unit]\n', start: 'no', component: 'one', from: ['files', 0] },
        {
          name: 'haproxy.service',
          dropIns: [{ name: '10-hakube.conf', content: '[Service]\n' }],
          start: 'no',
          component: 'two',
        },
      ],
      steps: [step('zebra'), step('ant')],
      checks: [{ name: 'good', script: 'true\n', component: 'two', from: ['commands', 1] }],
    }
    const own = machineFiles(cluster, assembly).filter(({ component }) => component !== 'first-boot')
    // What a change of each takes is tested with the diff.
    expect(own).toMatchObject([
      {
        path: '/etc/systemd/system/haproxy.service.d/10-hakube.conf',
        mode: '0644',
        content: '[Service]\n',
        component: 'two',
      },
      {
        path: '/etc/systemd/system/own.service',
        mode: '0644',
        content: '[Unit]\n',
        component: 'one',
        from: ['files', 0],
      },
      { path: '/root/token', mode: '0600', content: 'x', secret: true, component: 'one' },
      {
        path: '/usr/libexec/hakube/checks/01-good',
        mode: '0700',
        content: 'true\n',
        component: 'two',
        from: ['commands', 1],
      },
      { path: '/usr/libexec/hakube/steps/01-zebra', mode: '0700', content: 'zebra\n', component: 'one' },
      { path: '/usr/libexec/hakube/steps/02-ant', mode: '0700', content: 'ant\n', component: 'one' },
    ])
  })

  it('numbers steps so that their names sort, however many there are', () => {
    const steps = Array.from({ length: 100 }, (_, index) => ({
      name: `s${index}`,
      script: '',
      after: [],
      component: 'one',
    }))
    const paths = machineFiles(cluster, { ...empty, steps })
      .map(({ path }) => path)
      .filter((path) => path.includes('/steps/'))
    expect(paths.map((path) => path.replace(/.*-/, ''))).toEqual(steps.map(({ name }) => name))
    expect(paths[0]).toBe('/usr/libexec/hakube/steps/001-s0')
  })

  it('refuses two files at one path', () => {
    const files = [
      {
        path: '/usr/sbin/hakube-verify',
        mode: '0755',
        content: '',
        onChange: readAgain(),
        component: 'files',
      },
    ]
    expect(() => machineFiles(cluster, { ...empty, files })).toThrow(
      /^file \/usr\/sbin\/hakube-verify comes from (files and from first-boot|first-boot and from files)$/,
    )
  })

  it.each(exampleNames)('of every machine of %s', async (name) => {
    const example = exampleCluster(name)
    const all = example.machines.map((each) => {
      const assembly = assemble(components, example, each)
      return `#-- ${each.name}\n${listed(assembly, example).join('\n')}\n`
    })
    await expect(withoutNumbers(all.join('\n'))).toMatchFileSnapshot(`../fixtures/first-boot/${name}.txt`)
  })
})
