import { describe, expect, it } from 'vitest'
import { mistakes, mistakesWith } from '../mistakes.ts'

const kubernetes = (lines: string, version = '1.36.4'): string =>
  mistakes(['version: "1.36.4"\n', `version: "${version}"\n${lines}`])

describe('arguments of the components', () => {
  it('are accepted if the release has them', () => {
    expect(
      kubernetes(
        '  apiServerArguments: {event-ttl: 2h, v: "2"}\n  schedulerArguments: {}\n  featureGates: {UserNamespacesSupport: true}\n',
      ) + mistakesWith('kubeletArguments: {max-pods: "250"}\n'),
    ).toBe('')
  })
  it('are reported with dashes, camel case or values in the name', () => {
    expect(
      kubernetes(
        '  apiServerArguments: {--event-ttl: 2h, eventTtl: 2h, "event-ttl=2h": "", "!": x}\n  featureGates: {nodeSwap: true}\n',
      ),
    ).toMatchInlineSnapshot(`
      "profile.yaml:45:24: error[arguments/name]: "--event-ttl" is not an argument name [$.kubernetes.apiServerArguments["--event-ttl"]]
         45 |   apiServerArguments: {--event-ttl: 2h, eventTtl: 2h, "event-ttl=2h": "", "!": x}
            |                        ^^^^^^^^^^^
        hint: write event-ttl: without leading dashes, and the value after the colon

      profile.yaml:45:41: error[arguments/name]: "eventTtl" is not an argument name [$.kubernetes.apiServerArguments.eventTtl]
         45 |   apiServerArguments: {--event-ttl: 2h, eventTtl: 2h, "event-ttl=2h": "", "!": x}
            |                                         ^^^^^^^^
        hint: write event-ttl: without leading dashes, and the value after the colon

      profile.yaml:45:55: error[arguments/name]: "event-ttl=2h" is not an argument name [$.kubernetes.apiServerArguments["event-ttl=2h"]]
         45 |   apiServerArguments: {--event-ttl: 2h, eventTtl: 2h, "event-ttl=2h": "", "!": x}
            |                                                       ^^^^^^^^^^^^^^
        hint: write event-ttl: without leading dashes, and the value after the colon

      profile.yaml:45:75: error[arguments/name]: "!" is not an argument name [$.kubernetes.apiServerArguments["!"]]
         45 |   apiServerArguments: {--event-ttl: 2h, eventTtl: 2h, "event-ttl=2h": "", "!": x}
            |                                                                           ^^^
        hint: write the name as --help prints it, without leading dashes

      profile.yaml:46:18: error[kubernetes/feature-gate]: "nodeSwap" is not a feature gate name [$.kubernetes.featureGates.nodeSwap]
         46 |   featureGates: {nodeSwap: true}
            |                  ^^^^^^^^
        hint: did you mean NodeSwap?
        source: https://kubernetes.io/docs/reference/command-line-tools-reference/feature-gates/
      "
    `)
  })
  it('are reported if hakube sets them itself', () => {
    expect(
      kubernetes(
        '  apiServerArguments: {feature-gates: A=true}\n  controllerManagerArguments: {cluster-cidr: 10.0.0.0/8}\n  schedulerArguments: {feature-gates: A=true}\n',
      ) + mistakesWith('roles:\n  worker:\n    kubeletArguments: {node-ip: 10.0.0.1}\n'),
    ).toMatchInlineSnapshot(`
      "profile.yaml:45:24: error[arguments/by-hakube]: hakube sets --feature-gates of kube-apiserver itself [$.kubernetes.apiServerArguments.feature-gates]
         45 |   apiServerArguments: {feature-gates: A=true}
            |                        ^^^^^^^^^^^^^
        hint: write kubernetes.featureGates instead

      profile.yaml:46:32: error[arguments/by-hakube]: hakube sets --cluster-cidr of kube-controller-manager itself [$.kubernetes.controllerManagerArguments.cluster-cidr]
         46 |   controllerManagerArguments: {cluster-cidr: 10.0.0.0/8}
            |                                ^^^^^^^^^^^^
        hint: write kubernetes.podNetwork instead

      profile.yaml:47:24: error[arguments/by-hakube]: hakube sets --feature-gates of kube-scheduler itself [$.kubernetes.schedulerArguments.feature-gates]
         47 |   schedulerArguments: {feature-gates: A=true}
            |                        ^^^^^^^^^^^^^
        hint: write kubernetes.featureGates instead
      profile.yaml:51:24: error[arguments/by-hakube]: hakube sets --node-ip of kubelet itself [$.roles.worker.kubeletArguments.node-ip]
         51 |     kubeletArguments: {node-ip: 10.0.0.1}
            |                        ^^^^^^^
        hint: remove it: it is the address of the machine
      "
    `)
  })
  it('are reported with values that cannot be written to a configuration', () => {
    expect(
      kubernetes('  apiServerArguments: {event-ttl: "2h\\n", audit-log-format: "a b"}\n') +
        mistakesWith('kubeletArguments: {system-reserved: "cpu=1, memory=1Gi"}\n'),
    ).toMatchInlineSnapshot(`
      "profile.yaml:45:35: error[arguments/value]: the value of event-ttl contains a control character or a line break [$.kubernetes.apiServerArguments.event-ttl]
         45 |   apiServerArguments: {event-ttl: "2h\\n", audit-log-format: "a b"}
            |                                   ^^^^^^
        hint: write one line

      profile.yaml:45:61: error[arguments/choice]: "a b" is not a value of --audit-log-format: kube-apiserver does not start with it [$.kubernetes.apiServerArguments.audit-log-format]
         45 |   apiServerArguments: {event-ttl: "2h\\n", audit-log-format: "a b"}
            |                                                             ^^^^^
        hint: write one of legacy, json
        source: https://kubernetes.io/docs/reference/command-line-tools-reference/kube-apiserver/
      profile.yaml:49:37: error[arguments/value]: the value of system-reserved contains white space, a quote, a backslash or $ [$.kubeletArguments.system-reserved]
         49 | kubeletArguments: {system-reserved: "cpu=1, memory=1Gi"}
            |                                     ^^^^^^^^^^^^^^^^^^^
        hint: write a value without them: kubelet arguments share one line that is split at white space
        source: systemd.service(5)
      "
    `)
  })
  it('are reported if they were removed, and accepted in earlier releases', () => {
    const lines =
      '  featureGates: {TTLAfterFinished: true}\n' +
      '  apiServerArguments: {enable-admission-plugins: "NodeRestriction,PodSecurityPolicy"}\n' +
      '  controllerManagerArguments: {pod-eviction-timeout: 30s}\n'
    expect(kubernetes(lines).match(/(?:error|warning)\[.*/g)).toMatchInlineSnapshot(`
      [
        "error[feature-gates/release]: Kubernetes 1.24 was the last with the feature gate TTLAfterFinished, and this is 1.36: components do not start with it [$.kubernetes.featureGates.TTLAfterFinished]",
        "error[old-advice/pod-security-policy]: PodSecurityPolicy was removed in Kubernetes 1.25: API servers reject it [$.kubernetes.apiServerArguments.enable-admission-plugins]",
        "error[old-advice/pod-eviction-timeout]: since Kubernetes 1.27, the controller manager does not start with --pod-eviction-timeout [$.kubernetes.controllerManagerArguments.pod-eviction-timeout]",
      ]
    `)
    expect(kubernetes(lines, '1.24.17')).not.toContain('error[')
  })
  it('are reported if they are deprecated', () => {
    expect(
      kubernetes('  featureGates: {SupportIPVSProxyMode: true}\n') +
        mistakesWith(
          'kubeletArguments: {network-plugin: cni, cgroup-driver: systemd}\ntaints: ["node-role.kubernetes.io/master:NoSchedule"]\n',
        ),
    ).toMatchInlineSnapshot(`
      "profile.yaml:45:18: error[old-advice/ipvs-gate]: since Kubernetes 1.20, kube-proxy does not start with the feature gate SupportIPVSProxyMode [$.kubernetes.featureGates.SupportIPVSProxyMode]
         45 |   featureGates: {SupportIPVSProxyMode: true}
            |                  ^^^^^^^^^^^^^^^^^^^^
        hint: remove it, and write kubernetes.proxyMode if the default is not right
        source: https://github.com/kubernetes/kubernetes/pull/94514
      profile.yaml:49:20: error[old-advice/kubelet-network-flags]: since Kubernetes 1.24, the kubelet does not start with --network-plugin [$.kubeletArguments.network-plugin]
         49 | kubeletArguments: {network-plugin: cni, cgroup-driver: systemd}
            |                    ^^^^^^^^^^^^^^
        hint: remove it: the container runtime finds network plugins itself
        source: https://github.com/kubernetes/kubernetes/pull/106907

      profile.yaml:49:41: warning[old-advice/kubelet-cgroup-driver]: --cgroup-driver is deprecated, and overrides what hakube sets [$.kubeletArguments.cgroup-driver]
         49 | kubeletArguments: {network-plugin: cni, cgroup-driver: systemd}
            |                                         ^^^^^^^^^^^^^
        hint: remove it: hakube sets cgroupDriver: systemd in KubeletConfiguration
        source: https://kubernetes.io/docs/reference/command-line-tools-reference/kubelet/

      profile.yaml:50:10: warning[old-advice/role-master]: since Kubernetes 1.25, no node has the label or taint node-role.kubernetes.io/master [$.taints[0]]
         50 | taints: ["node-role.kubernetes.io/master:NoSchedule"]
            |          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        hint: write node-role.kubernetes.io/control-plane
        source: https://github.com/kubernetes/kubernetes/pull/114759
      "
    `)
  })
})
