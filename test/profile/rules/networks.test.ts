import { describe, expect, it } from 'vitest'
import { mistakes } from '../mistakes.ts'

describe('networks', () => {
  it('reports a malformed subnet', () => {
    expect(mistakes(['subnet: 10.10.10.0/24', 'subnet: 10.10.10.0'])).toMatchInlineSnapshot(`
      "profile.yaml:8:11: error[network/malformed]: the machine network "10.10.10.0" is not a network [$.network.subnet]
          8 |   subnet: 10.10.10.0
            |           ^^^^^^^^^^
        hint: write the prefix length as well, e.g. 10.10.10.0/24
      "
    `)
  })
  it('reports a prefix length that is too long', () => {
    expect(mistakes(['subnet: 10.10.10.0/24', 'subnet: 10.10.10.0/33'])).toMatchInlineSnapshot(`
      "profile.yaml:8:11: error[network/malformed]: the machine network "10.10.10.0/33" is not a network [$.network.subnet]
          8 |   subnet: 10.10.10.0/33
            |           ^^^^^^^^^^^^^
        hint: write an address and a prefix length from 0 to 32, e.g. 10.10.10.0/24
      "
    `)
  })
  it('reports a network with host bits', () => {
    expect(mistakes(['subnet: 10.10.10.0/24', 'subnet: 10.10.10.5/24'])).toMatchInlineSnapshot(`
      "profile.yaml:8:11: error[network/host-bits]: the machine network 10.10.10.5/24 has bits set after the prefix: the network is 10.10.10.0/24 [$.network.subnet]
          8 |   subnet: 10.10.10.5/24
            |           ^^^^^^^^^^^^^
        hint: write 10.10.10.0/24
      "
    `)
  })
  it('reports an IPv6 subnet', () => {
    expect(mistakes(['subnet: 10.10.10.0/24', 'subnet: fd00::/64'])).toMatchInlineSnapshot(`
      "profile.yaml:8:11: error[address/ipv6]: fd00::/64 is IPv6, but hakube supports only IPv4 here [$.network.subnet]
          8 |   subnet: fd00::/64
            |           ^^^^^^^^^
        hint: write an IPv4 address or network
      "
    `)
  })
  it('reports a subnet without room for the machines', () => {
    expect(mistakes(['subnet: 10.10.10.0/24', 'subnet: 10.10.10.0/31'])).toMatchInlineSnapshot(`
      "profile.yaml:8:11: error[network/too-small]: 10.10.10.0/31 is too small for a cluster [$.network.subnet]
          8 |   subnet: 10.10.10.0/31
            |           ^^^^^^^^^^^^^
        hint: write the network of the machines, e.g. 10.10.10.0/24
      "
    `)
  })
  it('reports that 172.168.0.0/12 is not private', () => {
    expect(mistakes(['  version: "1.36.4"\n', '  version: "1.36.4"\n  podNetwork: 172.168.0.0/12\n']))
      .toMatchInlineSnapshot(`
        "profile.yaml:45:15: error[network/not-private]: the pod network 172.168.0.0/12 (which really is 172.160.0.0/12) is not private [$.kubernetes.podNetwork]
           45 |   podNetwork: 172.168.0.0/12
              |               ^^^^^^^^^^^^^^
          hint: private networks are 10.0.0.0/8, 172.16.0.0/12 (172.16. to 172.31.) and 192.168.0.0/16; did you mean 172.16.0.0/12?
          source: https://www.rfc-editor.org/rfc/rfc1918#section-3
        "
      `)
  })
  it('warns about a public network of machines', () => {
    expect(mistakes(['subnet: 10.10.10.0/24', 'subnet: 10.0.0.0/7'])).toMatchInlineSnapshot(`
      "profile.yaml:8:11: warning[network/not-private]: the machine network 10.0.0.0/7 is not private [$.network.subnet]
          8 |   subnet: 10.0.0.0/7
            |           ^^^^^^^^^^
        hint: ignore this if these addresses are yours; private networks are 10.0.0.0/8, 172.16.0.0/12 (172.16. to 172.31.) and 192.168.0.0/16; did you mean 10.0.0.0/8?
        source: https://www.rfc-editor.org/rfc/rfc1918#section-3

      profile.yaml:8:11: error[network/overlap]: the machine network 10.0.0.0/7 overlaps the pod network 10.244.0.0/16, the default [$.network.subnet]
          8 |   subnet: 10.0.0.0/7
            |           ^^^^^^^^^^
        hint: set kubernetes.podNetwork to another network, e.g. 172.20.0.0/16; a machine cannot tell to which of the two an address belongs

      profile.yaml:8:11: error[network/overlap]: the machine network 10.0.0.0/7 overlaps the service network 10.96.0.0/16, the default [$.network.subnet]
          8 |   subnet: 10.0.0.0/7
            |           ^^^^^^^^^^
        hint: set kubernetes.serviceNetwork to another network, e.g. 172.20.0.0/16; a machine cannot tell to which of the two an address belongs
      "
    `)
  })
  it('reports host bits of the pod network', () => {
    expect(mistakes(['  version: "1.36.4"\n', '  version: "1.36.4"\n  podNetwork: 172.20.0.0/12\n']))
      .toMatchInlineSnapshot(`
        "profile.yaml:45:15: error[network/host-bits]: the pod network 172.20.0.0/12 has bits set after the prefix: the network is 172.16.0.0/12 [$.kubernetes.podNetwork]
           45 |   podNetwork: 172.20.0.0/12
              |               ^^^^^^^^^^^^^
          hint: write 172.16.0.0/12
        "
      `)
  })
  it('accepts carrier-grade addresses for pods', () => {
    expect(
      mistakes(['  version: "1.36.4"\n', '  version: "1.36.4"\n  podNetwork: 100.64.0.0/12\n']),
    ).toMatchInlineSnapshot(`""`)
  })
  it('reports a pod network that overlaps the machines', () => {
    expect(mistakes(['  version: "1.36.4"\n', '  version: "1.36.4"\n  podNetwork: 10.10.0.0/16\n']))
      .toMatchInlineSnapshot(`
        "profile.yaml:45:15: error[network/overlap]: the pod network 10.10.0.0/16 overlaps the machine network 10.10.10.0/24 [$.kubernetes.podNetwork]
           45 |   podNetwork: 10.10.0.0/16
              |               ^^^^^^^^^^^^
          hint: move one of the two, e.g. 10.244.0.0/16; a machine cannot tell to which of the two an address belongs
          profile.yaml:8:11: the machine network is set here
        "
      `)
  })
  it('reports a service network that overlaps the pods', () => {
    expect(
      mistakes([
        '  version: "1.36.4"\n',
        '  version: "1.36.4"\n  podNetwork: 10.200.0.0/16\n  serviceNetwork: 10.200.128.0/17\n',
      ]),
    ).toMatchInlineSnapshot(`
      "profile.yaml:46:19: error[network/overlap]: the service network 10.200.128.0/17 overlaps the pod network 10.200.0.0/16 [$.kubernetes.serviceNetwork]
         46 |   serviceNetwork: 10.200.128.0/17
            |                   ^^^^^^^^^^^^^^^
        hint: move one of the two, e.g. 10.244.0.0/16; a machine cannot tell to which of the two an address belongs
        profile.yaml:45:15: the pod network is set here
      "
    `)
  })
  it('reports a service network that overlaps the default pod network', () => {
    expect(mistakes(['  version: "1.36.4"\n', '  version: "1.36.4"\n  serviceNetwork: 10.244.64.0/18\n']))
      .toMatchInlineSnapshot(`
        "profile.yaml:45:19: error[network/overlap]: the service network 10.244.64.0/18 overlaps the pod network 10.244.0.0/16, the default [$.kubernetes.serviceNetwork]
           45 |   serviceNetwork: 10.244.64.0/18
              |                   ^^^^^^^^^^^^^^
          hint: set kubernetes.podNetwork to another network, e.g. 10.96.0.0/16; a machine cannot tell to which of the two an address belongs
        "
      `)
  })
  it('reports a pod network that overlaps the default service network', () => {
    expect(mistakes(['  version: "1.36.4"\n', '  version: "1.36.4"\n  podNetwork: 10.64.0.0/10\n']))
      .toMatchInlineSnapshot(`
        "profile.yaml:45:15: error[network/overlap]: the pod network 10.64.0.0/10 overlaps the service network 10.96.0.0/16, the default [$.kubernetes.podNetwork]
           45 |   podNetwork: 10.64.0.0/10
              |               ^^^^^^^^^^^^
          hint: set kubernetes.serviceNetwork to another network, e.g. 10.244.0.0/16; a machine cannot tell to which of the two an address belongs
        "
      `)
  })
  it('reports a pod network that is too small', () => {
    expect(mistakes(['  version: "1.36.4"\n', '  version: "1.36.4"\n  podNetwork: 10.200.0.0/23\n']))
      .toMatchInlineSnapshot(`
        "profile.yaml:45:15: error[network/pod-network-size]: the pod network 10.200.0.0/23 has room for 2 nodes, but there are 4 [$.kubernetes.podNetwork]
           45 |   podNetwork: 10.200.0.0/23
              |               ^^^^^^^^^^^^^
          hint: each node receives a /24: use /22 or a shorter prefix for kubernetes.podNetwork
          source: https://kubernetes.io/docs/reference/command-line-tools-reference/kube-controller-manager/
        "
      `)
  })
  it('reports a service network that is too large or too small', () => {
    expect(
      mistakes(['  version: "1.36.4"\n', '  version: "1.36.4"\n  serviceNetwork: 172.16.0.0/11\n']) +
        mistakes(['  version: "1.36.4"\n', '  version: "1.36.4"\n  serviceNetwork: 192.168.9.0/30\n']),
    ).toMatchInlineSnapshot(`
      "profile.yaml:45:19: error[network/not-private]: the service network 172.16.0.0/11 (which really is 172.0.0.0/11) is not private [$.kubernetes.serviceNetwork]
         45 |   serviceNetwork: 172.16.0.0/11
            |                   ^^^^^^^^^^^^^
        hint: private networks are 10.0.0.0/8, 172.16.0.0/12 (172.16. to 172.31.) and 192.168.0.0/16; did you mean 172.16.0.0/12?
        source: https://www.rfc-editor.org/rfc/rfc1918#section-3

      profile.yaml:45:19: error[network/service-network-size]: the service network 172.16.0.0/11 is too large [$.kubernetes.serviceNetwork]
         45 |   serviceNetwork: 172.16.0.0/11
            |                   ^^^^^^^^^^^^^
        hint: write a network from /12 to /28
        source: https://github.com/kubernetes/kubernetes/blob/master/cmd/kube-apiserver/app/options/validation.go
      profile.yaml:45:19: error[network/service-network-size]: the service network 192.168.9.0/30 is too small [$.kubernetes.serviceNetwork]
         45 |   serviceNetwork: 192.168.9.0/30
            |                   ^^^^^^^^^^^^^^
        hint: write a network from /12 to /28
        source: https://github.com/kubernetes/kubernetes/blob/master/cmd/kube-apiserver/app/options/validation.go
      "
    `)
  })
})
