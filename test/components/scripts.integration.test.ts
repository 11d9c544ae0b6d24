import { spawnSync } from 'node:child_process'
import { expect, it } from 'vitest'
import type { Part } from '../../src/assembly/component.ts'
import { distributions } from '../../src/distributions/index.ts'
import { describeWith } from '../prerequisites.ts'
import { assembleHost, changedCluster, treeOf } from './host.ts'

/** Everything that makes a script longer. */
const everything: Part = {
  packages: [{ name: 'kubelet', version: '1.36.4' }],
  repositories: [{ name: 'kubernetes', url: 'https://example.com/ /', key: 'https://example.com/key' }],
  kernelModules: [{ name: 'br_netfilter' }],
  ports: [{ protocol: 'tcp', port: 6443, purpose: 'API' }],
}

describeWith({ programs: ['shellcheck'] }, 'scripts of the host components', () => {
  it.each(distributions.map((distribution) => [distribution.title, distribution] as const))(
    '%s: shellcheck finds nothing',
    (_title, { name, version }) => {
      const cluster = changedCluster((profile) => {
        profile.distribution = { name, version }
        profile.kubernetes.version = '1.31.14'
        profile.mirrors = { distribution: 'http://mirror.example.com/x' }
        profile.kernel = { modules: ["it's"], arguments: ['quiet', 'mitigations=auto'] }
        profile.limits = [{ domain: '*', type: 'hard', item: 'nofile', value: 'unlimited' }]
        profile.commands = [{ name: 'hello', run: 'echo hello' }]
      })
      const found = cluster.machines
        .filter(({ name }) => name.endsWith('1'))
        .flatMap((machine) => Object.entries(treeOf(assembleHost(cluster, everything, machine))))
        .filter(([path]) => /^\/(steps|checks)\//.test(path))
        .map(([path, file]) => {
          const text = typeof file === 'string' ? file : file.text
          const done = spawnSync('shellcheck', ['--shell=bash', '-'], { input: text, encoding: 'utf8' })
          return `${path}: ${done.stdout}${done.stderr}`
        })
        .filter((line) => !line.endsWith(': '))
      expect(found).toEqual([])
    },
  )
})
