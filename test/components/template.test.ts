import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { assemble } from '../../src/assembly/assemble.ts'
import { template } from '../../src/components/_template.ts'
import { components } from '../../src/components/index.ts'
import { machineSite } from '../../src/site/build.ts'
import { root } from '../commands/hakube.ts'
import { codeOf } from '../documents/code-of.ts'
import { exampleCluster } from '../example.ts'

const cluster = exampleCluster()
const [first] = cluster.machines
const machine = { ...first!, console: 'ttyS0,115200' }

/** What the machine's cloud-init writes, by path. */
function written(list: typeof components): Map<string, string> {
  const site = machineSite(cluster, assemble(list, cluster, machine))
  const userData = site.find((file) => file.path.endsWith('/user-data'))!
  const { write_files: files } = parse(userData.body.toString('utf8'), { version: '1.1' }) as {
    write_files: { path: string; content: string }[]
  }
  return new Map(files.map(({ path, content }) => [path.replace(/\/\d+-/, '/'), content]))
}

describe('the template of a component', () => {
  it('reaches the seed of a machine once it is in the list: its file, step and check', () => {
    const before = written(components)
    const after = written([...components, template])
    const added = [...after].filter(([path]) => !before.has(path))
    expect(Object.fromEntries(added)).toMatchInlineSnapshot(`
      {
        "/etc/issue.d/hakube-template.issue": "sample-haproxy-001, load-balancer of sample
      ",
        "/usr/libexec/hakube/checks/template": "#!/bin/bash
      set -euo pipefail

      if ! grep --quiet --fixed-strings -- sample-haproxy-001 /etc/issue.d/hakube-template.issue; then
        printf '%s does not name this machine\\n' /etc/issue.d/hakube-template.issue
        exit 1
      fi
      ",
        "/usr/libexec/hakube/steps/template": "#!/bin/bash
      # Makes login prompts that are already open show the new text. agetty before util-linux 2.32 shows it after the next login.
      set -euo pipefail

      if [[ $(agetty --help) == *--reload* ]]; then
        agetty --reload
      fi
      ",
      }
    `)
  })

  it('does not apply to machines without a console', () => {
    expect(template.appliesTo(cluster, { ...machine, console: null })).toBe(false)
  })

  it('is not in the list, so no machine gets it', () => {
    expect(components).not.toContain(template)
  })

  it('is quoted literally in docs/writing-a-component.md', () => {
    const [code] = codeOf('writing-a-component.md')
    expect(code).toBe(readFileSync(join(root, 'src/components/_template.ts'), 'utf8'))
  })
})
