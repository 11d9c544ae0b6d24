import { describe, expect, it } from 'vitest'
import { mistakes } from '../mistakes.ts'

const ofComponent = (field: string, name: string, value: string): string =>
  mistakes(['  version: "1.36.4"', `  version: "1.36.4"\n  ${field}: {${name}: ${JSON.stringify(value)}}`])
const ofKubelet = (name: string, value: string): string =>
  mistakes(['users:', `kubeletArguments: {${name}: ${JSON.stringify(value)}}\nusers:`])

const of = (field: string, name: string, value: string): string =>
  field === 'kubelet' ? ofKubelet(name, value) : ofComponent(field, name, value)

const told = (text: string): string[] =>
  [...text.matchAll(/error\[arguments\/choice\]: (.*?) \[\$.*\n(?:.*\n){2} *hint: (.*)/g)].map(
    ([, message, hint]) => `${message}; ${hint}`,
  )

describe('an argument with a list of allowed values', () => {
  it('is rejected with another value, with a complete message', () => {
    expect(ofKubelet('memory-manager-policy', 'static')).toMatchInlineSnapshot(`
      "profile.yaml:45:43: error[arguments/choice]: "static" is not a value of --memory-manager-policy: kubelet does not start with it [$.kubeletArguments.memory-manager-policy]
         45 | kubeletArguments: {memory-manager-policy: "static"}
            |                                           ^^^^^^^^
        hint: did you mean Static?
        source: https://kubernetes.io/docs/reference/command-line-tools-reference/kubelet/
      "
    `)
  })

  it.each([
    ['kubelet', 'cpu-manager-policy', 'statik', 'did you mean static?'],
    ['kubelet', 'topology-manager-policy', 'single', 'did you mean single-numa-node?'],
    ['kubelet', 'topology-manager-scope', 'pods', 'did you mean pod?'],
    ['kubelet', 'hairpin-mode', 'on', 'write one of promiscuous-bridge, hairpin-veth, none'],
    [
      'apiServerArguments',
      'tls-min-version',
      'TLS1.3',
      'write one of VersionTLS10, VersionTLS11, VersionTLS12, VersionTLS13',
    ],
    ['controllerManagerArguments', 'tls-min-version', 'VersionTLS1.2', 'did you mean VersionTLS12?'],
    ['schedulerArguments', 'logging-format', 'JSON', 'did you mean json?'],
    ['apiServerArguments', 'audit-log-mode', 'blocking_strict', 'did you mean blocking-strict?'],
    ['apiServerArguments', 'enable-admission-plugins', 'NodeRestricton', 'did you mean NodeRestriction?'],
    ['apiServerArguments', 'authorization-mode', 'Node,RBAC,Webhok', 'did you mean Webhook?'],
  ])('%s: %s: %s', (field, name, value, hint) => {
    const [wrong] = value.split(',').slice(-1)
    expect(told(of(field, name, value))).toEqual([
      expect.stringMatching(
        new RegExp(`^"${wrong}" is not a value of --${name}: .* does not start with it; `),
      ),
    ])
    expect(told(of(field, name, value))[0]).toMatch(hint)
  })

  it.each([
    ['kubelet', 'topology-manager-policy', 'single-numa-node'],
    ['kubelet', 'logging-format', 'json'],
    ['apiServerArguments', 'tls-min-version', 'VersionTLS13'],
    ['apiServerArguments', 'enable-admission-plugins', 'NodeRestriction,PodNodeSelector'],
    ['apiServerArguments', 'authorization-mode', 'Node,RBAC,Webhook'],
  ])('accepts %s: %s: %s', (field, name, value) => {
    expect(told(of(field, name, value))).toEqual([])
  })
})

describe('lists of the kubelet', () => {
  it.each([
    ['system-reserved', 'cpu:100m', 'cpu=500m,memory=1Gi'],
    ['kube-reserved', 'mem=1Gi', 'cpu=500m,memory=1Gi'],
    ['kube-reserved', 'cpu=100m,memory=1GB', 'cpu=500m,memory=1Gi'],
    ['eviction-hard', 'memory<100Mi', 'memory.available<100Mi'],
    ['eviction-soft', 'nodefs.available=>10%', 'memory.available<200Mi'],
  ])('reject %s=%s', (name, value, example) => {
    expect(told(ofKubelet(name, value))).toEqual([expect.stringContaining(`write e.g. ${example}`)])
  })
  it.each([
    ['system-reserved', 'cpu=0.5,memory=1Gi,ephemeral-storage=2G,pid=1000'],
    ['kube-reserved', 'memory=524288k'],
    ['eviction-hard', 'memory.available<100Mi,nodefs.available<10%,imagefs.inodesFree<5%'],
    ['eviction-soft', 'memory.available<1.5Gi'],
  ])('accept %s=%s', (name, value) => {
    expect(told(ofKubelet(name, value))).toEqual([])
  })
})
