import { describe, expect, it } from 'vitest'
import { dualStackText, dualStackWith, ipv6First, ipv6Only } from '../../dual-stack-profile.ts'
import { mistakesIn } from '../mistakes.ts'

const plain: [string, string] = ['  subnet6: fd00:10:1::/64\n  gateway6: fd00:10:1::1\n', '']
const unnamed: [string, string][] = ['11', '12', '13'].map((number) => [
  `, addresses: ["fd00:10:1::${number}"]`,
  '',
])
const given = (text: string): [string, string] => [
  'networkPlugin:',
  `  controllerManagerArguments: {${text}}\nnetworkPlugin:`,
]
const check = (...changes: [string, string][]): string => mistakesIn(dualStackWith(...changes))

describe('the rules of address families', () => {
  it.each<[string, [string, string][]]>([
    ['both, IPv4 first', []],
    ['both, IPv6 first', ipv6First],
    ['IPv6 alone', ipv6Only],
    ['both, and nodes whose IPv6 addresses are made of those of IPv4', unnamed],
    ['both, in a rack without an IPv6 network', [plain, ...unnamed]],
    [
      'both, with a router that is known by its link-local address alone',
      [['gateway6: fd00:10:1::1', 'gateway6: fe80::1']],
    ],
    ['both, with the release where they were behind a feature gate', [['"1.36.4"', '"1.30.14"']]],
  ])('accept %s', (_what, changes) => {
    expect(mistakesIn(dualStackWith(...changes)).match(/error\[.*/g)).toBeNull()
  })

  it('accept both without any warning', () => {
    expect(mistakesIn(dualStackText)).toBe('')
  })

  it('report two networks of one family', () => {
    expect(check(['"fd00:10:244::/56"', '10.240.0.0/16'])).toMatchInlineSnapshot(`
      "profile.yaml:20:31: error[dual-stack/families]: 10.244.0.0/16 and 10.240.0.0/16 are both IPv4 networks, and a cluster has one pod network of each family [$.kubernetes.podNetwork[1]]
         20 |   podNetwork: [10.244.0.0/16, 10.240.0.0/16]
            |                               ^^^^^^^^^^^^^
        hint: keep one of them; for dual stack, the other is e.g. fd00:10:244::/56
        profile.yaml:20:16: the other
        source: https://kubernetes.io/docs/setup/production-environment/tools/kubeadm/dual-stack-support/
      "
    `)
  })

  it('report an address that another node derives from its IPv4 address', () => {
    expect(check(['fd00:10:1::11', 'fd00:10:1::a01:15'])).toMatchInlineSnapshot(`
      "profile.yaml:16:71: error[address/duplicate]: the address fd00:10:1::a01:15 of worker-1 is already used by control-1 [$.machines[3].address]
         16 |   - {name: worker-1, role: worker, mac: "52:54:00:00:01:21", address: 10.1.0.21}
            |                                                                       ^^^^^^^^^
        hint: give control-1 another one, or write addresses of worker-1: this one is made of 10.1.0.21
        profile.yaml:13:102: first used here
      "
    `)
  })

  it('report a router with the address of a node', () => {
    expect(check(['gateway6: fd00:10:1::1', 'gateway6: fd00:10:1::a01:15'])).toMatchInlineSnapshot(`
      "profile.yaml:16:71: error[address/duplicate]: the address fd00:10:1::a01:15 of worker-1 is already used by the gateway [$.machines[3].address]
         16 |   - {name: worker-1, role: worker, mac: "52:54:00:00:01:21", address: 10.1.0.21}
            |                                                                       ^^^^^^^^^
        hint: give the gateway another one, or write addresses of worker-1: this one is made of 10.1.0.21
        profile.yaml:9:13: first used here
      "
    `)
  })

  it('report a virtual address that a node derives from its IPv4 address', () => {
    expect(
      check([
        'loadBalancing: {placement: external, api: {address: 10.1.0.10}}',
        'loadBalancing: {placement: control-plane, api: {address: [10.1.0.10, "fd00:10:1::a01:15"], port: 8443}}',
      ]),
    ).toMatchInlineSnapshot(`
      "profile.yaml:16:71: error[address/duplicate]: the address fd00:10:1::a01:15 of worker-1 is already used by the API [$.machines[3].address]
         16 |   - {name: worker-1, role: worker, mac: "52:54:00:00:01:21", address: 10.1.0.21}
            |                                                                       ^^^^^^^^^
        hint: give the API another one, or write addresses of worker-1: this one is made of 10.1.0.21
        profile.yaml:17:70: first used here
      "
    `)
  })

  it('report two networks in one text, as in kubeadm', () => {
    expect(check(['[10.244.0.0/16, "fd00:10:244::/56"]', '"10.244.0.0/16,fd00:10:244::/56"']))
      .toMatchInlineSnapshot(`
      "profile.yaml:20:15: error[network/malformed]: the pod network "10.244.0.0/16,fd00:10:244::/56" is not a network [$.kubernetes.podNetwork]
         20 |   podNetwork: "10.244.0.0/16,fd00:10:244::/56"
            |               ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        hint: write a list: [10.244.0.0/16, "fd00:10:244::/56"]
      "
    `)
  })

  it('report an address of the IPv6 network of other machines', () => {
    const subnets =
      '  subnets: [{subnet: 10.1.16.0/24, gateway: 10.1.16.1, subnet6: "fd00:10:16::/64", gateway6: "fd00:10:16::1"}]\n'
    expect(
      check(
        ['  nameServers', `${subnets}  nameServers`],
        ['address: 10.1.0.21', 'address: 10.1.16.21, addresses: ["fd00:10:1::21"]'],
      ),
    ).toMatchInlineSnapshot(`
      "profile.yaml:17:95: error[link/no-network]: fd00:10:1::21 is in fd00:10:1::/64, the network of the machines in 10.1.0.0/24, but worker-1 is in 10.1.16.0/24 [$.machines[3].addresses[0]]
         17 | …- {name: worker-1, role: worker, mac: "52:54:00:00:01:21", address: 10.1.16.21, addresses: ["fd00:10:1::21"]}
            |                                                                                              ^^^^^^^^^^^^^^^
        hint: write an address of fd00:10:16::/64
      "
    `)
    expect(
      check(
        ['  nameServers', `${subnets.replace(/, subnet6.*\}/, '}')}  nameServers`],
        ['address: 10.1.0.21', 'address: 10.1.16.21, addresses: ["fd00:10:1::21"]'],
      ),
    ).toMatchInlineSnapshot(`
      "profile.yaml:10:22: error[dual-stack/node-address]: the nodes in 10.1.16.0/24 have no IPv6 network, but their pods do [$.network.subnets[0].subnet]
         10 |   subnets: [{subnet: 10.1.16.0/24, gateway: 10.1.16.1}]
            |                      ^^^^^^^^^^^^
        hint: write subnet6 and gateway6 of each subnet, and let the routers between them know these
        profile.yaml:21:31: pods have IPv6 addresses here
        source: https://kubernetes.io/docs/setup/production-environment/tools/kubeadm/dual-stack-support/

      profile.yaml:17:95: error[link/no-network]: fd00:10:1::21 is in fd00:10:1::/64, the network of the machines in 10.1.0.0/24, but worker-1 is in 10.1.16.0/24 [$.machines[3].addresses[0]]
         17 | …- {name: worker-1, role: worker, mac: "52:54:00:00:01:21", address: 10.1.16.21, addresses: ["fd00:10:1::21"]}
            |                                                                                              ^^^^^^^^^^^^^^^
        hint: remove it, or write subnet6 and gateway6 of 10.1.16.0/24 and an address of that
      "
    `)
  })

  it('report three networks', () => {
    expect(check(['"fd00:10:244::/56"', '"fd00:10:244::/56", "fd00:10:248::/56"'])).toMatchInlineSnapshot(`
      "profile.yaml:20:51: error[dual-stack/families]: fd00:10:244::/56 and fd00:10:248::/56 are both IPv6 networks, and a cluster has one pod network of each family [$.kubernetes.podNetwork[2]]
         20 |   podNetwork: [10.244.0.0/16, "fd00:10:244::/56", "fd00:10:248::/56"]
            |                                                   ^^^^^^^^^^^^^^^^^^
        hint: keep one of them; for dual stack, the other is e.g. 10.244.0.0/16
        profile.yaml:20:31: the other
        source: https://kubernetes.io/docs/setup/production-environment/tools/kubeadm/dual-stack-support/
      "
    `)
  })

  it('report services of one family for pods of two', () => {
    expect(check(['  serviceNetwork: [10.96.0.0/16, "fd00:10:96::/112"]\n', ''])).toMatchInlineSnapshot(`
      "profile.yaml:20:15: error[dual-stack/families]: pod networks are IPv4 and IPv6, but service networks are IPv4 [$.kubernetes.podNetwork]
         20 |   podNetwork: [10.244.0.0/16, "fd00:10:244::/56"]
            |               ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        hint: write kubernetes.serviceNetwork: [10.96.0.0/16, fd00:10:96::/112]
        source: https://kubernetes.io/docs/setup/production-environment/tools/kubeadm/dual-stack-support/
      "
    `)
  })

  it('report pods of one family for services of two', () => {
    expect(check(['[10.244.0.0/16, "fd00:10:244::/56"]', '10.244.0.0/16'])).toMatchInlineSnapshot(`
      "profile.yaml:20:15: error[dual-stack/families]: service networks are IPv4 and IPv6, but pod networks are IPv4 [$.kubernetes.podNetwork]
         20 |   podNetwork: 10.244.0.0/16
            |               ^^^^^^^^^^^^^
        hint: write kubernetes.podNetwork: [10.244.0.0/16, fd00:10:244::/56]
        source: https://kubernetes.io/docs/setup/production-environment/tools/kubeadm/dual-stack-support/
      "
    `)
  })

  it('report a different order', () => {
    expect(check(...ipv6First.slice(0, 1))).toMatchInlineSnapshot(`
      "profile.yaml:21:19: error[dual-stack/families]: the first pod network is IPv6, but the first service network is IPv4 [$.kubernetes.serviceNetwork]
         21 |   serviceNetwork: [10.96.0.0/16, "fd00:10:96::/112"]
            |                   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        hint: write kubernetes.serviceNetwork: [fd00:10:96::/112, 10.96.0.0/16]
        source: https://kubernetes.io/docs/setup/production-environment/tools/kubeadm/dual-stack-support/
      "
    `)
  })

  it('report networks that are not routable, too large, too small or have host bits', () => {
    expect(
      check(['"fd00:10:244::/56"', '"fe80::/56"']) +
        check(['"fd00:10:244::/56"', '"fd00:10:244::1/56"']) +
        check(['"fd00:10:244::/56"', '"fd00:10::/40"']) +
        check(['"fd00:10:244::/56"', '"fd00:10:244::/63"']) +
        check(['"fd00:10:96::/112"', '"fd00:10:96::/64"']) +
        check(['"fd00:10:96::/112"', '"fd00:10:96::/126"']),
    ).toMatchInlineSnapshot(`
      "profile.yaml:20:31: error[network/reserved]: the pod network fe80::/56 is not a routable network [$.kubernetes.podNetwork[1]]
         20 |   podNetwork: [10.244.0.0/16, "fe80::/56"]
            |                               ^^^^^^^^^^^
        hint: write a network within fd00::/8 or 2000::/3, e.g. fd00:10:244::/56
        source: https://www.iana.org/assignments/ipv6-address-space/
      profile.yaml:20:31: error[network/host-bits]: the pod network fd00:10:244::1/56 has bits set after the prefix: the network is fd00:10:244::/56 [$.kubernetes.podNetwork[1]]
         20 |   podNetwork: [10.244.0.0/16, "fd00:10:244::1/56"]
            |                               ^^^^^^^^^^^^^^^^^^^
        hint: write fd00:10:244::/56
      profile.yaml:8:12: error[network/overlap]: the subnet fd00:10:1::/64 overlaps fd00:10::/40 [$.network.subnet6]
          8 |   subnet6: fd00:10:1::/64
            |            ^^^^^^^^^^^^^^
        hint: move one of the two; a machine cannot tell to which of the two an address belongs
        profile.yaml:20:31: the other network is set here

      profile.yaml:20:31: error[network/pod-network-size]: the pod network fd00:10::/40 is too large [$.kubernetes.podNetwork[1]]
         20 |   podNetwork: [10.244.0.0/16, "fd00:10::/40"]
            |                               ^^^^^^^^^^^^^^
        hint: write a network from /48 to /64
        source: https://kubernetes.io/docs/reference/command-line-tools-reference/kube-controller-manager/

      profile.yaml:21:34: error[network/overlap]: the service network fd00:10:96::/112 overlaps the pod network fd00:10::/40 [$.kubernetes.serviceNetwork[1]]
         21 |   serviceNetwork: [10.96.0.0/16, "fd00:10:96::/112"]
            |                                  ^^^^^^^^^^^^^^^^^^
        hint: move one of the two; a machine cannot tell to which of the two an address belongs
        profile.yaml:20:31: the pod network is set here
      profile.yaml:20:31: error[network/pod-network-size]: the pod network fd00:10:244::/63 has room for 2 nodes, but there are 4 [$.kubernetes.podNetwork[1]]
         20 |   podNetwork: [10.244.0.0/16, "fd00:10:244::/63"]
            |                               ^^^^^^^^^^^^^^^^^^
        hint: each node receives a /64: use /62 or a shorter prefix for kubernetes.podNetwork
        source: https://kubernetes.io/docs/reference/command-line-tools-reference/kube-controller-manager/
      profile.yaml:21:34: error[network/service-network-size]: the service network fd00:10:96::/64 is too large [$.kubernetes.serviceNetwork[1]]
         21 |   serviceNetwork: [10.96.0.0/16, "fd00:10:96::/64"]
            |                                  ^^^^^^^^^^^^^^^^^
        hint: write a network from /108 to /124
        source: https://github.com/kubernetes/kubernetes/blob/master/cmd/kube-apiserver/app/options/validation.go
      profile.yaml:21:34: error[network/service-network-size]: the service network fd00:10:96::/126 is too small [$.kubernetes.serviceNetwork[1]]
         21 |   serviceNetwork: [10.96.0.0/16, "fd00:10:96::/126"]
            |                                  ^^^^^^^^^^^^^^^^^^
        hint: write a network from /108 to /124
        source: https://github.com/kubernetes/kubernetes/blob/master/cmd/kube-apiserver/app/options/validation.go
      "
    `)
  })

  it('report networks that overlap each other and that of the machines', () => {
    expect(
      check(['"fd00:10:96::/112"', '"fd00:10:244::/112"']) +
        check(['"fd00:10:244::/56"', '"fd00:10:1::/56"']) +
        check([
          'gateway6: fd00:10:1::1\n',
          'gateway6: fd00:10:1::1\n  additional: {storage: {subnet6: "fd00:10:244::/64", interface: card0}}\n',
        ]),
    ).toMatchInlineSnapshot(`
      "profile.yaml:21:34: error[network/overlap]: the service network fd00:10:244::/112 overlaps the pod network fd00:10:244::/56 [$.kubernetes.serviceNetwork[1]]
         21 |   serviceNetwork: [10.96.0.0/16, "fd00:10:244::/112"]
            |                                  ^^^^^^^^^^^^^^^^^^^
        hint: move one of the two; a machine cannot tell to which of the two an address belongs
        profile.yaml:20:31: the pod network is set here
      profile.yaml:8:12: error[network/overlap]: the subnet fd00:10:1::/64 overlaps fd00:10:1::/56 [$.network.subnet6]
          8 |   subnet6: fd00:10:1::/64
            |            ^^^^^^^^^^^^^^
        hint: move one of the two; a machine cannot tell to which of the two an address belongs
        profile.yaml:20:31: the other network is set here
      profile.yaml:10:35: error[network/overlap]: the network storage fd00:10:244::/64 overlaps fd00:10:244::/56 [$.network.additional.storage.subnet6]
         10 |   additional: {storage: {subnet6: "fd00:10:244::/64", interface: card0}}
            |                                   ^^^^^^^^^^^^^^^^^^
        hint: move one of the two; a machine cannot tell to which of the two an address belongs
        profile.yaml:21:31: the other network is set here
      "
    `)
  })

  it('report a subnet of nodes behind a router without an IPv6 network', () => {
    expect(
      check(
        ['  nameServers:', '  subnets: [{subnet: 10.1.1.0/24, gateway: 10.1.1.1}]\n  nameServers:'],
        ['address: 10.1.0.21', 'address: 10.1.1.21'],
      ),
    ).toMatchInlineSnapshot(`
      "profile.yaml:10:22: error[dual-stack/node-address]: the nodes in 10.1.1.0/24 have no IPv6 network, but their pods do [$.network.subnets[0].subnet]
         10 |   subnets: [{subnet: 10.1.1.0/24, gateway: 10.1.1.1}]
            |                      ^^^^^^^^^^^
        hint: write subnet6 and gateway6 of each subnet, and let the routers between them know these
        profile.yaml:21:31: pods have IPv6 addresses here
        source: https://kubernetes.io/docs/setup/production-environment/tools/kubeadm/dual-stack-support/
      "
    `)
  })

  it('report that there is no room for an address, and no default route', () => {
    expect(check(['fd00:10:1::/64', 'fd00:10:1::/112'], ['  gateway6: fd00:10:1::1\n', '']))
      .toMatchInlineSnapshot(`
      "profile.yaml:8:12: warning[dual-stack/no-gateway]: the nodes in fd00:10:1::/112 have no IPv6 default route: they forward packets, and so ignore router advertisements [$.network.subnet6]
          8 |   subnet6: fd00:10:1::/112
            |            ^^^^^^^^^^^^^^^
        hint: write subnet6 and gateway6; flannel needs it, and without it pods cannot reach other networks over IPv6
        source: https://docs.kernel.org/networking/ip-sysctl.html (accept_ra)

      profile.yaml:15:71: error[dual-stack/node-address]: worker-1 has no IPv6 address, and fd00:10:1::/112 has no room for one derived from its IPv4 address [$.machines[3].address]
         15 |   - {name: worker-1, role: worker, mac: "52:54:00:00:01:21", address: 10.1.0.21}
            |                                                                       ^^^^^^^^^
        hint: write addresses with an address of fd00:10:1::/112, or a network of /96 or a shorter prefix
        profile.yaml:19:31: pods have IPv6 addresses here
        source: https://kubernetes.io/docs/setup/production-environment/tools/kubeadm/dual-stack-support/
      "
    `)
  })

  it('report that there is no default route for flannel, even if hakube chooses the network', () => {
    const flannel: [string, string] = [
      '{name: other}',
      `{name: flannel, manifest: {path: flannel.yaml, sha256: ${'a'.repeat(64)}}}`,
    ]
    expect(check(plain, ...unnamed, flannel)).toMatchInlineSnapshot(`
      "profile.yaml:6:11: warning[dual-stack/no-gateway]: the nodes in fd8a:9f5d:5f9f::/64 have no IPv6 default route: they forward packets, and so ignore router advertisements [$.network.subnet]
          6 |   subnet: 10.1.0.0/24
            |           ^^^^^^^^^^^
        hint: write subnet6 and gateway6; flannel needs it, and without it pods cannot reach other networks over IPv6
        source: https://docs.kernel.org/networking/ip-sysctl.html (accept_ra)
      "
    `)
    expect(check(plain, ...unnamed)).toBe('')
  })

  it('report settings that disable IPv6', () => {
    expect(
      check(['users:', 'sysctls: {net.ipv6.conf.all.disable_ipv6: 1}\nusers:']) +
        check(['users:', 'kernel: {arguments: [ipv6.disable=1]}\nusers:']) +
        check(['"1.36.4"', '"1.20.2"\n  featureGates: {IPv6DualStack: false}']),
    ).toMatchInlineSnapshot(`
      "profile.yaml:23:11: error[dual-stack/ipv6-off]: net.ipv6.conf.all.disable_ipv6 disables IPv6, but pods have addresses of fd00:10:244::/56 [$.sysctls["net.ipv6.conf.all.disable_ipv6"]]
         23 | sysctls: {net.ipv6.conf.all.disable_ipv6: 1}
            |           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        hint: remove one of the two
      profile.yaml:23:22: error[dual-stack/ipv6-off]: ipv6.disable=1 disables IPv6, but pods have addresses of fd00:10:244::/56 [$.kernel.arguments[0]]
         23 | kernel: {arguments: [ipv6.disable=1]}
            |                      ^^^^^^^^^^^^^^
        hint: remove one of the two
      profile.yaml:19:12: error[kubernetes/no-packages]: packages of Kubernetes 1.20.2 are no longer published [$.kubernetes.version]
         19 |   version: "1.20.2"
            |            ^^^^^^^^
        hint: use "1.37.1"; the public repositories begin with 1.24, or set mirrors.kubernetes to your own
        source: https://kubernetes.io/blog/2023/08/31/legacy-package-repository-deprecation/

      profile.yaml:19:12: error[container-runtime/too-new]: Kubernetes 1.20 cannot talk to containerd 2 (containerd.io) [$.kubernetes.version]
         19 |   version: "1.20.2"
            |            ^^^^^^^^
        hint: use Kubernetes 1.23 or later, or a distribution that packages containerd
        source: https://github.com/containerd/containerd/blob/main/docs/containerd-2.0.md

      profile.yaml:20:33: error[dual-stack/gate]: without the feature gate IPv6DualStack there is only one address family [$.kubernetes.featureGates.IPv6DualStack]
         20 |   featureGates: {IPv6DualStack: false}
            |                                 ^^^^^
        hint: remove it: hakube sets it where a release needs it
        source: https://kubernetes.io/docs/setup/production-environment/tools/kubeadm/dual-stack-support/
      "
    `)
    // Machines without pods may do without.
    expect(
      check(['users:', 'roles: {etcd: {sysctls: {net.ipv6.conf.all.disable_ipv6: 1}}}\nusers:']),
    ).not.toContain('dual-stack/')
  })

  it('report flannel as a service', () => {
    expect(
      check(
        [
          '{name: other}',
          `{name: flannel-service, archive: {path: flannel.tar.gz, sha256: ${'a'.repeat(64)}}}`,
        ],
        ['networkPlugin:', 'etcd: {placement: control-plane}\nnetworkPlugin:'],
      ),
    ).toMatchInlineSnapshot(`
      "profile.yaml:20:31: error[dual-stack/network-plugin]: flannel as a service connects pods by IPv4 only [$.kubernetes.podNetwork[1]]
         20 |   podNetwork: [10.244.0.0/16, "fd00:10:244::/56"]
            |                               ^^^^^^^^^^^^^^^^^^
        hint: write networkPlugin.name: flannel with a manifest that has EnableIPv6, or calico or cilium
        profile.yaml:23:23: the network plugin is set here
        source: https://github.com/flannel-io/flannel/blob/master/Documentation/configuration.md#dual-stack

      profile.yaml:22:19: error[etcd/no-package]: Rocky Linux 9 does not package etcd [$.etcd.placement]
         22 | etcd: {placement: control-plane}
            |                   ^^^^^^^^^^^^^
        hint: set etcd.archive with path and sha256 of a release from https://github.com/etcd-io/etcd/releases
      "
    `)
  })

  it('report masks of nodes that the controller manager rejects', () => {
    expect(
      check(given('node-cidr-mask-size: 24')) +
        check(given('node-cidr-mask-size-ipv6: 80')) +
        check(given('node-cidr-mask-size-ipv6: 140')) +
        check(...ipv6Only, given('node-cidr-mask-size-ipv4: 24')),
    ).toMatchInlineSnapshot(`
      "profile.yaml:22:53: error[arguments/conflict]: the controller manager exits if node-cidr-mask-size is set for two address families [$.kubernetes.controllerManagerArguments.node-cidr-mask-size]
         22 |   controllerManagerArguments: {node-cidr-mask-size: 24}
            |                                                     ^^
        hint: write node-cidr-mask-size-ipv4 and node-cidr-mask-size-ipv6
        source: https://kubernetes.io/docs/reference/command-line-tools-reference/kube-controller-manager/
      profile.yaml:20:31: error[network/pod-network-size]: the pod network fd00:10:244::/56 is too large [$.kubernetes.podNetwork[1]]
         20 |   podNetwork: [10.244.0.0/16, "fd00:10:244::/56"]
            |                               ^^^^^^^^^^^^^^^^^^
        hint: write a network from /64 to /80
        source: https://kubernetes.io/docs/reference/command-line-tools-reference/kube-controller-manager/
      profile.yaml:22:58: error[arguments/conflict]: 140 is not an IPv6 prefix length [$.kubernetes.controllerManagerArguments.node-cidr-mask-size-ipv6]
         22 |   controllerManagerArguments: {node-cidr-mask-size-ipv6: 140}
            |                                                          ^^^
        hint: write one from 17 to 126, e.g. 64
      profile.yaml:22:58: error[arguments/conflict]: the controller manager exits: there is no pod network of IPv4 [$.kubernetes.controllerManagerArguments.node-cidr-mask-size-ipv4]
         22 |   controllerManagerArguments: {node-cidr-mask-size-ipv4: 24}
            |                                                          ^^
        hint: remove it, or write node-cidr-mask-size
        source: https://kubernetes.io/docs/reference/command-line-tools-reference/kube-controller-manager/
      "
    `)
    expect(check(given('node-cidr-mask-size-ipv4: 24, node-cidr-mask-size-ipv6: 72'))).toBe('')
    expect(check(...ipv6Only, given('node-cidr-mask-size: 72'))).toBe('')
  })
})
