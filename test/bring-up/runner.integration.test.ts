import { execFileSync } from 'node:child_process'
import { expect, it } from 'vitest'
import { assemble } from '../../src/assembly/assemble.ts'
import { machineFiles } from '../../src/assembly/first-boot.ts'
import { textOf } from '../../src/templates/template.ts'
import { describeWith } from '../prerequisites.ts'
import { exampleCluster } from '../example.ts'
import { longest, pauseAfter } from './runner.ts'

describeWith({ linux: true, programs: ['bash'] }, 'the simulated runner of steps', () => {
  const cluster = exampleCluster()
  const file = machineFiles(cluster, assemble([], cluster, cluster.machines[0]!)).find(
    ({ path }) => path === '/usr/libexec/hakube/library',
  )
  const text = textOf(file!.content)

  it('pauses between tries like the real one', () => {
    const ofReal = /^pause_after\(\) \{\n.*?^\}$/ms.exec(text)?.[0]
    const tries = Array.from({ length: 12 }, (_, index) => index + 1)
    const script = `${ofReal}\nfor tries in ${tries.join(' ')}; do pause_after "$tries"; done`
    const printed = execFileSync('bash', ['-euc', script], { encoding: 'utf8' })
    expect(printed.trim().split('\n').map(Number)).toEqual(tries.map(pauseAfter))
  })

  it('ends a try when the real one ends it', () => {
    expect(/^ {2}timeout --kill-after=30 (\d+) /m.exec(text)?.[1]).toBe(String(longest))
  })
})
