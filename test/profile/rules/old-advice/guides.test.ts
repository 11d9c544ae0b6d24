import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { loadProfile } from '../../../../src/profile/load.ts'
import { exampleFile, exampleNames } from '../../../example.ts'
import { printed } from '../../mistakes.ts'

const directory = fileURLToPath(new URL('../../../fixtures/old-advice/', import.meta.url))

/** Each piece of old advice of a guide: what it says, the rule that must find it, and the words that the rule must point at. */
type Piece = readonly [says: string, code: string, words: string]

/** Five guides that people copy from, put into profiles with all that they set. */
const guides: Record<string, readonly Piece[]> = {
  'external-load-balancers': [
    ['CentOS 7', 'distribution/end-of-life', '7'],
    ['hosts are added by a command', 'old-advice/append', '>> /etc/hosts'],
    ['so is haproxy.cfg', 'old-advice/append', '>> /etc/haproxy/haproxy.cfg'],
    ['defaults are for HTTP', 'old-advice/haproxy-http-defaults', 'mode http'],
    ['clients have 50 seconds', 'old-advice/haproxy-short-timeout', 'timeout client 50000'],
    ['servers too', 'old-advice/haproxy-short-timeout', 'timeout server 50000'],
    ['API servers are checked by TCP', 'old-advice/haproxy-plain-check', 'option tcp-check'],
    ['one is MASTER, with nopreempt', 'old-advice/keepalived-nopreempt', 'state MASTER'],
    ['VRRP has a password', 'old-advice/keepalived-authentication', 'auth_type PASS'],
    ['which is in git', 'secrets/password-in-clear', 'sample'],
    [
      'two scripts in one line, on becoming master',
      'old-advice/keepalived-shell-words',
      'conntrackd.sh primary;',
    ],
    ['and on faults', 'old-advice/keepalived-shell-words', 'conntrackd.sh fault;'],
    ['haproxy is checked by killall', 'old-advice/keepalived-process-check', '$(which killall) -0 haproxy'],
    ['a script written by a here-document that loses its $1', 'old-advice/heredoc-expansion', '$1'],
    ['all NAT rules are removed', 'old-advice/iptables-flush', 'iptables -t nat -F'],
  ],
  'external-etcd': [
    ['machines with addresses of others', 'network/not-private', '33.193.255.0/24'],
    ['one load balancer', 'load-balancing/one-balancer', 'machines'],
    ['router id 51', 'old-advice/virtual-router-id-51', '51'],
    ['a pod network of others, miswritten', 'network/not-private', '172.168.0.0/12'],
    ['ipvs', 'kubernetes/ipvs', 'ipvs'],
    ['Docker', 'old-advice/docker-package', 'docker-ce'],
    ['a setting of the kernel of RHEL 7', 'old-advice/may-detach-mounts', 'fs.may_detach_mounts'],
    ['a setting of CentOS 5', 'old-advice/ip-conntrack', 'net.ipv4.ip_conntrack_max'],
    ['no timestamps, but tcp_tw_reuse', 'old-advice/tcp-timestamps', 'net.ipv4.tcp_timestamps'],
    ['bridge settings in a file', 'old-advice/bridge-sysctl', 'net.bridge.bridge-nf-call-iptables'],
    ['for IPv6 too', 'old-advice/bridge-sysctl', 'net.bridge.bridge-nf-call-ip6tables'],
    ['a limit that kube-proxy sets', 'old-advice/nf-conntrack-max', 'net.netfilter.nf_conntrack_max=2310720'],
    ['firewall stopped', 'old-advice/firewall-off', 'systemctl stop firewalld'],
    ['and disabled', 'old-advice/firewall-off', 'systemctl disable firewalld'],
    ['SELinux disabled', 'old-advice/selinux-off', 'sed -i'],
    ['at once', 'old-advice/selinux-off', 'setenforce 0'],
    ['swap off until the next start', 'old-advice/swapoff', 'swapoff -a'],
    ['packages of CentOS 8', 'old-advice/centos-mirrors', 'mirror.centos.org'],
    ['CentOS Stream 8', 'old-advice/centos-mirrors', 'centos-linux-repos centos-stream-repos'],
    ['a restart in a command', 'old-advice/reboot', 'reboot'],
    ['limits added by a command', 'old-advice/append', '>> /etc/security/limits.conf'],
    ['limits of services too', 'old-advice/append', '>> /etc/systemd/system.conf'],
    ['modules loaded by a command', 'old-advice/modprobe', 'modprobe -- ip_vs'],
    ['and another', 'old-advice/modprobe', 'modprobe -- nf_conntrack'],
    ['defaults are for HTTP', 'old-advice/haproxy-http-defaults', 'mode http'],
    ['clients have 50 seconds', 'old-advice/haproxy-short-timeout', 'timeout client 50000'],
    ['servers too', 'old-advice/haproxy-short-timeout', 'timeout server 50000'],
    ['API servers are checked by TCP', 'old-advice/haproxy-plain-check', 'option tcp-check'],
    ['router id 51 again', 'old-advice/virtual-router-id-51', 'virtual_router_id 51'],
    ['a password that is cut', 'old-advice/keepalived-auth-pass', 'auth_pass K8SHA_KA_AUTH'],
    ['and in git', 'secrets/password-in-clear', 'K8SHA_KA_AUTH'],
    ['haproxy is checked by pgrep', 'old-advice/keepalived-process-check', 'pgrep haproxy'],
    ['the check stops keepalived', 'old-advice/keepalived-stop', 'systemctl stop keepalived'],
    ['etcd without TLS for all of the machine', 'old-advice/etcd-plain-http', 'http://127.0.0.1:2379'],
  ],
  'static-pods': [
    ['router id 51', 'old-advice/virtual-router-id-51', '51'],
    ['Docker', 'old-advice/docker-package', 'docker.io'],
    [
      'scripts that anyone may change',
      'old-advice/keepalived-script-security',
      'vrrp_script check_apiserver',
    ],
    ['a weight below the gap', 'old-advice/keepalived-weight', 'weight -2'],
    ['router id 51 again', 'old-advice/virtual-router-id-51', 'virtual_router_id 51'],
    ['VRRP has a password', 'old-advice/keepalived-authentication', 'auth_type PASS'],
    ['which is in git', 'secrets/password-in-clear', '42'],
    ['a check that trusts anyone', 'old-advice/keepalived-insecure-check', '--insecure'],
    ['an image of strangers', 'old-advice/keepalived-image', 'osixia/keepalived:1.3.5-1'],
    ['defaults are for HTTP', 'old-advice/haproxy-http-defaults', 'http'],
    ['clients have 20 seconds', 'old-advice/haproxy-short-timeout', 'timeout client'],
    ['servers too', 'old-advice/haproxy-short-timeout', 'timeout server'],
    ['a deprecated health check', 'old-advice/apiserver-healthz', 'option httpchk GET /healthz'],
    ['a hello in SSL 3', 'old-advice/haproxy-ssl-hello', 'option ssl-hello-chk'],
    ['the deprecated check again, by the kubelet', 'old-advice/apiserver-healthz', 'path: /healthz'],
  ],
  'derived-priorities': [
    ['router id 51', 'old-advice/virtual-router-id-51', 'ROUTER_ID="51'],
    [
      'scripts that anyone may change',
      'old-advice/keepalived-script-security',
      'vrrp_script check_apiserver',
    ],
    ['a weight below the gap', 'old-advice/keepalived-weight', 'weight -2'],
    ['VRRP has a password', 'old-advice/keepalived-authentication', 'auth_type PASS'],
    ['a script written by a here-document that loses its $*', 'old-advice/heredoc-expansion', '$*'],
    ['a check that trusts anyone', 'old-advice/keepalived-insecure-check', 'curl --silent'],
    ['defaults are for HTTP', 'old-advice/haproxy-http-defaults', 'http'],
    ['clients have 20 seconds', 'old-advice/haproxy-short-timeout', 'timeout client'],
    ['servers too', 'old-advice/haproxy-short-timeout', 'timeout server'],
    ['a deprecated health check', 'old-advice/apiserver-healthz', 'option httpchk GET /healthz'],
    ['which a check by TCP replaces', 'old-advice/haproxy-plain-check', 'option tcp-check'],
  ],
  'flannel-service': [
    ['a kernel argument of Debian 8', 'old-advice/cgroup-enable', 'cgroup_enable=memory'],
    ['one load balancer', 'load-balancing/one-balancer', 'machines'],
    ['defaults are for HTTP', 'old-advice/haproxy-http-defaults', 'http'],
    ['clients have a minute', 'old-advice/haproxy-short-timeout', 'timeout client'],
    ['servers too', 'old-advice/haproxy-short-timeout', 'timeout server'],
    ['API servers are checked by TCP', 'old-advice/haproxy-plain-check', 'server apiserver01'],
    ['a command that Docker has not got any more', 'old-advice/docker-daemon', '/usr/bin/docker daemon'],
    ['a flannel that needs etcd 2', 'old-advice/old-flannel', 'v0.5.5'],
    ['a key for all repositories', 'old-advice/apt-key', 'apt-key adv'],
    ['a repository that is gone', 'old-advice/old-docker-packages', 'apt.dockerproject.org'],
    ['and its package', 'old-advice/docker-package', 'docker-engine'],
    ['the boot loader edited by a command', 'old-advice/grub-edit', '/etc/default/grub'],
    ['for the argument of Debian 8', 'old-advice/cgroup-enable', 'cgroup_enable=memory'],
    ['a restart in a command', 'old-advice/reboot', 'reboot'],
  ],
}

