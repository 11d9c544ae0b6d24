import { describe, expect, it } from 'vitest'
import { assemble, type Assembly } from '../../src/assembly/assemble.ts'
import { beginAgain, machineFiles } from '../../src/assembly/first-boot.ts'
import { components } from '../../src/components/index.ts'
import { textOf } from '../../src/templates/template.ts'
import { exampleCluster, exampleNames, testDelivery } from '../example.ts'
import { readAgain } from '../../src/assembly/on-change.ts'
import { withoutNumbers } from '../support/shared-text.ts'
import { declaredOf } from '../support/declared.ts'
import type { InstallMethodName } from '../../src/distributions/install-methods.ts'
import { changedCluster } from '../components/host.ts'

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

const secret = (path: string) => ({
  path,
  mode: '0600',
  content: 'x',
  secret: true,
  onChange: readAgain(),
  component: 'one',
})

const listed = (assembly: Assembly, of = cluster): string[] =>
  machineFiles(of, assembly).map(
    ({ path, mode, component, secret }) => `${mode} ${path} ${component}${secret ? ' secret' : ''}`,
  )

describe('machineFiles', () => {
  it('contains the runner', () => {
    expect(listed(empty)).toEqual([
      '0644 /etc/hakube/inventory first-boot',
      '0644 /etc/hakube/machine first-boot',
      '0644 /etc/hakube/secret-files first-boot',
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
    expect(own.map(({ content, ...rest }) => ({ ...rest, content: textOf(content) }))).toMatchInlineSnapshot(`
      [
        {
          "component": "two",
          "content": "[Service]
      ",
          "mode": "0644",
          "onChange": {
            "level": "files",
            "reason": "a unit applies new settings when it is restarted",
            "units": [
              "haproxy.service",
            ],
          },
          "path": "/etc/systemd/system/haproxy.service.d/10-hakube.conf",
        },
        {
          "component": "one",
          "content": "[Unit]
      ",
          "from": [
            "files",
            0,
          ],
          "mode": "0644",
          "onChange": {
            "comparison": "unit",
            "created": {
              "level": "files",
              "reason": "the step that starts it is added with it",
              "units": [],
            },
            "otherwise": {
              "level": "files",
              "reason": "a unit applies new settings when it is restarted",
              "units": [
                "own.service",
              ],
            },
            "removed": {
              "byHand": true,
              "level": "files",
              "reason": "first run systemctl disable --now own.service: nothing stops a unit whose file is missing",
              "units": [],
            },
          },
          "path": "/etc/systemd/system/own.service",
        },
        {
          "component": "one",
          "content": "x",
          "mode": "0600",
          "onChange": {
            "level": "files",
            "reason": "read at each use",
            "units": [],
          },
          "path": "/root/token",
          "secret": true,
        },
        {
          "component": "two",
          "content": "true
      ",
          "from": [
            "commands",
            1,
          ],
          "mode": "0700",
          "onChange": {
            "level": "files",
            "reason": "read at each use",
            "units": [],
          },
          "path": "/usr/libexec/hakube/checks/01-good",
        },
        {
          "component": "one",
          "content": "zebra
      ",
          "mode": "0700",
          "onChange": {
            "otherwise": {
              "level": "files",
              "reason": "hakube-firstboot.service runs the steps that are new or have changed",
              "units": [
                "hakube-firstboot.service",
              ],
            },
            "removed": {
              "level": "files",
              "reason": "its effects remain",
              "units": [],
            },
          },
          "path": "/usr/libexec/hakube/steps/01-zebra",
        },
        {
          "component": "one",
          "content": "ant
      ",
          "mode": "0700",
          "onChange": {
            "otherwise": {
              "level": "files",
              "reason": "hakube-firstboot.service runs the steps that are new or have changed",
              "units": [
                "hakube-firstboot.service",
              ],
            },
            "removed": {
              "level": "files",
              "reason": "its effects remain",
              "units": [],
            },
          },
          "path": "/usr/libexec/hakube/steps/02-ant",
        },
      ]
    `)
  })

  it('keeps what a step declares that its change requires, and marks scripts with secrets', () => {
    const steps = [{ ...step('one'), secret: true, from: ['commands', 0], onChange: readAgain('own') }]
    const found = machineFiles(cluster, { ...empty, steps }).find(({ path }) => path.includes('/steps/'))
    expect(found).toEqual({
      path: '/usr/libexec/hakube/steps/01-one',
      mode: '0700',
      content: 'one\n',
      component: 'one',
      onChange: readAgain('own'),
      secret: true,
      from: ['commands', 0],
    })
  })

  it('lists the secret files for a machine that fetches them when it has enrolled', () => {
    const enrolled = { ...cluster, enrolment: testDelivery }
    const files = [secret('/root/b'), secret('/root/a'), { ...secret('/root/c'), secret: false }]
    const all = machineFiles(enrolled, { ...empty, files, steps: [{ ...step('last'), secret: true }] })
    const found = all.find(({ path }) => path === '/etc/hakube/secret-files')
    expect(found).toEqual({
      path: '/etc/hakube/secret-files',
      mode: '0644',
      content: '/root/a\n/root/b\n/usr/libexec/hakube/steps/01-last\n',
      onChange: readAgain(),
      component: 'first-boot',
    })
    const paths = all.map(({ path }) => path)
    expect(paths).toEqual(paths.toSorted())
    expect(listed(empty, { ...cluster, enrolment: null }).join()).not.toContain('secret-files')
  })

  it('has no script that forgets the seed on a machine that runs from memory', () => {
    const memory = changedCluster((profile) => {
      profile.distribution = { name: 'debian', version: '12', install: 'live' }
    })
    const paths = machineFiles(memory, { ...empty, machine: memory.machines[0]! }).map(({ path }) => path)
    expect(paths).not.toContain('/usr/libexec/hakube/forget-seed')
    expect(paths).toContain('/usr/libexec/hakube/firstboot')
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

  it.each<[string, string, InstallMethodName, string[] | null]>([
    ['rocky', '9', 'kickstart', []],
    ['ubuntu', '24.04', 'autoinstall', ['hakube-begin-again.service']],
    ['debian', '12', 'live', null],
  ])(
    'repeats at each boot what a power cut may have damaged: %s %s by %s',
    (name, version, install, units) => {
      const of = changedCluster((profile) => (profile.distribution = { name, version, install }))
      const script = beginAgain(of, of.machines[0]!)
      expect(script && [...new Set(script.match(/[\w-]+\.service/g))]).toEqual(units)
      expect(script === null || script.includes('rm -f /var/lib/cloud/instance/sem/config_*')).toBe(true)
    },
  )

  it.each(exampleNames)('are complete for every machine of %s', async (name) => {
    const example = exampleCluster(name)
    const all = example.machines.map((each) => {
      const assembly = assemble(components, example, each)
      return `#-- ${each.name}\n${listed(assembly, example).join('\n')}\n`
    })
    await expect(withoutNumbers(all.join('\n'))).toMatchFileSnapshot(`../fixtures/first-boot/${name}.txt`)
  })
})
