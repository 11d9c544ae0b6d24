import { assert, constantFrom, integer, property } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseProfile } from '../../../src/profile/load.ts'
import { good, mistakes, replace } from '../mistakes.ts'

/** @param nodes how many the profile has; four in the sample */
const text = (lines: string, top = '', workers = 0): string =>
  replace(
    good,
    ['kubernetes:\n', `${top}kubernetes:\n`],
    ['version: "1.36.4"\n', `version: "1.36.4"\n${lines}`],
    [
      'loadBalancing:\n',
      `${Array.from({ length: workers }, (_, index) => `  - {name: more-${index}, role: worker, mac: "52:54:00:00:09:${(index + 16).toString(16)}", address: 10.10.10.${100 + index}}\n`).join('')}loadBalancing:\n`,
    ],
  )

const codesOf = (...of: Parameters<typeof text>): string[] =>
  parseProfile(text(...of), 'profile.yaml')
    .diagnostics.map(({ code, severity }) => `${severity} ${code}`)
    .filter((code) => /network\/po|arguments\/conflict/.test(code))

const check = (lines: string, top = ''): string =>
  mistakes(['kubernetes:\n', `${top}kubernetes:\n`], ['version: "1.36.4"\n', `version: "1.36.4"\n${lines}`])

describe('the pod network', () => {
  it('follows the mask of the nodes: a /22 with a mask of /26 has room for seven nodes, with 62 pods each', () => {
    const lines = '  podNetwork: 10.244.0.0/22\n  controllerManagerArguments: {node-cidr-mask-size: "26"}\n'
    expect(codesOf(lines, 'kubeletArguments: {max-pods: 62}\n', 3)).toEqual([])
    expect(check(lines)).toMatchInlineSnapshot(`
      "profile.yaml:46:53: warning[network/pods-per-node]: a node may start 110 pods, the kubelet's default, but its /26 of the pod network has only 62 addresses [$.kubernetes.controllerManagerArguments.node-cidr-mask-size]
         46 |   controllerManagerArguments: {node-cidr-mask-size: "26"}
            |                                                     ^^^^
        hint: write kubeletArguments: {max-pods: "62"}, or a smaller node-cidr-mask-size: pods without an address do not start
        source: https://kubernetes.io/docs/reference/command-line-tools-reference/kube-controller-manager/
      "
    `)
  })

  it('causes a warning for more pods on a node than addresses', () => {
    expect(check('', 'kubeletArguments: {max-pods: "500"}\n')).toMatchInlineSnapshot(`
      "profile.yaml:43:30: warning[network/pods-per-node]: a node may start 500 pods, but its /24 of the pod network has only 254 addresses [$.kubeletArguments.max-pods]
         43 | kubeletArguments: {max-pods: "500"}
            |                              ^^^^^
        hint: write at most 254, or node-cidr-mask-size: "23" in kubernetes.controllerManagerArguments: pods without an address do not start
        source: https://kubernetes.io/docs/reference/command-line-tools-reference/kube-controller-manager/
      "
    `)
    expect(codesOf('', 'kubeletArguments: {max-pods: "254"}\n')).toEqual([])
    expect(codesOf('', 'roles: {worker: {kubeletArguments: {max-pods: 255}}}\n')).toEqual([
      'warning network/pods-per-node',
    ])
  })

  it('has no parts for nodes if Kubernetes allocates none', () => {
    const lines = '  podNetwork: 10.244.0.0/23\n  controllerManagerArguments: {allocate-node-cidrs: false}\n'
    expect(codesOf(lines)).toEqual([])
    expect(codesOf(lines, 'kubeletArguments: {max-pods: "500"}\n')).toEqual([])
    expect(check(lines, 'networkPlugin: {name: flannel}\n')).toMatchInlineSnapshot(`
      "profile.yaml:43:23: warning[network-plugin/no-manifest]: nothing installs flannel [$.networkPlugin.name]
         43 | networkPlugin: {name: flannel}
            |                       ^^^^^^^
        hint: set manifest with path and sha256 of its manifest, or apply it yourself when the cluster runs

      profile.yaml:47:53: error[arguments/conflict]: flannel needs Kubernetes to assign each node's part of the pod network [$.kubernetes.controllerManagerArguments.allocate-node-cidrs]
         47 |   controllerManagerArguments: {allocate-node-cidrs: false}
            |                                                     ^^^^^
        hint: remove allocate-node-cidrs
        source: https://github.com/flannel-io/flannel/blob/master/Documentation/kubernetes.md
      "
    `)
  })

  it('is divided by Calico itself, into blocks of /26', () => {
    const calico = 'kubeletArguments: {max-pods: "500"}\nnetworkPlugin: {name: calico}\n'
    const alone = '  controllerManagerArguments: {allocate-node-cidrs: "false"}\n'
    expect(codesOf('  podNetwork: 10.244.0.0/24\n', calico)).toEqual([])
    expect(codesOf(`  podNetwork: 10.244.0.0/24\n${alone}`, calico)).toEqual([])
    expect(
      check('  podNetwork: 10.244.0.0/24\n  controllerManagerArguments: {node-cidr-mask-size: 23}\n', calico),
    ).toMatchInlineSnapshot(`
      "profile.yaml:44:23: warning[network-plugin/no-manifest]: nothing installs calico [$.networkPlugin.name]
         44 | networkPlugin: {name: calico}
            |                       ^^^^^^
        hint: set manifest with path and sha256 of its manifest, or apply it yourself when the cluster runs

      profile.yaml:47:15: error[network/pod-network-size]: the controller manager exits: the pod network 10.244.0.0/24 has no room for a node's /23 [$.kubernetes.podNetwork]
         47 |   podNetwork: 10.244.0.0/24
            |               ^^^^^^^^^^^^^
        hint: write kubernetes.controllerManagerArguments: {allocate-node-cidrs: "false"}, which Calico does not need
        source: https://kubernetes.io/docs/reference/command-line-tools-reference/kube-controller-manager/
      "
    `)
    expect(check(`  podNetwork: 10.244.0.0/25\n${alone}`, calico)).toMatchInlineSnapshot(`
      "profile.yaml:44:23: warning[network-plugin/no-manifest]: nothing installs calico [$.networkPlugin.name]
         44 | networkPlugin: {name: calico}
            |                       ^^^^^^
        hint: set manifest with path and sha256 of its manifest, or apply it yourself when the cluster runs

      profile.yaml:47:15: error[network/pod-network-size]: the pod network 10.244.0.0/25 has 2 blocks for Calico, but there are 4 nodes [$.kubernetes.podNetwork]
         47 |   podNetwork: 10.244.0.0/25
            |               ^^^^^^^^^^^^^
        hint: each node receives at least a /26: use /24 or a shorter prefix for kubernetes.podNetwork
        source: https://docs.tigera.io/calico/latest/reference/resources/ippool
      "
    `)
  })

  it('has one mask', () => {
    expect(check('  controllerManagerArguments: {node-cidr-mask-size: 24, node-cidr-mask-size-ipv4: 25}\n'))
      .toMatchInlineSnapshot(`
        "profile.yaml:45:83: error[arguments/conflict]: the controller manager exits if both node-cidr-mask-size and node-cidr-mask-size-ipv4 are set [$.kubernetes.controllerManagerArguments.node-cidr-mask-size-ipv4]
           45 |   controllerManagerArguments: {node-cidr-mask-size: 24, node-cidr-mask-size-ipv4: 25}
              |                                                                                   ^^
          hint: keep node-cidr-mask-size
          source: https://kubernetes.io/docs/reference/command-line-tools-reference/kube-controller-manager/
        "
      `)
  })

  it('has room for the nodes exactly if there are enough parts, of any size', () => {
    assert(
      property(
        integer({ min: 8, max: 28 }),
        integer({ min: 16, max: 28 }),
        integer({ min: 0, max: 20 }),
        constantFrom('node-cidr-mask-size', 'node-cidr-mask-size-ipv4'),
        (prefix, mask, workers, name) => {
          const pods = 2 ** (32 - mask) - 2
          const found = codesOf(
            `  podNetwork: 10.0.0.0/${prefix}\n  serviceNetwork: 172.20.0.0/16\n  controllerManagerArguments: {${name}: ${mask}}\n`.replace(
              '10.0.0.0',
              '10.128.0.0',
            ),
            `kubeletArguments: {max-pods: ${pods}}\n`,
            workers,
          )
          const fits = mask - prefix <= 16 && (prefix > mask ? 0 : 2 ** (mask - prefix)) >= 4 + workers
          expect(found).toEqual(fits ? [] : ['error network/pod-network-size'])
        },
      ),
      { numRuns: 150 },
    )
  })
})
