import { describe, expect, it } from 'vitest'
import { mistakes } from '../mistakes.ts'

const withArgument = (value: string): [string, string] => [
  'kubernetes:\n',
  `kubernetes:\n  apiServerArguments: { permit-port-sharing: ${value} }\n`,
]

describe('load balancing', () => {
  it('reports several control planes without a load balancer', () => {
    expect(
      mistakes(
        ['loadBalancing:\n  api:\n    address: 10.10.10.19\n  ingress:\n    address: 10.10.10.20\n', ''],
        ['role: load-balancer', 'role: worker'],
        ['role: load-balancer', 'role: worker'],
      ),
    ).toMatchInlineSnapshot(`
      "profile.yaml:13:1: error[load-balancing/missing]: 3 control planes need a shared address for the API [$.machines]
         13 | machines:
            | ^^^^^^^^
        hint: add loadBalancing with api.address, a free address of the subnet
        source: https://kubernetes.io/docs/setup/production-environment/tools/kubeadm/high-availability/
      "
    `)
  })
  it('reports load balancers without an address', () => {
    expect(
      mistakes([
        'loadBalancing:\n  api:\n    address: 10.10.10.19\n  ingress:\n    address: 10.10.10.20\n',
        '',
      ]),
    ).toMatchInlineSnapshot(`
      "profile.yaml:13:1: error[load-balancing/missing]: there are load-balancer machines, but no address for them [$.machines]
         13 | machines:
            | ^^^^^^^^
        hint: add loadBalancing with api.address, a free address of the subnet
      "
    `)
  })
  it('reports dedicated placement without machines', () => {
    expect(
      mistakes(
        ['loadBalancing:\n', 'loadBalancing:\n  placement: dedicated\n'],
        ['role: load-balancer', 'role: worker'],
        ['role: load-balancer', 'role: worker'],
      ),
    ).toMatchInlineSnapshot(`
      "profile.yaml:39:14: error[load-balancing/no-balancers]: placement is dedicated, but no machine has the role load-balancer [$.loadBalancing.placement]
         39 |   placement: dedicated
            |              ^^^^^^^^^
        hint: give two machines role: load-balancer, or write placement: control-plane
      "
    `)
  })
  it('reports load-balancer machines with placement on control planes', () => {
    expect(mistakes(['loadBalancing:\n', 'loadBalancing:\n  placement: control-plane\n']))
      .toMatchInlineSnapshot(`
        "profile.yaml:39:14: error[load-balancing/idle-balancers]: placement is control-plane, so 2 load-balancer machines have nothing to run [$.loadBalancing.placement]
           39 |   placement: control-plane
              |              ^^^^^^^^^^^^^
          hint: remove placement, or give those machines another role
        "
      `)
  })
  it('warns about a single load balancer', () => {
    expect(mistakes(['role: load-balancer', 'role: worker'])).toMatchInlineSnapshot(`
      "profile.yaml:13:1: warning[load-balancing/one-balancer]: there is only one load balancer: if it fails, the API is unavailable [$.machines]
         13 | machines:
            | ^^^^^^^^
        hint: give a second machine role: load-balancer, or remove this one to balance on the control planes
      "
    `)
  })
  const onControlPlanes: [string, string][] = [
    ['    address: 10.10.10.19\n', '    address: 10.10.10.19\n    port: 6443\n'],
    ['role: load-balancer', 'role: worker'],
    ['role: load-balancer', 'role: worker'],
  ]
  it('accepts that haproxy shares the port of the API server on control planes', () => {
    expect(mistakes(...onControlPlanes)).toBe('')
  })
  it('reports the port of the API server on control planes if the profile forbids sharing it', () => {
    expect(mistakes(...onControlPlanes, withArgument('"true"'))).toBe('')
    expect(mistakes(withArgument('false'))).toBe('')
    expect(mistakes(...onControlPlanes.slice(1), withArgument('false'))).toBe('')
    expect(mistakes(...onControlPlanes, withArgument('false'))).toMatchInlineSnapshot(`
      "profile.yaml:45:25: error[arguments/conflict]: haproxy and the API server share port 6443 on control planes [$.kubernetes.apiServerArguments.permit-port-sharing]
         45 |   apiServerArguments: { permit-port-sharing: false }
            |                         ^^^^^^^^^^^^^^^^^^^
        hint: remove permit-port-sharing, or write port: 8443 under loadBalancing.api
        profile.yaml:41:11: the shared port
        source: https://man7.org/linux/man-pages/man7/socket.7.html
      "
    `)
  })
  it('reports the port of the API server for the ingress on control planes', () => {
    expect(
      mistakes(...onControlPlanes.slice(1), [
        '    address: 10.10.10.20\n',
        '    address: 10.10.10.20\n    httpsPort: 6443\n',
      ]),
    ).toMatchInlineSnapshot(`
      "profile.yaml:43:16: error[load-balancing/port-taken]: the API server uses port 6443 on the same machine [$.loadBalancing.ingress.httpsPort]
         43 |     httpsPort: 6443
            |                ^^^^
        hint: write another port
        source: https://kubernetes.io/docs/reference/networking/ports-and-protocols/
      "
    `)
  })
  it('accepts the same port on dedicated load balancers', () => {
    expect(
      mistakes(['    address: 10.10.10.19\n', '    address: 10.10.10.19\n    port: 6443\n']),
    ).toMatchInlineSnapshot(`""`)
  })
  it('reports the port of sshd, and equal ports', () => {
    expect(
      mistakes(
        ['    address: 10.10.10.19\n', '    address: 10.10.10.19\n    port: 22\n'],
        [
          '    address: 10.10.10.20\n',
          '    address: 10.10.10.20\n    httpPort: 443\n    workerHttpPort: 10250\n',
        ],
      ),
    ).toMatchInlineSnapshot(`
      "profile.yaml:41:11: error[load-balancing/port-taken]: sshd uses port 22 on the same machine [$.loadBalancing.api.port]
         41 |     port: 22
            |           ^^
        hint: write another port
        source: https://kubernetes.io/docs/reference/networking/ports-and-protocols/

      profile.yaml:44:15: error[load-balancing/same-port]: httpPort and httpsPort are both 443 [$.loadBalancing.ingress.httpPort]
         44 |     httpPort: 443
            |               ^^^
        hint: write two different ports

      profile.yaml:45:21: error[load-balancing/port-taken]: the kubelet uses port 10250 on the same machine [$.loadBalancing.ingress.workerHttpPort]
         45 |     workerHttpPort: 10250
            |                     ^^^^^
        hint: write another port
        source: https://kubernetes.io/docs/reference/networking/ports-and-protocols/
      "
    `)
  })
  it('reports equal ports on the workers', () => {
    expect(
      mistakes([
        '    address: 10.10.10.20\n',
        '    address: 10.10.10.20\n    workerHttpPort: 30080\n    workerHttpsPort: 30080\n',
      ]),
    ).toMatchInlineSnapshot(`
      "profile.yaml:44:22: error[load-balancing/same-port]: workerHttpPort and workerHttpsPort are both 30080 [$.loadBalancing.ingress.workerHttpsPort]
         44 |     workerHttpsPort: 30080
            |                      ^^^^^
        hint: write two different ports
      "
    `)
  })
  it('reports a virtual router ID that is out of range', () => {
    expect(mistakes(['loadBalancing:\n', 'loadBalancing:\n  virtualRouterId: 256\n'])).toMatchInlineSnapshot(`
      "profile.yaml:39:20: error[load-balancing/virtual-router-id]: 256 is not a virtual router ID [$.loadBalancing.virtualRouterId]
         39 |   virtualRouterId: 256
            |                    ^^^
        hint: write a number from 1 to 255, or remove it to derive it from the cluster name
        source: https://www.rfc-editor.org/rfc/rfc5798#section-5.2.3
      "
    `)
  })
  it('warns about virtual router ID 51', () => {
    expect(mistakes(['loadBalancing:\n', 'loadBalancing:\n  virtualRouterId: 51\n'])).toMatchInlineSnapshot(`
      "profile.yaml:39:20: warning[old-advice/virtual-router-id-51]: virtual router ID 51 is in every example, so others may use it too [$.loadBalancing.virtualRouterId]
         39 |   virtualRouterId: 51
            |                    ^^
        hint: remove it to derive it from the cluster name
        source: https://github.com/openshift/installer/issues/2966
      "
    `)
  })
  it('warns about connection synchronization without address translation', () => {
    expect(mistakes(['loadBalancing:\n', 'loadBalancing:\n  connectionSync: true\n'])).toMatchInlineSnapshot(`
      "profile.yaml:39:19: warning[load-balancing/sync-without-source]: connectionSync has no effect: it preserves translated connections, and there are none [$.loadBalancing.connectionSync]
         39 |   connectionSync: true
            |                   ^^^^
        hint: remove it: connections that haproxy terminates are lost with the machine in any case
        source: conntrackd(8)
      "
    `)
  })
  it('warns about connection synchronization with one load balancer', () => {
    expect(
      mistakes(
        ['loadBalancing:\n', 'loadBalancing:\n  connectionSync: true\n'],
        ['role: load-balancer', 'role: worker'],
      ),
    ).toMatchInlineSnapshot(`
      "profile.yaml:13:1: warning[load-balancing/one-balancer]: there is only one load balancer: if it fails, the API is unavailable [$.machines]
         13 | machines:
            | ^^^^^^^^
        hint: give a second machine role: load-balancer, or remove this one to balance on the control planes

      profile.yaml:39:19: warning[load-balancing/sync-alone]: connection tracking cannot be synchronized: there is only one load balancer [$.loadBalancing.connectionSync]
         39 |   connectionSync: true
            |                   ^^^^
        hint: remove it, or add a second load balancer
      "
    `)
  })
})
