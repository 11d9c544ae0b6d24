import { describe, expect, it } from 'vitest'
import { mistakes, mistakesWith } from '../mistakes.ts'

const kubernetes = (lines: string, version = '1.36.4'): string =>
  mistakes(['version: "1.36.4"\n', `version: "${version}"\n${lines}`])

describe('arguments of the components', () => {
  it('good ones', () => {
    expect(
      kubernetes(
        '  apiServerArguments: {event-ttl: 2h, v: "2"}\n  schedulerArguments: {}\n  featureGates: {UserNamespacesSupport: true}\n',
      ) + mistakesWith('kubeletArguments: {max-pods: "250"}\n'),
    ).toBe('')
  })
  it('dashes, camel case, values in the name', () => {
    expect(
      kubernetes(
        '  apiServerArguments: {--event-ttl: 2h, eventTtl: 2h, "event-ttl=2h": "", "!": x}\n  featureGates: {nodeSwap: true}\n',
      ),
    ).toMatchInlineSnapshot(`
      "profile.yaml:45:24: error[arguments/name]: "--event-ttl" is not the name of an argument [$.kubernetes.apiServerArguments["--event-ttl"]]
         45 |   apiServerArguments: {--event-ttl: 2h, eventTtl: 2h, "event-ttl=2h": "", "!": x}
            |                        ^^^^^^^^^^^
        hint: write event-ttl: without dashes before it, the value behind the colon

      profile.yaml:45:41: error[arguments/name]: "eventTtl" is not the name of an argument [$.kubernetes.apiServerArguments.eventTtl]
         45 |   apiServerArguments: {--event-ttl: 2h, eventTtl: 2h, "event-ttl=2h": "", "!": x}
            |                                         ^^^^^^^^
        hint: write event-ttl: without dashes before it, the value behind the colon

      profile.yaml:45:55: error[arguments/name]: "event-ttl=2h" is not the name of an argument [$.kubernetes.apiServerArguments["event-ttl=2h"]]
         45 |   apiServerArguments: {--event-ttl: 2h, eventTtl: 2h, "event-ttl=2h": "", "!": x}
            |                                                       ^^^^^^^^^^^^^^
        hint: write event-ttl: without dashes before it, the value behind the colon

      profile.yaml:45:75: error[arguments/name]: "!" is not the name of an argument [$.kubernetes.apiServerArguments["!"]]
         45 |   apiServerArguments: {--event-ttl: 2h, eventTtl: 2h, "event-ttl=2h": "", "!": x}
            |                                                                           ^^^
        hint: write the name as --help prints it, without the dashes before it

      profile.yaml:46:18: error[kubernetes/feature-gate]: "nodeSwap" is not the name of a feature gate [$.kubernetes.featureGates.nodeSwap]
         46 |   featureGates: {nodeSwap: true}
            |                  ^^^^^^^^
        hint: write a name as Kubernetes has it, e.g. NodeSwap: true
        source: https://kubernetes.io/docs/reference/command-line-tools-reference/feature-gates/
      "
    `)
  })
  it('what hakube sets itself', () => {
    expect(
      kubernetes(
        '  apiServerArguments: {feature-gates: A=true}\n  controllerManagerArguments: {cluster-cidr: 10.0.0.0/8}\n  schedulerArguments: {feature-gates: A=true}\n',
      ) + mistakesWith('roles:\n  worker:\n    kubeletArguments: {node-ip: 10.0.0.1}\n'),
    ).toMatchInlineSnapshot(`
      "profile.yaml:45:24: error[arguments/by-hakube]: hakube sets --feature-gates of kube-apiserver itself [$.kubernetes.apiServerArguments.feature-gates]
         45 |   apiServerArguments: {feature-gates: A=true}
            |                        ^^^^^^^^^^^^^
        hint: write kubernetes.featureGates in its place

      profile.yaml:46:32: error[arguments/by-hakube]: hakube sets --cluster-cidr of kube-controller-manager itself [$.kubernetes.controllerManagerArguments.cluster-cidr]
         46 |   controllerManagerArguments: {cluster-cidr: 10.0.0.0/8}
            |                                ^^^^^^^^^^^^
        hint: write kubernetes.podNetwork in its place

      profile.yaml:47:24: error[arguments/by-hakube]: hakube sets --feature-gates of kube-scheduler itself [$.kubernetes.schedulerArguments.feature-gates]
         47 |   schedulerArguments: {feature-gates: A=true}
            |                        ^^^^^^^^^^^^^
        hint: write kubernetes.featureGates in its place
      profile.yaml:51:24: error[arguments/by-hakube]: hakube sets --node-ip of kubelet itself [$.roles.worker.kubeletArguments.node-ip]
         51 |     kubeletArguments: {node-ip: 10.0.0.1}
            |                        ^^^^^^^
        hint: remove it: it is the address of the machine
      "
    `)
  })
  it('values that could not be read again', () => {
    expect(
      kubernetes('  apiServerArguments: {event-ttl: "2h\\n", audit-log-format: "a b"}\n') +
        mistakesWith('kubeletArguments: {system-reserved: "cpu=1, memory=1Gi"}\n'),
    ).toMatchInlineSnapshot(`
      "profile.yaml:45:35: error[arguments/value]: the value of event-ttl has a control character or a line break [$.kubernetes.apiServerArguments.event-ttl]
         45 |   apiServerArguments: {event-ttl: "2h\\n", audit-log-format: "a b"}
            |                                   ^^^^^^
        hint: write one line
      profile.yaml:49:37: error[arguments/value]: the value of system-reserved has white space, a quote, a backslash or $ [$.kubeletArguments.system-reserved]
         49 | kubeletArguments: {system-reserved: "cpu=1, memory=1Gi"}
            |                                     ^^^^^^^^^^^^^^^^^^^
        hint: arguments of the kubelet stand in one line that is parted at white space: write a value without them
        source: systemd.service(5)
      "
    `)
  })
  it('arguments and gates that are gone, and not before they went', () => {
    const lines =
      '  featureGates: {TTLAfterFinished: true}\n' +
      '  apiServerArguments: {enable-admission-plugins: "NodeRestriction,PodSecurityPolicy"}\n' +
      '  controllerManagerArguments: {pod-eviction-timeout: 30s}\n'
    expect(kubernetes(lines).match(/(?:error|warning)\[.*/g)).toMatchInlineSnapshot(`
      [
        "error[old-advice/gone-gate]: TTLAfterFinished is no feature gate any more: no component starts with it [$.kubernetes.featureGates.TTLAfterFinished]",
        "error[old-advice/pod-security-policy]: PodSecurityPolicy is gone since Kubernetes 1.25: no API server takes it [$.kubernetes.apiServerArguments.enable-admission-plugins]",
        "error[old-advice/pod-eviction-timeout]: the controller manager does not start with --pod-eviction-timeout since Kubernetes 1.27 [$.kubernetes.controllerManagerArguments.pod-eviction-timeout]",
      ]
    `)
    expect(kubernetes(lines, '1.24.17')).not.toContain('error[')
  })
  it('old ones', () => {
    expect(
      kubernetes('  featureGates: {SupportIPVSProxyMode: true}\n') +
        mistakesWith(
          'kubeletArguments: {network-plugin: cni, cgroup-driver: systemd}\ntaints: ["node-role.kubernetes.io/master:NoSchedule"]\n',
        ),
    ).toMatchInlineSnapshot(`
      "profile.yaml:45:18: error[old-advice/ipvs-gate]: kube-proxy does not start with the feature gate SupportIPVSProxyMode since Kubernetes 1.20 [$.kubernetes.featureGates.SupportIPVSProxyMode]
         45 |   featureGates: {SupportIPVSProxyMode: true}
            |                  ^^^^^^^^^^^^^^^^^^^^
        hint: remove it, and write kubernetes.proxyMode if the default is not right
        source: https://github.com/kubernetes/kubernetes/pull/94514
      profile.yaml:49:20: error[old-advice/kubelet-network-flags]: the kubelet does not start with --network-plugin since Kubernetes 1.24 [$.kubeletArguments.network-plugin]
         49 | kubeletArguments: {network-plugin: cni, cgroup-driver: systemd}
            |                    ^^^^^^^^^^^^^^
        hint: remove it: the container runtime finds network plug-ins by itself
        source: https://github.com/kubernetes/kubernetes/pull/106907

      profile.yaml:49:41: warning[old-advice/kubelet-cgroup-driver]: --cgroup-driver is deprecated, and overrides what hakube sets [$.kubeletArguments.cgroup-driver]
         49 | kubeletArguments: {network-plugin: cni, cgroup-driver: systemd}
            |                                         ^^^^^^^^^^^^^
        hint: remove it: hakube writes cgroupDriver: systemd into KubeletConfiguration
        source: https://kubernetes.io/docs/reference/command-line-tools-reference/kubelet/

      profile.yaml:50:10: warning[old-advice/role-master]: node-role.kubernetes.io/master is neither label nor taint of any node since Kubernetes 1.25 [$.taints[0]]
         50 | taints: ["node-role.kubernetes.io/master:NoSchedule"]
            |          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        hint: write node-role.kubernetes.io/control-plane
        source: https://github.com/kubernetes/kubernetes/pull/114759
      "
    `)
  })
})
