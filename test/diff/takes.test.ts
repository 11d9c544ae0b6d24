import { describe, expect, it } from 'vitest'
import { labelsText, kubeletConfigMap, phaseText, taintsText } from '../../src/diff/kubeadm-by-hand.ts'
import { asOne, files, manual, nothing, reboot, reinstall, together } from '../../src/diff/takes.ts'

const withSteps = { ...files('step'), steps: ['b', 'a'] }

describe('several requirements together', () => {
  it('have the highest level, and units and steps only with files', () => {
    expect(together([])).toEqual({ level: 'nothing', units: [] })
    expect(together([nothing('why')])).toEqual({ level: 'nothing', units: [] })
    expect(
      together([files('one', ['b.service']), nothing('two'), files('three', ['a.service', 'b.service'])]),
    ).toEqual({
      level: 'files',
      units: ['a.service', 'b.service'],
    })
    expect(together([withSteps, { ...withSteps, steps: ['c', 'a'] }])).toEqual({
      level: 'files',
      units: [],
      steps: ['a', 'b', 'c'],
    })
    expect(together([files('one', ['b.service']), reboot('two'), withSteps])).toEqual({
      level: 'reboot',
      units: [],
    })
    expect(together([reinstall('one'), reboot('two')])).toEqual({ level: 'reinstall', units: [] })
  })
})

describe('several requirements of one file', () => {
  it('have the units, steps and reasons of the decisive ones', () => {
    expect(asOne([files('one', ['b.service']), nothing('two'), files('one', ['a.service'])])).toEqual({
      level: 'files',
      units: ['a.service', 'b.service'],
      reason: 'one',
    })
    expect(asOne([reboot('one'), files('two', ['a.service']), reboot('three')])).toEqual({
      level: 'reboot',
      units: [],
      reason: 'one; three',
    })
    expect(asOne([withSteps])).toEqual({ level: 'files', units: [], steps: ['a', 'b'], reason: 'step' })
  })

  it('show only manual steps if there are any', () => {
    expect(asOne([files('by itself'), manual('by hand', ['a.service']), manual('and this')])).toEqual({
      level: 'files',
      units: ['a.service'],
      reason: 'by hand; and this',
      byHand: true,
    })
    expect(asOne([manual('by hand'), reinstall('all')])).toEqual({
      level: 'reinstall',
      units: [],
      reason: 'all',
    })
  })
})

describe('commands for what kubeadm does only once', () => {
  it.each([
    ['', '', ''],
    ['a=1,b=2', 'b=2,a=1', ''],
    ['', 'a=1', 'kubectl label node NODE --overwrite a=1'],
    ['a=1,b=2', 'a=3', 'kubectl label node NODE --overwrite a=3 b-'],
    ['a=', 'a=1', 'kubectl label node NODE --overwrite a=1'],
  ])('set labels %j to %j: %s', (before, after, text) => {
    expect(labelsText(before, after)).toBe(text)
  })

  const own = { key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' }
  const gpu = { key: 'gpu', value: 'true', effect: 'NoSchedule' }
  it.each<[what: string, before: unknown, after: unknown, text: string]>([
    ['nothing on both sides', undefined, undefined, ''],
    ["kubeadm's own and none", undefined, [], `${own.key}:NoSchedule-`],
    ["none and kubeadm's own", [], undefined, `${own.key}:NoSchedule`],
    ["kubeadm's own, with and without a list", undefined, [own], ''],
    ['one more', undefined, [own, gpu], 'gpu=true:NoSchedule'],
    [
      'one without a value',
      [],
      [{ key: 'slow', effect: 'NoExecute' }],
      `${own.key}:NoSchedule slow:NoExecute`,
    ],
    ['another value', [gpu], [{ ...gpu, value: 'no' }], 'gpu=no:NoSchedule'],
    ['another effect', [gpu], [{ ...gpu, effect: 'NoExecute' }], 'gpu=true:NoExecute gpu:NoSchedule-'],
    [
      'a taint of the same key that is not kubeadm’s',
      undefined,
      [{ ...own, effect: 'NoExecute' }],
      `${own.key}:NoExecute`,
    ],
    ['what is not a taint', undefined, [null, 'x', own, { key: 'a' }, { effect: 'b' }], ''],
  ])('set taints: %s', (_, before, after, text) => {
    expect(taintsText(before, after, [own])).toBe(text && `kubectl taint node NODE --overwrite ${text}`)
  })

  it('support the older name of the taint of control planes', () => {
    const master = { key: 'node-role.kubernetes.io/master', effect: 'NoSchedule' }
    expect(taintsText(undefined, [master, gpu], [master])).toBe(
      'kubectl taint node NODE --overwrite gpu=true:NoSchedule',
    )
  })

  it.each([
    [['ClusterConfiguration.apiServer.extraArgs.v'], 'set apiServer in', 'control-plane apiserver;'],
    [
      ['ClusterConfiguration.controllerManager.extraArgs.v'],
      'set controllerManager in',
      'control-plane controller-manager;',
    ],
    [['ClusterConfiguration.scheduler.extraVolumes'], 'set scheduler in', 'control-plane scheduler;'],
    [
      ['ClusterConfiguration.scheduler.extraArgs.v', 'ClusterConfiguration.apiServer.extraArgs.v'],
      'set apiServer, scheduler in',
      'control-plane all;',
    ],
  ])('name the phase for %j', (paths, fields, phase) => {
    const text = phaseText(paths)
    expect(text).toContain(fields)
    expect(text).toContain(phase)
  })

  it.each([
    ['1.23', 'kubelet-config-1.23'],
    ['1.24', 'kubelet-config'],
    ['1.9', 'kubelet-config-1.9'],
  ])('name the ConfigMap of the kubelet of %s', (minor, name) => {
    expect(kubeletConfigMap(minor)).toBe(name)
  })
})
