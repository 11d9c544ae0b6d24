import { describe, expect, it } from 'vitest'
import { assemble } from '../../src/assembly/assemble.ts'
import type { Cluster } from '../../src/cluster/cluster.ts'
import { components } from '../../src/components/index.ts'
import { textOf } from '../../src/templates/template.ts'
import { changedCluster } from './host.ts'

/* haproxy at port 6443 of the virtual address, beside the API server of the same machine. */

const at = (port: number, version: string, placement: 'control-plane' | 'static-pod' = 'control-plane') =>
  changedCluster((profile) => {
    profile.kubernetes.version = version
    profile.mirrors = { kubernetes: 'http://10.10.10.5:8080/kubernetes' }
    for (const machine of profile.machines) if (machine.role === 'load-balancer') machine.role = 'worker'
    const keepalived = 'registry.example.com/keepalived:2.3.1'
    profile.loadBalancing = {
      placement,
      api: { address: '10.10.10.19', port },
      ...(placement === 'static-pod' ? { images: { keepalived } } : {}),
    }
  })

const fileAt = (cluster: Cluster, name: string, path: string): string => {
  const machine = cluster.machines.find((each) => each.name === name)!
  const file = assemble(components, cluster, machine).files.find((each) => each.path === path)
  return file ? textOf(file.content) : ''
}

/** Lines that one text has and the other has not. */
function difference(before: string, after: string): string[] {
  const [old, now] = [before.split('\n'), after.split('\n')]
  return [
    ...old.filter((line) => !now.includes(line)).map((line) => `-${line}`),
    ...now.filter((line) => !old.includes(line)).map((line) => `+${line}`),
  ]
}

const changes = (path: string, name: string, version: string, placement?: 'static-pod'): string[] =>
  difference(
    fileAt(at(8443, version, placement), name, path),
    fileAt(at(6443, version, placement), name, path),
  )

const [init, controlPlane, worker] = [
  'sample-kube-master-001',
  'sample-kube-master-002',
  'sample-kube-worker-001',
] as const
const kubeadm = (command: string) => `/etc/kubernetes/kubeadm/${command}.yaml`

describe('port 6443 of the virtual address on control planes', () => {
  it.each(['control-plane', 'static-pod'] as const)('is bound only by haproxy (%s)', (placement) => {
    const path = '/etc/haproxy/haproxy.cfg'
    expect(
      difference(
        fileAt(at(8443, '1.36.4', placement), init, path),
        fileAt(at(6443, '1.36.4', placement), init, path),
      ),
    ).toMatchInlineSnapshot(`
      [
        "-    bind 10.10.10.19:8443",
        "+# The API server on this machine listens on the same port on all other addresses. Both share it (SO_REUSEPORT), and Linux prefers",
        "+# the listener with the more specific address. Never bind the port without an address here, and never set noreuseport.",
        "+    bind 10.10.10.19:6443",
      ]
    `)
  })
  it('is shared by the API server, and does not make kubeadm stop', () => {
    expect(changes(kubeadm('init'), init, '1.20.2')).toMatchInlineSnapshot(`
      [
        "-controlPlaneEndpoint: "10.10.10.19:8443"",
        "+  ignorePreflightErrors:",
        "+    - "Port-6443"",
        "+controlPlaneEndpoint: "10.10.10.19:6443"",
        "+  extraArgs:",
        "+    permit-port-sharing: "true"",
      ]
    `)
    expect(changes(kubeadm('init'), init, '1.36.4')).toMatchInlineSnapshot(`
      [
        "-controlPlaneEndpoint: "10.10.10.19:8443"",
        "+  ignorePreflightErrors:",
        "+    - "Port-6443"",
        "+controlPlaneEndpoint: "10.10.10.19:6443"",
        "+  extraArgs:",
        "+    - name: "permit-port-sharing"",
        "+      value: "true"",
      ]
    `)
    expect(changes(kubeadm('join'), controlPlane, '1.36.4')).toMatchInlineSnapshot(`
      [
        "-    apiServerEndpoint: "10.10.10.19:8443"",
        "+    apiServerEndpoint: "10.10.10.19:6443"",
        "+  ignorePreflightErrors:",
        "+    - "Port-6443"",
      ]
    `)
  })
  it('is ignored by kubeadm beside what it ignores for static pods', () => {
    expect(changes(kubeadm('join'), controlPlane, '1.36.4', 'static-pod')).toMatchInlineSnapshot(`
      [
        "-    apiServerEndpoint: "10.10.10.19:8443"",
        "+    apiServerEndpoint: "10.10.10.19:6443"",
        "+    - "Port-6443"",
      ]
    `)
  })
  it('does not concern workers', () => {
    expect(changes(kubeadm('join'), worker, '1.36.4')).toMatchInlineSnapshot(`
      [
        "-    apiServerEndpoint: "10.10.10.19:8443"",
        "+    apiServerEndpoint: "10.10.10.19:6443"",
      ]
    `)
  })
})
