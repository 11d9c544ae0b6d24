import { describe, expect, it } from 'vitest'
import { findConflicts } from '../../src/check/conflicts.ts'
import { resolve } from '../../src/cluster/resolve.ts'
import { printDiagnostics } from '../../src/diagnostics/print.ts'
import { parseProfile } from '../../src/profile/load.ts'
import { testSecrets } from '../example.ts'
import { good, replace } from '../profile/mistakes.ts'

function conflictsIn(text: string): string {
  const loaded = parseProfile(text, 'profile.yaml')
  const errors = loaded.diagnostics.filter(({ severity }) => severity === 'error')
  if (!loaded.profile || errors.length > 0) throw new Error(errors.map(({ message }) => message).join('\n'))
  const found = findConflicts(resolve(loaded.profile, loaded.sources, testSecrets))
  return printDiagnostics(
    found.map((diagnostic) => ({ diagnostic, loaded })),
    'text',
  )
}

const withSetting = (line: string): string => conflictsIn(`${good}sysctls:\n  ${line}\n`)
const inMode = (mode: string, line: string, more = ''): string =>
  conflictsIn(
    replace(`${good}sysctls:\n  ${line}\n`, ['kubernetes:\n', `kubernetes:\n  proxyMode: ${mode}\n${more}`]),
  )
const onBalancers = (line: string): string =>
  conflictsIn(`${good}roles:\n  load-balancer:\n    sysctls:\n      ${line}\n`)