describe.each(Object.entries(guides))('the guide in %s', async (name, pieces) => {
  // Named as someone would who stands beside it: snapshots hold no directory of this machine.
  const loaded = await loadProfile(`${directory}${name}/profile.yaml`)
  const lines = loaded.text.split('\n')
  const found = loaded.diagnostics.map(
    ({ code, position: { line, column, length } = { line: 1, column: 1, length: 1 } }) => ({
      code,
      words: (lines[line - 1] ?? '').slice(column - 1, column - 1 + length),
    }),
  )
  it.each(pieces)('%s: %s finds %s', (_, code, words) => {
    const pointedAt = found.filter((each) => each.code === code).map((each) => each.words)
    expect(pointedAt).toContainEqual(expect.stringContaining(words))
  })
  it('every finding about old advice is expected', () => {
    const unexpected = found.filter(
      ({ code, words }) =>
        code.startsWith('old-advice/') &&
        !pieces.some(([, expected, part]) => expected === code && words.includes(part)),
    )
    expect(unexpected).toEqual([])
  })
  it('the whole output is expected', async () => {
    await expect(printed(loaded).replaceAll(`${directory}${name}/`, '')).toMatchFileSnapshot(
      `${directory}${name}/expected.txt`,
    )
  })
})

describe('the example profiles', () => {
  it.each(exampleNames)('%s follows no old advice', async (name) => {
    const { diagnostics } = await loadProfile(exampleFile(name))
    expect(diagnostics.filter(({ code }) => code.startsWith('old-advice/'))).toEqual([])
  })
})
