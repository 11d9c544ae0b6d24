import { describe, expect, it } from 'vitest'
import { mistakes } from '../mistakes.ts'

type Change = [from: string, to: string]
const all = (fields: string): Change => ['kubernetes:\n', `kubeletConfiguration: ${fields}\nkubernetes:\n`]
const workers = (settings: string): Change => ['kubernetes:\n', `roles: {worker: ${settings}}\nkubernetes:\n`]
const version = (text: string): Change => ['version: "1.36.4"', `version: "${text}"`]

/** Code, message, place and hint. */
const short = (text: string): string[] =>
  [...text.matchAll(/(error\[.*\]: .* \[\$.*\])\n[^]*?hint: (.*)/g)].map(
    ([, message, hint]) => `${message} → ${hint}`,
  )

describe('KubeletConfiguration for all machines, a role and a machine', () => {
  it('is accepted', () => {
    expect(
      mistakes(
        all('{maxPods: 200, evictionHard: {memory.available: 200Mi}, topologyManagerPolicy: best-effort}'),
        workers(
          '{kubeletConfiguration: {maxPods: 110, shutdownGracePeriod: 90s, shutdownGracePeriodCriticalPods: 30s}}',
        ),
      ),
    ).toBe('')
  })

  it('is checked like that of the cluster', () => {
    expect(
      short(
        mistakes(all('{maxPod: 200, kind: KubeletConfiguration, maxPods: many, clusterDomain: example.com}')),
      ),
    ).toMatchInlineSnapshot(`
      [
        "error[configuration/unknown]: KubeletConfiguration of Kubernetes 1.36 has no field maxPod [$.kubeletConfiguration.maxPod] → did you mean maxPods?",
        "error[configuration/by-hakube]: hakube sets kind itself [$.kubeletConfiguration.kind] → remove it: hakube writes it",
        "error[configuration/type]: "many" is not a value of maxPods [$.kubeletConfiguration.maxPods] → write a whole number, without quotes",
        "error[configuration/by-hakube]: hakube sets clusterDomain itself [$.kubeletConfiguration.clusterDomain] → write kubernetes.domain instead",
      ]
    `)
  })

  it('is checked like arguments', () => {
    expect(
      short(
        mistakes(
          all('{maxPods: 500, cpuManagerPolicy: static, tlsMinVersion: VersionTLS14, readOnlyPort: 70000}'),
          workers(
            '{kubeletConfiguration: {kubeReserved: {cpu: lots}, evictionHard: {memory.available: "1 Gi"}}}',
          ),
        ),
      ),
    ).toMatchInlineSnapshot(`
      [
        "error[arguments/conflict]: with the static CPU manager policy and no reserved CPU, the kubelet exits [$.kubeletConfiguration.cpuManagerPolicy] → also write reserved-cpus, e.g. "0,1", or system-reserved: cpu=1",
        "error[arguments/choice]: "VersionTLS14" is not a value of --tls-min-version: kubelet does not start with it [$.kubeletConfiguration.tlsMinVersion] → did you mean VersionTLS10?",
        "error[arguments/range]: 70000 is out of range for --read-only-port, so kubelet would not work [$.kubeletConfiguration.readOnlyPort] → write a number from 0 to 65535",
        "error[arguments/choice]: "cpu=lots" is not a value of --kube-reserved: kubelet does not start with it [$.roles.worker.kubeletConfiguration.kubeReserved] → write e.g. cpu=500m,memory=1Gi",
        "error[arguments/choice]: "memory.available<1 Gi" is not a value of --eviction-hard: kubelet does not start with it [$.roles.worker.kubeletConfiguration.evictionHard] → write e.g. memory.available<100Mi",
      ]
    `)
  })

  it('overrides wider ones, also in checks of arguments', () => {
    expect(
      mistakes(all('{cpuManagerPolicy: static}'), [
        'kubernetes:\n',
        'roles: {worker: {kubeletConfiguration: {reservedSystemCPUs: "0"}}, control-plane: {kubeletConfiguration: {cpuManagerPolicy: none}}}\nkubernetes:\n',
      ]),
    ).toBe('')
  })

  it('is an error if an argument sets the same field, which wins', () => {
    expect(mistakes(all('{maxPods: 100}'), workers('{kubeletArguments: {max-pods: "200"}}')))
      .toMatchInlineSnapshot(`
      "profile.yaml:43:24: error[configuration/argument]: max-pods under kubeletArguments sets the same, and wins [$.kubeletConfiguration.maxPods]
         43 | kubeletConfiguration: {maxPods: 100}
            |                        ^^^^^^^
        hint: keep one of the two
        profile.yaml:44:37: the argument
        source: https://kubernetes.io/docs/tasks/administer-cluster/kubelet-config-file/
      "
    `)
    expect(
      mistakes(
        ['  version: "1.36.4"\n', '  version: "1.36.4"\n  kubeletConfiguration: {maxPods: 100}\n'],
        workers('{kubeletArguments: {max-pods: "200"}}'),
      ),
    ).toBe('')
  })

  it('is an error if the release cannot configure single kubelets', () => {
    const fields = all(
      '{maxPods: 100, shutdownGracePeriod: 90s, memorySwap: {swapBehavior: LimitedSwap}, volumePluginDir: "/a b"}',
    )
    expect(short(mistakes(fields, version('1.24.17')))).toMatchInlineSnapshot(`
      [
        "error[configuration/one-for-all]: before Kubernetes 1.25 all kubelets of a cluster have the same shutdownGracePeriod, and this is 1.24 [$.kubeletConfiguration.shutdownGracePeriod] → write it under kubernetes.kubeletConfiguration, or use Kubernetes 1.25 or later",
        "error[configuration/one-for-all]: before Kubernetes 1.25 all kubelets of a cluster have the same memorySwap.swapBehavior, and this is 1.24 [$.kubeletConfiguration.memorySwap.swapBehavior] → write it under kubernetes.kubeletConfiguration, or use Kubernetes 1.25 or later",
        "error[arguments/value]: volume-plugin-dir becomes an argument, which cannot hold white space, a quote, a backslash or $ [$.kubeletConfiguration.volumePluginDir] → write a value without them, or use Kubernetes 1.25 or later",
      ]
    `)
    expect(mistakes(fields, version('1.25.16'))).not.toMatch('error')
  })

  it('is a warning on a machine without a kubelet', () => {
    expect(
      mistakes([
        'kubernetes:\n',
        'roles: {load-balancer: {kubeletConfiguration: {maxPods: 9}}}\nkubernetes:\n',
      ]),
    ).toMatchInlineSnapshot(`
      "profile.yaml:43:25: warning[nodes/unused]: kubeletConfiguration has no effect on a machine of the role load-balancer [$.roles.load-balancer.kubeletConfiguration]
         43 | roles: {load-balancer: {kubeletConfiguration: {maxPods: 9}}}
            |                         ^^^^^^^^^^^^^^^^^^^^
        hint: remove it: only control planes and workers are Kubernetes nodes
      "
    `)
  })
})
