import { describe, expect, it } from 'vitest'
import { findConflicts } from '../../src/check/conflicts.ts'
import { resolve } from '../../src/cluster/resolve.ts'
import { printDiagnostics } from '../../src/diagnostics/print.ts'
import { parseProfile } from '../../src/profile/load.ts'
import { testSecrets } from '../example.ts'
import { good, replace } from '../profile/mistakes.ts'

function found(text: string): string {
  const loaded = parseProfile(text, 'profile.yaml')
  if (!loaded.profile) throw new Error('the profile has mistakes')
  const diagnostics = findConflicts(resolve(loaded.profile, loaded.sources, testSecrets))
  return printDiagnostics(
    diagnostics.map((diagnostic) => ({ diagnostic, loaded })),
    'text',
  )
}
const range = 'net.ipv4.ip_local_port_range'
const reserved = 'net.ipv4.ip_local_reserved_ports'
const nodePorts = (value: string) =>
  replace(good, [
    'version: "1.36.4"',
    `version: "1.36.4"\n  apiServerArguments: {service-node-port-range: ${value}}`,
  ])

describe('ports of outgoing connections', () => {
  it('that programs of the cluster listen on are reported with their components', () => {
    expect(found(`${good}sysctls: {${range}: "1024 65535"}\n`)).toMatchInlineSnapshot(`
      "profile.yaml:49:41: warning[sysctls/ephemeral-ports]: connections from balancer-1, balancer-2, control-1 and 3 more may use ports 1024-65535 on their own side, including those that programs listen on: 2379-2380 (kubeadm), 6443 (haproxy), 6443 (kubeadm), 10248-10250 (kubeadm), 10256-10257 (kubeadm), 10259 (kubeadm), 30000-32767 (kubeadm) [$.sysctls["net.ipv4.ip_local_port_range"]]
         49 | sysctls: {net.ipv4.ip_local_port_range: "1024 65535"}
            |                                         ^^^^^^^^^^^^
        hint: write 32768 60999, or keep them free with sysctls: net.ipv4.ip_local_reserved_ports: "2379-2380,6443,10248-10250,10256-10257,10259,30000-32767"
        source: https://docs.kernel.org/networking/ip-sysctl.html
      "
    `)
  })
  it('are checked for the role that sets them', () => {
    expect(found(`${good}roles: {load-balancer: {sysctls: {${range}: "1024 65535"}}}\n`))
      .toMatchInlineSnapshot(`
        "profile.yaml:49:65: warning[sysctls/ephemeral-ports]: connections from balancer-1, balancer-2 may use ports 1024-65535 on their own side, including those that programs listen on: 6443 (haproxy) [$.roles.load-balancer.sysctls["net.ipv4.ip_local_port_range"]]
           49 | roles: {load-balancer: {sysctls: {net.ipv4.ip_local_port_range: "1024 65535"}}}
              |                                                                 ^^^^^^^^^^^^
          hint: write 32768 60999, or keep them free with sysctls: net.ipv4.ip_local_reserved_ports: "6443"
          source: https://docs.kernel.org/networking/ip-sysctl.html
        "
      `)
  })
  it('that include node ports are reported at their position in the profile', () => {
    expect(found(nodePorts('30000-35000'))).toMatchInlineSnapshot(`
      "profile.yaml:45:49: warning[sysctls/ephemeral-ports]: connections from control-1, control-2, control-3 and 1 more may use ports 32768-60999 on their own side, including those that programs listen on: 30000-35000 (kubeadm) [$.kubernetes.apiServerArguments.service-node-port-range]
         45 |   apiServerArguments: {service-node-port-range: 30000-35000}
            |                                                 ^^^^^^^^^^^
        hint: write 30000-32767, or keep them free with sysctls: net.ipv4.ip_local_reserved_ports: "30000-35000"
        source: https://kubernetes.io/docs/reference/command-line-tools-reference/kube-apiserver/
      "
    `)
  })
  it.each([
    `${good}sysctls: {${range}: "32768 60999"}\n`,
    `${good}sysctls: {${range}: "40000 65535"}\n`,
    `${good}sysctls: {${range}: "10500 65535", ${reserved}: "30000-32767"}\n`,
    `${good}sysctls: {net/ipv4/ip_local_port_range: "1024 65535", ${reserved}: "2379-2380,6443,10248-10260,30000-32767"}\n`,
    nodePorts('20000-22767'),
    `${nodePorts('30000-35000')}sysctls: {${reserved}: "30000-35000"}\n`,
  ])('%#', (text) => {
    expect(found(text)).toBe('')
  })
})