const message = (text: string): string => /(?<=\]: ).*(?= \[\$)/.exec(text)?.[0] ?? ''

describe('kernel settings that are valid, but with which a machine cannot work', () => {
  it('are reported with the minimum that the component needs', () => {
    expect(withSetting('fs.file-max: 8192')).toMatchInlineSnapshot(`
      "profile.yaml:50:16: error[conflict/sysctl]: fs.file-max is 8192, and haproxy and kubeadm on balancer-1, balancer-2, control-1 and 3 more need it to be 131072 or more: haproxy opens two files for each connection, and hakube lets it open 131072 [$.sysctls["fs.file-max"]]
         50 |   fs.file-max: 8192
            |                ^^^^
        hint: remove it, or write 131072 or more
      "
    `)
  })
  it('are reported with the reason if only one value is wrong', () => {
    expect(withSetting('net.ipv4.conf.*.arp_ignore: 8')).toMatchInlineSnapshot(`
      "profile.yaml:50:31: error[conflict/sysctl]: net.ipv4.conf.*.arp_ignore is 8, and keepalived and kubeadm on balancer-1, balancer-2, control-1 and 3 more cannot work with it: the machine answers no ARP request, so no other machine reaches its addresses [$.sysctls["net.ipv4.conf.*.arp_ignore"]]
         50 |   net.ipv4.conf.*.arp_ignore: 8
            |                               ^
        hint: remove it
      "
    `)
  })
  it('are reported if a program on the machine writes another value, with that value', () => {
    expect(withSetting('kernel.panic: 60')).toMatchInlineSnapshot(`
      "profile.yaml:50:17: error[conflict/sysctl]: kernel.panic is 60, and kubeadm on control-1, control-2, control-3 and 1 more needs it to be 10: the kubelet writes that whenever it starts [$.sysctls["kernel.panic"]]
         50 |   kernel.panic: 60
            |                 ^^
        hint: remove it, or write 10
      "
    `)
  })

  it.each([
    'fs.file-max: 131071',
    'fs/nr_open: 1024',
    'kernel.pid_max: 4096',
    'kernel.threads-max: 1000',
    'vm.max_map_count: 1000',
    'kernel.keys.maxkeys: 10',
    'fs.inotify.max_user_watches: 100',
    'user.max_inotify_watches: 100',
    'user.max_net_namespaces: 0',
    'user.max_pid_namespaces: 20',
    'net.core.somaxconn: 16',
    'net.ipv4.neigh.default.gc_thresh3: 64',
    'net.netfilter.nf_conntrack_max: 1024',
    'net.nf_conntrack_max: 4096',
    'net/netfilter/nf_conntrack_max: 0',
    'net.ipv4.ip_default_ttl: 1',
    'net.ipv4.conf.all.arp_ignore: 8',
    'net.ipv4.conf.default.arp_ignore: 8',
    'net/ipv4/conf/eno1/arp_ignore: 8',
    'net.ipv4.conf.all.drop_gratuitous_arp: 1',
    'vm.overcommit_memory: 2',
    'vm.panic_on_oom: 1',
    'kernel.panic_on_oops: 0',
    'kernel.keys.root_maxkeys: 200',
    'net.ipv4.conf.all.route_localnet: 0',
  ])('%s', (line) => {
    expect(message(withSetting(line))).toMatchSnapshot()
  })

  it.each([
    'fs.file-max: 131072',
    'fs.nr_open: 1048576',
    'kernel.pid_max: 4194304',
    'vm.max_map_count: 262144',
    'fs.inotify.max_user_watches: 524288',
    'user.max_net_namespaces: 15000',
    'net.core.somaxconn: 4096',
    'net.ipv4.neigh.default.gc_thresh1: 80',
    'net.ipv4.neigh.default.gc_thresh3: 8192',
    'net.netfilter.nf_conntrack_max: 32768',
    'net.netfilter.nf_conntrack_tcp_timeout_established: 600',
    'net.ipv4.ip_default_ttl: 64',
    'net.ipv4.conf.all.arp_ignore: 0',
    'net.ipv4.conf.all.arp_ignore: 1',
    'net.ipv4.conf.all.arp_ignore: 2',
    'net.ipv4.conf.lo.arp_ignore: 8',
    'net.ipv4.conf.all.arp_announce: 2',
    'net.ipv4.conf.all.arp_filter: 1',
    'net.ipv4.conf.all.drop_gratuitous_arp: 0',
    'vm.overcommit_memory: 1',
    'kernel.panic: 10',
    'net.ipv4.conf.all.route_localnet: 1',
  ])('%s is left to the profile', (line) => {
    expect(withSetting(line)).toBe('')
  })

  it('are checked on load balancers against what those need', () => {
    expect(message(onBalancers('fs.file-max: 65536'))).toMatchInlineSnapshot(
      `"fs.file-max is 65536, and haproxy on balancer-1, balancer-2 needs it to be 131072 or more: haproxy opens two files for each connection, and hakube lets it open 131072"`,
    )
    expect(message(onBalancers('net.netfilter.nf_conntrack_max: 1024'))).toMatchInlineSnapshot(
      `"net.netfilter.nf_conntrack_max is 1024, and keepalived on balancer-1, balancer-2 needs it to be 32768 or more: the kernel drops packets of new connections while its table is full"`,
    )
    expect(onBalancers('kernel.panic: 60')).toBe('')
    expect(onBalancers('kernel.pid_max: 4096')).toBe('')
  })

  it('are checked in files and commands as well, except where the program would merely override them', () => {
    expect(
      message(conflictsIn(`${good}commands:\n  - name: harden\n    run: sysctl -w fs.file-max=1000\n`)),
    ).toMatchInlineSnapshot(
      `"fs.file-max is 1000, and haproxy and kubeadm on balancer-1, balancer-2, control-1 and 3 more need it to be 131072 or more: haproxy opens two files for each connection, and hakube lets it open 131072"`,
    )
    expect(
      conflictsIn(
        `${good}files:\n  - path: /etc/sysctl.d/99-hardening.conf\n    content: "kernel.panic = 60\\n"\n`,
      ),
    ).toBe('')
  })

  it('depend on the mode of kube-proxy', () => {
    expect(message(inMode('ipvs', 'net.ipv4.conf.all.arp_ignore: 0'))).toMatchInlineSnapshot(
      `"net.ipv4.conf.all.arp_ignore is 0, and kubeadm on control-1, control-2, control-3 and 1 more needs it to be 1: kube-proxy writes that whenever it starts"`,
    )
    expect(inMode('ipvs', 'net.ipv4.conf.all.arp_announce: 2')).toBe('')
    expect(inMode('ipvs', 'net.ipv4.conf.all.route_localnet: 0')).toBe('')
    expect(inMode('nftables', 'net.ipv4.conf.all.route_localnet: 0')).toBe('')
    expect(message(inMode('iptables', 'net.ipv4.conf.all.route_localnet: 0'))).toMatchInlineSnapshot(
      `"net.ipv4.conf.all.route_localnet is 0, and kubeadm on control-1, control-2, control-3 and 1 more needs it to be 1: kube-proxy writes that whenever it starts"`,
    )
    expect(
      inMode(
        'iptables',
        'net.ipv4.conf.all.route_localnet: 0',
        '  kubeProxyConfiguration: {iptables: {localhostNodePorts: false}}\n',
      ),
    ).toBe('')
  })
})
