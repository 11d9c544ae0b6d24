import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { gatesOf, hasGate, knownGates, lockedValue } from '../../../src/distributions/feature-gates/index.ts'
import { describeWithKubernetes } from '../../kubernetes-programs.ts'

describeWithKubernetes('the feature gates of Kubernetes 1.20.2', (directory) => {
  const programs = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kubelet']
  it.each(programs)('are all known that %s prints', (program) => {
    const { stdout } = spawnSync(join(directory, program), ['--help'], { encoding: 'utf8' })
    const printed = [...stdout.matchAll(/\b(\w+)=true\|false \(/g)].map(([, name = '']) => name)
    expect(printed.length).toBeGreaterThan(60)
    expect(
      printed.filter((name) => !/^All(?:Alpha|Beta)$/.test(name) && !gatesOf('1.20').includes(name)),
    ).toEqual([])
  })

  /** Gates are set while arguments are read, before --version ends the program. */
  const start = (gates: string) => {
    const { status, stderr } = spawnSync(
      join(directory, 'kube-scheduler'),
      [`--feature-gates=${gates}`, '--version'],
      { encoding: 'utf8' },
    )
    return status === 0
      ? 'starts'
      : (/invalid argument .*/.exec(stderr)?.[0].replace(/^.*flag: /, '') ?? stderr)
  }
  const ofRelease = [...knownGates].filter(([, gate]) => hasGate(gate, '1.20'))

  it('are all accepted with the value that they are locked to, or with either', () => {
    for (const value of [true, false])
      expect(
        start(ofRelease.map(([name, gate]) => `${name}=${lockedValue(gate, '1.20') ?? value}`).join(',')),
      ).toBe('starts')
  })
  it('end the program with the other value if they are locked', () => {
    const locked = ofRelease.flatMap(([name, gate]): [string, boolean][] => {
      const value = lockedValue(gate, '1.20')
      return value === null ? [] : [[name, value]]
    })
    expect(locked.length).toBeGreaterThan(20)
    expect(locked.filter(([name, value]) => !start(`${name}=${!value}`).includes('is locked to'))).toEqual([])
  })
  it('end the program if they are from later releases', () => {
    const later = [...knownGates].filter(([, { first }]) => first === '1.21').map(([name]) => name)
    expect(later.length).toBeGreaterThan(5)
    expect(later.filter((name) => !start(`${name}=true`).includes('unrecognized feature gate'))).toEqual([])
  })
})
