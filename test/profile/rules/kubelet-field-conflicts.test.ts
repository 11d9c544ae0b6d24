import { describe, expect, it } from 'vitest'
import { mistakes } from '../mistakes.ts'

const check = (fields: string, ofWorkers = ''): string =>
  mistakes([
    'kubernetes:\n',
    `${ofWorkers && `roles: {worker: {kubeletConfiguration: {${ofWorkers}}}}\n`}kubernetes:\n  kubeletConfiguration: {${fields}}\n`,
  ])

const conflicts = (text: string): string[] => text.match(/(?<=\[arguments\/conflict\]: ).*(?= \[\$)/g) ?? []

describe('fields of the kubelet with which it exits', () => {
  it('are reported: a part that is longer than the whole', () => {
    expect(check('shutdownGracePeriod: 10s, shutdownGracePeriodCriticalPods: 20s')).toMatchInlineSnapshot(`
      "profile.yaml:44:47: error[arguments/conflict]: shutdownGracePeriodCriticalPods is a part of shutdownGracePeriod, and 20 s are more than 10 s: the kubelet exits [$.kubernetes.kubeletConfiguration.shutdownGracePeriod]
         44 |   kubeletConfiguration: {shutdownGracePeriod: 10s, shutdownGracePeriodCriticalPods: 20s}
            |                                               ^^^
        hint: write both, e.g. shutdownGracePeriod: 60s and shutdownGracePeriodCriticalPods: 20s
        source: https://kubernetes.io/docs/concepts/cluster-administration/node-shutdown/#graceful-node-shutdown
      "
    `)
  })
  it.each([
    ['shutdownGracePeriodCriticalPods: 20s', '20 s are more than 0 s'],
    [
      'shutdownGracePeriod: 500ms, shutdownGracePeriodCriticalPods: 100ms',
      'a grace period of less than a second',
    ],
    ['serializeImagePulls: true, maxParallelImagePulls: 5', 'pulls one image at a time'],
    ['maxParallelImagePulls: 0', 'exits when told to pull 0 images'],
    ['nodeLeaseDurationSeconds: 400', 'would renew its lease every 100 s'],
    ['nodeLeaseDurationSeconds: 0', 'its lease has no duration'],
  ])('{%s}', (fields, message) => {
    const found = conflicts(check(fields))
    expect(found).toHaveLength(1)
    expect(found[0]).toContain(message)
  })
  it.each([
    'shutdownGracePeriod: 60s, shutdownGracePeriodCriticalPods: 20s',
    'shutdownGracePeriod: 0s',
    'shutdownGracePeriod: 60s',
    'maxParallelImagePulls: 5',
    'serializeImagePulls: false, maxParallelImagePulls: 5',
    'serializeImagePulls: true, maxParallelImagePulls: 1',
    'nodeLeaseDurationSeconds: 60',
  ])('{%s} is right', (fields) => {
    expect(conflicts(check(fields))).toEqual([])
  })
  it('are judged together from the cluster and a role', () => {
    const text = check(
      'shutdownGracePeriod: 60s, shutdownGracePeriodCriticalPods: 20s',
      'shutdownGracePeriod: 10s',
    )
    expect(text).toContain('[$.roles.worker.kubeletConfiguration.shutdownGracePeriod]')
    expect(conflicts(text)).toHaveLength(1)
  })
})
