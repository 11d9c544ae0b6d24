import { describe, expect, it } from 'vitest'
import type { Part } from '../../src/assembly/component.ts'
import { kubeadm } from '../../src/components/kubeadm.ts'
import { sysctl } from '../../src/components/sysctl.ts'
import { moduleOfSysctl } from '../../src/distributions/sysctls/modules.ts'
import { canonicalKey } from '../../src/text/sysctl-key.ts'
import { exampleCluster } from '../example.ts'
import { assembleHost, changedCluster, declares, fileText, checkText } from './host.ts'
import { assembleOnly } from '../support/assemble-only.ts'

const file = '/etc/sysctl.d/95-hakube.conf'
const wants = (key: string, value: string): Part => ({ sysctls: [{ key, value }] })

const protects = (value: string | boolean) =>
  changedCluster((profile) => {
    profile.kubeletArguments = { 'protect-kernel-defaults': value }
    delete profile.sysctls
    delete profile.roles
  })

const kernelLines = (value: string | boolean) =>
  fileText(assembleOnly([kubeadm, sysctl], protects(value), protects(value).machines.at(-1)!), file)
    .split('\n')
    .filter((line) => /^(?:vm|kernel)\./.test(line))

describe('sysctl', () => {
  it.each([
    ['net.ipv4.ip_forward', 'net.ipv4.ip_forward'],
    ['net/ipv4/ip_forward', 'net.ipv4.ip_forward'],
    ['net/ipv4/conf/eth0.100/forwarding', 'net.ipv4.conf.eth0/100.forwarding'],
    ['net.ipv4.conf.eth0/100.forwarding', 'net.ipv4.conf.eth0/100.forwarding'],
    ['-fs.may_detach_mounts', 'fs.may_detach_mounts'],
  ])('reads %s as %s', (written, canonical) => {
    expect(canonicalKey(written)).toBe(canonical)
  })

  it.each([
    ['net.bridge.bridge-nf-call-iptables', 'br_netfilter'],
    ['net.netfilter.nf_conntrack_max', 'nf_conntrack'],
    ['net.ipv4.ip_forward', null],
  ])('knows the module of %s', (key, module) => {
    expect(moduleOfSysctl(key)).toBe(module)
  })

  it("prefers the profile's value to a component's, whatever the spelling", () => {
    const cluster = changedCluster((profile) => {
      profile.sysctls = {
        'net/ipv4/ip_forward': 0,
        '-fs.may_detach_mounts': 1,
        'kernel.core_pattern': `|/x 'y' %p`,
      }
      delete profile.roles
    })
    const assembly = assembleHost(cluster, wants('net.ipv4.ip_forward', '1'))
    expect(fileText(assembly, file)).toMatchInlineSnapshot(`
      "# Written by hakube (sysctl.d(5)). Modules that these keys need are in /etc/modules-load.d/hakube.conf.

      # profile $.sysctls["-fs.may_detach_mounts"]
      -fs.may_detach_mounts = 1

      # profile $.sysctls["kernel.core_pattern"]
      kernel.core_pattern = |/x 'y' %p

      # profile $.sysctls["net/ipv4/ip_forward"]
      net.ipv4.ip_forward = 0
      "
    `)
    expect(checkText(assembly, 'sysctl').split('\n')[4]).toMatchInlineSnapshot(
      `"settings=(kernel.core_pattern /proc/sys/kernel/core_pattern '|/x '\\''y'\\'' %p' net.ipv4.ip_forward /proc/sys/net/ipv4/ip_forward 0)"`,
    )
  })

  it('sets what the kubelet with protect-kernel-defaults requires', () => {
    expect(kernelLines(true)).toEqual([
      'kernel.keys.root_maxbytes = 25000000',
      'kernel.keys.root_maxkeys = 1000000',
      'kernel.panic = 10',
      'kernel.panic_on_oops = 1',
      'vm.overcommit_memory = 1',
      'vm.panic_on_oom = 0',
    ])
    expect(kernelLines('false')).toEqual([])
  })

  it('writes a value once that two components agree on', () => {
    const cluster = exampleCluster()
    const assembly = assembleOnly(
      [sysctl, declares('one', wants('vm.a', '1')), declares('two', wants('vm.a', '1'))],
      cluster,
      cluster.controlPlanes[0]!,
    )
    expect(fileText(assembly, file).split('\n\n').slice(1)).toEqual([
      "# sysctl: kubelet, containerd and each `kubectl logs --follow` use one of root's; 128 are soon exhausted\nfs.inotify.max_user_instances = 1024",
      '# one; two\nvm.a = 1',
      '# profile $.sysctls["vm.max_map_count"]\nvm.max_map_count = 262144\n',
    ])
  })

  it('refuses two components that disagree', () => {
    const cluster = exampleCluster()
    const components = [sysctl, declares('one', wants('vm.a', '1')), declares('two', wants('vm/a', '2'))]
    expect(() => assembleOnly(components, cluster, cluster.machines[0]!)).toThrow(
      'sysctl vm.a has two values: one wants 1, two wants 2',
    )
  })

  it('refuses a line break in a value', () => {
    const cluster = exampleCluster()
    const components = [sysctl, declares('one', wants('vm.a', '1\nvm.b = 2'))]
    expect(() => assembleOnly(components, cluster, cluster.machines[0]!)).toThrow(
      'a line of a file cannot contain',
    )
  })
})
