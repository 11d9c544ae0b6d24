import { describe, expect, it } from 'vitest'
import { knownFields } from '../../../src/distributions/configurations/index.ts'
import { mistakes } from '../mistakes.ts'

const kubelet = (lines: string, version = '1.36.4') =>
  mistakes([
    '  version: "1.36.4"\n',
    `  version: "${version}"\n  kubeletConfiguration:\n${lines.replaceAll(/^/gm, '    ')}\n`,
  ])
const kubeProxy = (lines: string) =>
  mistakes([
    '  version: "1.36.4"\n',
    `  version: "1.36.4"\n  kubeProxyConfiguration:\n${lines.replaceAll(/^/gm, '    ')}\n`,
  ])

/** Codes, names and hints of all messages: the rest is the same for all of them. */
const short = (text: string) =>
  text
    .split('\n')
    .filter((line) => /error\[|warning\[|^ +hint:/.test(line.replace(/^profile\.yaml:\S+ /, '')))

describe('fields of KubeletConfiguration and KubeProxyConfiguration', () => {
  it('are accepted if only the configuration file has them', () => {
    expect(
      kubelet(
        'shutdownGracePeriod: 90s\nshutdownGracePeriodCriticalPods: 60s\nimageMaximumGCAge: 168h\nmemorySwap: { swapBehavior: LimitedSwap }\nlogging: { format: json }',
      ),
    ).toBe('')
    expect(
      kubelet('shutdownGracePeriodByPodPriority: [{ priority: 100000, shutdownGracePeriodSeconds: 10 }]'),
    ).toBe('')
    expect(
      kubeProxy('conntrack:\n  tcpBeLiberal: true\n  maxPerCore: 0\nnodePortAddresses: [10.10.10.0/24]'),
    ).toBe('')
  })

  it('are errors if they are misspelt, of another type or of another release', () => {
    expect(short(kubelet('shutdownGracePeriods: 90s\nmemorySwap: LimitedSwap\nshutdownGracePeriod: 90')))
      .toMatchInlineSnapshot(`
        [
          "profile.yaml:46:5: error[configuration/unknown]: KubeletConfiguration of Kubernetes 1.36 has no field shutdownGracePeriods [$.kubernetes.kubeletConfiguration.shutdownGracePeriods]",
          "  hint: did you mean shutdownGracePeriod?",
          "profile.yaml:47:5: error[configuration/type]: memorySwap of KubeletConfiguration is a mapping [$.kubernetes.kubeletConfiguration.memorySwap]",
          "  hint: write its fields below memorySwap",
          "profile.yaml:48:26: error[configuration/type]: 90 is not a value of shutdownGracePeriod [$.kubernetes.kubeletConfiguration.shutdownGracePeriod]",
          "  hint: write a duration with its unit, e.g. 90s, 5m or 1h30m",
        ]
      `)
    expect(kubelet('memorySwap:\n  swapBehaviour: LimitedSwap')).toMatchInlineSnapshot(`
      "profile.yaml:47:7: error[configuration/unknown]: KubeletConfiguration of Kubernetes 1.36 has no field memorySwap.swapBehaviour [$.kubernetes.kubeletConfiguration.memorySwap.swapBehaviour]
         47 |       swapBehaviour: LimitedSwap
            |       ^^^^^^^^^^^^^
        hint: did you mean swapBehavior?
        source: https://kubernetes.io/docs/reference/config-api/kubelet-config.v1beta1/
      "
    `)
    expect(short(kubelet('imageMaximumGCAge: 168h', '1.28.3'))).toMatchInlineSnapshot(`
      [
        "profile.yaml:44:12: warning[kubernetes/end-of-life]: Kubernetes 1.28 has had no security updates since 2024-10-22 [$.kubernetes.version]",
        "  hint: use "1.37.1"",
        "profile.yaml:46:5: error[configuration/release]: KubeletConfiguration has imageMaximumGCAge from Kubernetes 1.29 on, and this is 1.28 [$.kubernetes.kubeletConfiguration.imageMaximumGCAge]",
        "  hint: remove it",
      ]
    `)
    expect(short(kubeProxy('udpIdleTimeout: 1s'))).toMatchInlineSnapshot(`
      [
        "profile.yaml:46:5: error[configuration/release]: KubeProxyConfiguration has udpIdleTimeout until Kubernetes 1.25, and this is 1.36 [$.kubernetes.kubeProxyConfiguration.udpIdleTimeout]",
        "  hint: remove it",
      ]
    `)
  })

  it('are errors if hakube or another field of the profile sets them', () => {
    expect(
      short(
        kubelet(
          'apiVersion: kubelet.config.k8s.io/v1beta1\ncgroupDriver: cgroupfs\nclusterDNS: [10.96.0.10]\nfeatureGates: { NodeSwap: true }\nauthentication:\n  anonymous:\n    enabled: true\nmaxPods: 200\nstaticPodPath: /etc/x',
        ),
      ),
    ).toMatchInlineSnapshot(`
      [
        "profile.yaml:46:5: error[configuration/by-hakube]: hakube sets apiVersion itself [$.kubernetes.kubeletConfiguration.apiVersion]",
        "  hint: remove it: hakube writes it",
        "profile.yaml:47:5: error[configuration/by-hakube]: hakube sets cgroupDriver itself [$.kubernetes.kubeletConfiguration.cgroupDriver]",
        "  hint: remove it: it is systemd, as in the container runtime",
        "profile.yaml:48:5: error[configuration/by-hakube]: hakube sets clusterDNS itself [$.kubernetes.kubeletConfiguration.clusterDNS]",
        "  hint: remove it: it is the tenth address of kubernetes.serviceNetwork",
        "profile.yaml:49:5: error[configuration/by-hakube]: hakube sets featureGates itself [$.kubernetes.kubeletConfiguration.featureGates]",
        "  hint: write kubernetes.featureGates instead",
        "profile.yaml:52:18: warning[arguments/unprotected]: the kubelet would answer requests without a login [$.kubernetes.kubeletConfiguration.authentication.anonymous.enabled]",
        "  hint: remove it: kubeadm turns them off",
        "profile.yaml:54:5: error[configuration/by-hakube]: hakube sets staticPodPath itself [$.kubernetes.kubeletConfiguration.staticPodPath]",
        "  hint: remove it: the control plane and the load balancer are static pods in /etc/kubernetes/manifests",
      ]
    `)
    expect(short(kubeProxy('mode: ipvs\nipvs: { strictARP: false }'))).toMatchInlineSnapshot(`
      [
        "profile.yaml:46:5: error[configuration/by-hakube]: hakube sets mode itself [$.kubernetes.kubeProxyConfiguration.mode]",
        "  hint: write kubernetes.proxyMode instead",
        "profile.yaml:47:13: error[configuration/by-hakube]: hakube sets ipvs.strictARP itself [$.kubernetes.kubeProxyConfiguration.ipvs.strictARP]",
        "  hint: remove it: virtual addresses of services must answer only where they are",
      ]
    `)
  })

  it('are an error for kube-proxy if there is none', () => {
    expect(
      short(
        mistakes([
          '  version: "1.36.4"\n',
          '  version: "1.36.4"\n  proxyMode: none\n  kubeProxyConfiguration: { nodePortAddresses: [] }\n',
        ]),
      ),
    ).toMatchInlineSnapshot(`
      [
        "profile.yaml:46:3: error[configuration/no-proxy]: there is no kube-proxy that would read this [$.kubernetes.kubeProxyConfiguration]",
        "  hint: remove it, or proxyMode: none",
      ]
    `)
  })

  it('each have one type and a release', () => {
    for (const fields of Object.values(knownFields)) {
      expect(fields.size).toBeGreaterThan(40)
      for (const { first, last } of fields.values())
        expect([first ?? '1.20', last ?? '1.36'].every((minor) => /^1\.(?:2\d|3[0-6])$/.test(minor))).toBe(
          true,
        )
    }
  })
})
