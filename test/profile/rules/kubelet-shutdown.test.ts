import { describe, expect, it } from 'vitest'
import { mistakes } from '../mistakes.ts'

type Change = [from: string, to: string]
const all = (fields: string): Change => ['kubernetes:\n', `kubeletConfiguration: ${fields}\nkubernetes:\n`]
const workers = (fields: string): Change => [
  'kubernetes:\n',
  `roles: {worker: {kubeletConfiguration: ${fields}}}\nkubernetes:\n`,
]
const cluster = (fields: string): Change => [
  '  version: "1.36.4"\n',
  `  version: "1.36.4"\n  kubeletConfiguration: ${fields}\n`,
]

describe('graceful shutdown of nodes', () => {
  it.each<[string, Change[]]>([
    ['both in one place', [all('{shutdownGracePeriod: 1m30s, shutdownGracePeriodCriticalPods: 90s}')]],
    [
      'both in different places',
      [cluster('{shutdownGracePeriod: 90s}'), workers('{shutdownGracePeriodCriticalPods: 30s}')],
    ],
    ['the whole alone', [all('{shutdownGracePeriod: 30s}')]],
    [
      'by priority, where the other is turned off',
      [
        cluster('{shutdownGracePeriod: 90s}'),
        workers(
          '{shutdownGracePeriod: 0s, shutdownGracePeriodByPodPriority: [{priority: 0, shutdownGracePeriodSeconds: 60}]}',
        ),
      ],
    ],
  ])('may be %s', (_what, changes) => {
    expect(mistakes(...changes)).toBe('')
  })

  it('is reported with a part that is longer than the whole, wherever the two are set', () => {
    expect(mistakes(cluster('{shutdownGracePeriod: 30s}'), workers('{shutdownGracePeriodCriticalPods: 60s}')))
      .toMatchInlineSnapshot(`
        "profile.yaml:43:74: error[arguments/conflict]: shutdownGracePeriodCriticalPods is a part of shutdownGracePeriod, and 60 s are more than 30 s: the kubelet exits [$.roles.worker.kubeletConfiguration.shutdownGracePeriodCriticalPods]
           43 | roles: {worker: {kubeletConfiguration: {shutdownGracePeriodCriticalPods: 60s}}}
              |                                                                          ^^^
          hint: write both, e.g. shutdownGracePeriod: 60s and shutdownGracePeriodCriticalPods: 20s
          source: https://kubernetes.io/docs/concepts/cluster-administration/node-shutdown/#graceful-node-shutdown
        "
      `)
    expect(mistakes(all('{shutdownGracePeriodCriticalPods: 20s}'))).toMatchInlineSnapshot(`
      "profile.yaml:43:57: error[arguments/conflict]: shutdownGracePeriodCriticalPods is a part of shutdownGracePeriod, and 20 s are more than 0 s: the kubelet exits [$.kubeletConfiguration.shutdownGracePeriodCriticalPods]
         43 | kubeletConfiguration: {shutdownGracePeriodCriticalPods: 20s}
            |                                                         ^^^
        hint: write both, e.g. shutdownGracePeriod: 60s and shutdownGracePeriodCriticalPods: 20s
        source: https://kubernetes.io/docs/concepts/cluster-administration/node-shutdown/#graceful-node-shutdown
      "
    `)
    expect(mistakes(cluster('{shutdownGracePeriodCriticalPods: 1m}'), all('{shutdownGracePeriod: 30s}')))
      .toMatchInlineSnapshot(`
        "profile.yaml:43:45: error[arguments/conflict]: shutdownGracePeriodCriticalPods is a part of shutdownGracePeriod, and 60 s are more than 30 s: the kubelet exits [$.kubeletConfiguration.shutdownGracePeriod]
           43 | kubeletConfiguration: {shutdownGracePeriod: 30s}
              |                                             ^^^
          hint: write both, e.g. shutdownGracePeriod: 60s and shutdownGracePeriodCriticalPods: 20s
          source: https://kubernetes.io/docs/concepts/cluster-administration/node-shutdown/#graceful-node-shutdown
        "
      `)
  })

  it('is reported with both ways at once', () => {
    expect(
      mistakes(
        all(
          '{shutdownGracePeriod: 30s, shutdownGracePeriodByPodPriority: [{priority: 0, shutdownGracePeriodSeconds: 60}]}',
        ),
      ),
    ).toMatchInlineSnapshot(`
      "profile.yaml:43:45: error[arguments/conflict]: with shutdownGracePeriodByPodPriority as well as shutdownGracePeriod, the kubelet exits [$.kubeletConfiguration.shutdownGracePeriod]
         43 | …nfiguration: {shutdownGracePeriod: 30s, shutdownGracePeriodByPodPriority: [{priority: 0, shutdownGracePeriod…
            |                                     ^^^
        hint: keep one of the two
        source: https://kubernetes.io/docs/concepts/cluster-administration/node-shutdown/#graceful-node-shutdown
      "
    `)
  })
})
