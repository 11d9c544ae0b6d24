import { describe, expect, it } from 'vitest'
import { mistakes } from '../mistakes.ts'

describe('load balancing', () => {
  it('several control planes without a load balancer', () => {
    expect(
      mistakes(
        ['loadBalancing:\n  api:\n    address: 10.10.10.19\n  ingress:\n    address: 10.10.10.20\n', ''],
        ['role: load-balancer', 'role: worker'],
        ['role: load-balancer', 'role: worker'],
      ),
    ).toMatchInlineSnapshot(`
      "profile.yaml:13:1: error[load-balancing/missing]: 3 control planes need one address for the API [$.machines]
         13 | machines:
            | ^^^^^^^^
        hint: add loadBalancing with api.address, a free address of the subnet
        source: https://kubernetes.io/docs/setup/production-environment/tools/kubeadm/high-availability/
      "
    `)
  })
  it('load balancers without an address', () => {
    expect(
      mistakes([
        'loadBalancing:\n  api:\n    address: 10.10.10.19\n  ingress:\n    address: 10.10.10.20\n',
        '',
      ]),
    ).toMatchInlineSnapshot(`
      "profile.yaml:13:1: error[load-balancing/missing]: there are load-balancer machines, but the profile does not say for which address [$.machines]
         13 | machines:
            | ^^^^^^^^
        hint: add loadBalancing with api.address, a free address of the subnet
      "
    `)
  })
  it('dedicated, but no machine', () => {
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
  it('on control planes, but load-balancer machines', () => {
    expect(mistakes(['loadBalancing:\n', 'loadBalancing:\n  placement: control-plane\n']))
      .toMatchInlineSnapshot(`
        "profile.yaml:39:14: error[load-balancing/idle-balancers]: placement is control-plane, so 2 load-balancer machines have no work [$.loadBalancing.placement]
           39 |   placement: control-plane
              |              ^^^^^^^^^^^^^
          hint: remove placement, or give those machines another role
        "
      `)
  })
  it('one load balancer', () => {
    expect(mistakes(['role: load-balancer', 'role: worker'])).toMatchInlineSnapshot(`
      "profile.yaml:13:1: warning[load-balancing/one-balancer]: there is one load balancer: when it fails, the API is gone [$.machines]
         13 | machines:
            | ^^^^^^^^
        hint: give a second machine role: load-balancer, or remove it to balance on the control planes
      "
    `)
  })
  it('port of the API server on control planes', () => {
    expect(
      mistakes(
        ['    address: 10.10.10.19\n', '    address: 10.10.10.19\n    port: 6443\n'],
        ['role: load-balancer', 'role: worker'],
        ['role: load-balancer', 'role: worker'],
      ),
    ).toMatchInlineSnapshot(`
      "profile.yaml:41:11: error[load-balancing/port-taken]: port 6443 is that of the API server on the same machine [$.loadBalancing.api.port]
         41 |     port: 6443
            |           ^^^^
        hint: write port: 8443, or remove it: that is the default on control planes
        source: https://kubernetes.io/docs/reference/networking/ports-and-protocols/
      "
    `)
  })
  it('the same port on dedicated load balancers is right', () => {
    expect(
      mistakes(['    address: 10.10.10.19\n', '    address: 10.10.10.19\n    port: 6443\n']),
    ).toMatchInlineSnapshot(`""`)
  })
  it('port of sshd, and equal ports', () => {
    expect(
      mistakes(
        ['    address: 10.10.10.19\n', '    address: 10.10.10.19\n    port: 22\n'],
        [
          '    address: 10.10.10.20\n',
          '    address: 10.10.10.20\n    httpPort: 443\n    workerHttpPort: 10250\n',
        ],
      ),
    ).toMatchInlineSnapshot(`
      "profile.yaml:41:11: error[load-balancing/port-taken]: port 22 is that of sshd on the same machine [$.loadBalancing.api.port]
         41 |     port: 22
            |           ^^
        hint: write another port
        source: https://kubernetes.io/docs/reference/networking/ports-and-protocols/

      profile.yaml:44:15: error[load-balancing/same-port]: httpPort and httpsPort are both 443 [$.loadBalancing.ingress.httpPort]
         44 |     httpPort: 443
            |               ^^^
        hint: write two different ports

      profile.yaml:45:21: error[load-balancing/port-taken]: port 10250 is that of the kubelet on the same machine [$.loadBalancing.ingress.workerHttpPort]
         45 |     workerHttpPort: 10250
            |                     ^^^^^
        hint: write another port
        source: https://kubernetes.io/docs/reference/networking/ports-and-protocols/
      "
    `)
  })
  it('equal ports on the workers', () => {
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
  it('virtual router id out of range', () => {
    expect(mistakes(['loadBalancing:\n', 'loadBalancing:\n  virtualRouterId: 256\n'])).toMatchInlineSnapshot(`
      "profile.yaml:39:20: error[load-balancing/virtual-router-id]: 256 is not a virtual router id [$.loadBalancing.virtualRouterId]
         39 |   virtualRouterId: 256
            |                    ^^^
        hint: write a number from 1 to 255, or remove it: then it is derived from the name of the cluster
        source: https://www.rfc-editor.org/rfc/rfc5798#section-5.2.3
      "
    `)
  })
  it('virtual router id 51', () => {
    expect(mistakes(['loadBalancing:\n', 'loadBalancing:\n  virtualRouterId: 51\n'])).toMatchInlineSnapshot(`
      "profile.yaml:39:20: warning[old-advice/virtual-router-id-51]: virtual router id 51 stands in every example, so others have it too [$.loadBalancing.virtualRouterId]
         39 |   virtualRouterId: 51
            |                    ^^
        hint: remove it: then it is derived from the name of the cluster
        source: https://github.com/openshift/installer/issues/2966
      "
    `)
  })
  it('connection sync with nothing to translate', () => {
    expect(mistakes(['loadBalancing:\n', 'loadBalancing:\n  connectionSync: true\n'])).toMatchInlineSnapshot(`
      "profile.yaml:39:19: warning[load-balancing/sync-without-source]: connectionSync keeps translated connections alive, and none is translated [$.loadBalancing.connectionSync]
         39 |   connectionSync: true
            |                   ^^^^
        hint: remove it: connections that haproxy ends are lost with the machine in any case
        source: conntrackd(8)
      "
    `)
  })
  it('connection sync of one', () => {
    expect(
      mistakes(
        ['loadBalancing:\n', 'loadBalancing:\n  connectionSync: true\n'],
        ['role: load-balancer', 'role: worker'],
      ),
    ).toMatchInlineSnapshot(`
      "profile.yaml:13:1: warning[load-balancing/one-balancer]: there is one load balancer: when it fails, the API is gone [$.machines]
         13 | machines:
            | ^^^^^^^^
        hint: give a second machine role: load-balancer, or remove it to balance on the control planes

      profile.yaml:39:19: warning[load-balancing/sync-alone]: connection tracking cannot be kept in step: only one machine balances load [$.loadBalancing.connectionSync]
         39 |   connectionSync: true
            |                   ^^^^
        hint: remove it, or add a second load balancer
      "
    `)
  })
})
