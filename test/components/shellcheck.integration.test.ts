import { spawnSync } from 'node:child_process'
import { expect, it } from 'vitest'
import { assemble } from '../../src/assembly/assemble.ts'
import { machineFiles } from '../../src/assembly/first-boot.ts'
import { components } from '../../src/components/index.ts'
import { textOf } from '../../src/templates/template.ts'
import { resolve } from '../../src/cluster/resolve.ts'
import { exampleCluster, exampleNames, exampleProfile, testSecrets } from '../example.ts'
import { describeWith } from '../prerequisites.ts'

describeWith({ programs: ['shellcheck'] }, 'every script on every machine of the examples', () => {
  it.each([...exampleNames, 'external-etcd' as const])('%s: shellcheck finds nothing', (name) => {
    // Its machines make their keys themselves.
    const cluster =
      name === 'external-etcd' ? resolve(exampleProfile(name), new Map(), testSecrets) : exampleCluster(name)
    const texts = new Map<string, string>()
    for (const machine of cluster.machines)
      for (const { path, content } of machineFiles(cluster, assemble(components, cluster, machine))) {
        const text = textOf(content)
        // The library is sourced, so it begins with a word to shellcheck.
        if (/^#( shellcheck shell=bash$|!\/bin\/(ba)?sh)/m.test(text))
          texts.set(text, `${machine.name}:${path}`)
      }
    expect(texts.size).toBeGreaterThan(20)
    const found = [...texts].flatMap(([text, path]) => {
      const { stdout, stderr } = spawnSync('shellcheck', ['--shell=bash', '-'], {
        input: text,
        encoding: 'utf8',
      })
      return stdout + stderr === '' ? [] : [`${path}: ${stdout}${stderr}`]
    })
    expect(found).toEqual([])
  })
})
