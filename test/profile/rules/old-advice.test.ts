import { describe, expect, it } from 'vitest'
import { mistakesWith } from '../mistakes.ts'

describe('old advice', () => {
  it('1: tcp_tw_recycle', () => {
    expect(mistakesWith('sysctls:\n  net.ipv4.tcp_tw_recycle: 1\n')).toMatchInlineSnapshot(`
      "profile.yaml:50:3: error[old-advice/tcp-tw-recycle]: net.ipv4.tcp_tw_recycle was removed in Linux 4.12, and broke NAT before that [$.sysctls["net.ipv4.tcp_tw_recycle"]]
         50 |   net.ipv4.tcp_tw_recycle: 1
            |   ^^^^^^^^^^^^^^^^^^^^^^^
        hint: remove it
        source: https://github.com/torvalds/linux/commit/4396e46187ca5070219b81773c4e65088dac50cc
      "
    `)
  })
  it('2: tcp_timestamps off, with tcp_tw_reuse', () => {
    expect(mistakesWith('sysctls:\n  net.ipv4.tcp_timestamps: 0\n  net.ipv4.tcp_tw_reuse: 1\n'))
      .toMatchInlineSnapshot(`
        "profile.yaml:50:3: warning[old-advice/tcp-timestamps]: without timestamps, TCP cannot tell old packets from new ones, and tcp_tw_reuse has no effect [$.sysctls["net.ipv4.tcp_timestamps"]]
           50 |   net.ipv4.tcp_timestamps: 0
              |   ^^^^^^^^^^^^^^^^^^^^^^^
          hint: remove it, and net.ipv4.tcp_tw_reuse: the defaults are right
          profile.yaml:51:3: set here
          source: https://vincent.bernat.ch/en/blog/2014-tcp-time-wait-state-linux
        "
      `)
  })
  it('3: ip_conntrack', () => {
    expect(
      mistakesWith(
        'sysctls:\n  net.ipv4.ip_conntrack_max: 65536\n  net.ipv4.netfilter.ip_conntrack_tcp_timeout_established: 3600\n',
      ),
    ).toMatchInlineSnapshot(`
      "profile.yaml:50:3: error[old-advice/ip-conntrack]: net.ipv4.ip_conntrack_max was removed from the kernel [$.sysctls["net.ipv4.ip_conntrack_max"]]
         50 |   net.ipv4.ip_conntrack_max: 65536
            |   ^^^^^^^^^^^^^^^^^^^^^^^^^
        hint: remove it; net.netfilter.nf_conntrack_max limits connection tracking, and on Kubernetes nodes kube-proxy sets it
        source: https://docs.kernel.org/networking/nf_conntrack-sysctl.html

      profile.yaml:51:3: error[old-advice/ip-conntrack]: net.ipv4.netfilter.ip_conntrack_tcp_timeout_established was removed from the kernel [$.sysctls["net.ipv4.netfilter.ip_conntrack_tcp_timeout_established"]]
         51 |   net.ipv4.netfilter.ip_conntrack_tcp_timeout_established: 3600
            |   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        hint: remove it; net.netfilter.nf_conntrack_max limits connection tracking, and on Kubernetes nodes kube-proxy sets it
        source: https://docs.kernel.org/networking/nf_conntrack-sysctl.html
      "
    `)
  })
  it('4: nf_conntrack_max for all machines, which hakube tells kube-proxy', () => {
    expect(mistakesWith('sysctls:\n  net.netfilter.nf_conntrack_max: 1048576\n')).toMatchInlineSnapshot(`""`)
  })
  it('4: nf_conntrack_max for workers, which kube-proxy overwrites', () => {
    expect(mistakesWith('roles:\n  worker:\n    sysctls:\n      net.netfilter.nf_conntrack_max: 1048576\n'))
      .toMatchInlineSnapshot(`
        "profile.yaml:52:7: warning[old-advice/nf-conntrack-max]: kube-proxy overwrites net.netfilter.nf_conntrack_max according to the number of processors [$.roles.worker.sysctls["net.netfilter.nf_conntrack_max"]]
           52 |       net.netfilter.nf_conntrack_max: 1048576
              |       ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
          hint: remove it, or write it under sysctls for all machines: then hakube configures kube-proxy to keep it
          source: https://github.com/kubernetes/kops/issues/2223
        "
      `)
  })
  it('4: it is right on load balancers', () => {
    expect(
      mistakesWith('roles:\n  load-balancer:\n    sysctls:\n      net.netfilter.nf_conntrack_max: 1048576\n'),
    ).toMatchInlineSnapshot(`""`)
  })
  it('5: nf_conntrack_ipv4', () => {
    expect(mistakesWith('kernel:\n  modules: [nf_conntrack_ipv4]\n')).toMatchInlineSnapshot(`
      "profile.yaml:50:13: error[old-advice/nf-conntrack-ipv4]: nf_conntrack_ipv4 was merged into nf_conntrack in Linux 4.19 [$.kernel.modules[0]]
         50 |   modules: [nf_conntrack_ipv4]
            |             ^^^^^^^^^^^^^^^^^
        hint: write nf_conntrack under kernel.modules
        source: https://github.com/torvalds/linux/commit/a0ae2562c6c4b2721d9fddba63b7286c13517d9f
      "
    `)
  })
  it('6: may_detach_mounts', () => {
    expect(mistakesWith('sysctls:\n  fs.may_detach_mounts: 1\n')).toMatchInlineSnapshot(`
      "profile.yaml:50:3: error[old-advice/may-detach-mounts]: fs.may_detach_mounts exists only in the kernel of RHEL and CentOS 7 [$.sysctls["fs.may_detach_mounts"]]
         50 |   fs.may_detach_mounts: 1
            |   ^^^^^^^^^^^^^^^^^^^^
        hint: remove it, or write -fs.may_detach_mounts to allow it to be missing
        source: https://github.com/moby/moby/pull/34886
      "
    `)
  })
  it('6: it may be missing', () => {
    expect(mistakesWith('sysctls:\n  "-fs.may_detach_mounts": 1\n')).toMatchInlineSnapshot(`""`)
  })
  it('7: /etc/sysctl.conf', () => {
    expect(
      mistakesWith(
        'commands:\n  - name: tune\n    run: |\n      # sysctl -p would be old\n      echo vm.swappiness=1 >> /etc/sysctl.conf\n      sysctl -p\n',
      ),
    ).toMatchInlineSnapshot(`
      "profile.yaml:53:29: warning[old-advice/sysctl-conf]: lines added to /etc/sysctl.conf accumulate, and sysctl -p reads no other file [$.commands[0].run]
         53 |       echo vm.swappiness=1 >> /etc/sysctl.conf
            |                             ^^^^^^^^^^^^^^^^^^
        hint: write the settings under sysctls; hakube writes /etc/sysctl.d and loads it
        source: https://www.debian.org/releases/trixie/release-notes/issues.en.html#etc-sysctl-conf-is-no-longer-honored

      profile.yaml:54:7: warning[old-advice/sysctl-conf]: lines added to /etc/sysctl.conf accumulate, and sysctl -p reads no other file [$.commands[0].run]
         54 |       sysctl -p
            |       ^^^^^^^^^
        hint: write the settings under sysctls; hakube writes /etc/sysctl.d and loads it
        source: https://www.debian.org/releases/trixie/release-notes/issues.en.html#etc-sysctl-conf-is-no-longer-honored
      "
    `)
  })
  it('8: bridge settings in a file, and a module by a command', () => {
    expect(
      mistakesWith(
        'files:\n  - path: /etc/sysctl.d/k8s.conf\n    content: |\n\n      net.bridge.bridge-nf-call-iptables = 1\ncommands:\n  - name: load\n    run: |\n      modprobe -a br_netfilter\n',
      ),
    ).toMatchInlineSnapshot(`
      "profile.yaml:53:7: warning[old-advice/bridge-sysctl]: net.bridge.bridge-nf-call-iptables exists only while br_netfilter is loaded [$.files[0].content]
         53 |       net.bridge.bridge-nf-call-iptables = 1
            |       ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        hint: write it under sysctls: then hakube loads the module first, at every boot
        source: sysctl.d(5)

      profile.yaml:57:7: warning[old-advice/modprobe]: a module that a command loads is lost on reboot [$.commands[0].run]
         57 |       modprobe -a br_netfilter
            |       ^^^^^^^^^^^^^^^^^^^^^^^^
        hint: write the module under kernel.modules
        source: modules-load.d(5)
      "
    `)
  })
  it('1 to 6 in a file', () => {
    expect(
      mistakesWith(
        'files:\n  - path: /etc/sysctl.d/99-old.conf\n    content: |\n      net.ipv4.tcp_tw_recycle = 1\n      net.ipv4.tcp_timestamps=0\n      net.ipv4.ip_conntrack_max=1\n      net.netfilter.nf_conntrack_max = 5\n      fs.may_detach_mounts = 1\ncommands:\n  - {name: old, run: modprobe nf_conntrack_ipv4}\n',
      ),
    ).toMatchInlineSnapshot(`
      "profile.yaml:52:7: error[old-advice/tcp-tw-recycle]: net.ipv4.tcp_tw_recycle was removed in Linux 4.12, and broke NAT before that [$.files[0].content]
         52 |       net.ipv4.tcp_tw_recycle = 1
            |       ^^^^^^^^^^^^^^^^^^^^^^^^^^^
        hint: remove it
        source: https://github.com/torvalds/linux/commit/4396e46187ca5070219b81773c4e65088dac50cc

      profile.yaml:53:7: warning[old-advice/tcp-timestamps]: without timestamps, TCP cannot tell old packets from new ones, and tcp_tw_reuse has no effect [$.files[0].content]
         53 |       net.ipv4.tcp_timestamps=0
            |       ^^^^^^^^^^^^^^^^^^^^^^^^^
        hint: remove it, and net.ipv4.tcp_tw_reuse: the defaults are right
        source: https://vincent.bernat.ch/en/blog/2014-tcp-time-wait-state-linux

      profile.yaml:54:7: error[old-advice/ip-conntrack]: net.ipv4.ip_conntrack_max was removed from the kernel [$.files[0].content]
         54 |       net.ipv4.ip_conntrack_max=1
            |       ^^^^^^^^^^^^^^^^^^^^^^^^^^^
        hint: remove it; net.netfilter.nf_conntrack_max limits connection tracking, and on Kubernetes nodes kube-proxy sets it
        source: https://docs.kernel.org/networking/nf_conntrack-sysctl.html

      profile.yaml:55:7: warning[old-advice/nf-conntrack-max]: kube-proxy overwrites net.netfilter.nf_conntrack_max according to the number of processors [$.files[0].content]
         55 |       net.netfilter.nf_conntrack_max = 5
            |       ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        hint: remove it, or write it under sysctls for all machines: then hakube configures kube-proxy to keep it
        source: https://github.com/kubernetes/kops/issues/2223

      profile.yaml:56:7: error[old-advice/may-detach-mounts]: fs.may_detach_mounts exists only in the kernel of RHEL and CentOS 7 [$.files[0].content]
         56 |       fs.may_detach_mounts = 1
            |       ^^^^^^^^^^^^^^^^^^^^^^^^
        hint: remove it, or write -fs.may_detach_mounts to allow it to be missing
        source: https://github.com/moby/moby/pull/34886

      profile.yaml:58:22: error[old-advice/nf-conntrack-ipv4]: nf_conntrack_ipv4 was merged into nf_conntrack in Linux 4.19 [$.commands[0].run]
         58 |   - {name: old, run: modprobe nf_conntrack_ipv4}
            |                      ^^^^^^^^^^^^^^^^^^^^^^^^^^
        hint: write nf_conntrack under kernel.modules
        source: https://github.com/torvalds/linux/commit/a0ae2562c6c4b2721d9fddba63b7286c13517d9f
      "
    `)
  })
  it('11, 12, 17 and 18: keepalived', () => {
    expect(
      mistakesWith(
        'files:\n  - path: /etc/keepalived/extra.conf\n    content: |\n      global_defs {\n        vrrp_strict\n      }\n      vrrp_instance VI_1 {\n        state MASTER\n        nopreempt\n        virtual_router_id 51\n        authentication {\n          auth_type PASS\n          auth_pass very-long-password\n        }\n      }\n      vrrp_script check {\n        weight -2\n      }\n',
      ),
    ).toMatchInlineSnapshot(`
      "profile.yaml:53:9: error[old-advice/keepalived-vrrp-strict]: vrrp_strict forbids unicast, and drops packets to the virtual address [$.files[0].content]
         53 |         vrrp_strict
            |         ^^^^^^^^^^^
        hint: remove the line
        source: https://github.com/acassen/keepalived/issues/2319

      profile.yaml:56:9: error[old-advice/keepalived-nopreempt]: keepalived ignores nopreempt in state MASTER [$.files[0].content]
         56 |         state MASTER
            |         ^^^^^^^^^^^^
        hint: write state BACKUP on all machines; priorities decide
        source: https://github.com/acassen/keepalived/issues/1472

      profile.yaml:58:9: warning[old-advice/virtual-router-id-51]: virtual router ID 51 is in every example, so others may use it too [$.files[0].content]
         58 |         virtual_router_id 51
            |         ^^^^^^^^^^^^^^^^^^^^
        hint: write another number from 1 to 255; hakube derives its own from the cluster name
        source: https://github.com/openshift/installer/issues/2966

      profile.yaml:61:11: warning[old-advice/keepalived-auth-pass]: keepalived uses only the first 8 characters of auth_pass, and sends them unencrypted [$.files[0].content]
         61 |           auth_pass ********
            |           ^^^^^^^^^^^^^^^^^^
        hint: remove authentication, and allow VRRP (IP protocol 112) only from the other load balancers
        source: https://www.rfc-editor.org/rfc/rfc3768#section-10

      profile.yaml:61:21: error[secrets/password-in-clear]: a password is in plain text here, readable by anyone with access to the repository [$.files[0].content]
        hint: replace it with a new one that only the machine holds, e.g. fetched by a command of your own at first boot; treat anything that was ever committed as compromised

      profile.yaml:64:7: warning[old-advice/keepalived-script-security]: keepalived runs vrrp_script check with root privileges, no matter who may change the script [$.files[0].content]
         64 |       vrrp_script check {
            |       ^^^^^^^^^^^^^^^^^
        hint: write enable_script_security and script_user root in global_defs; the script must belong to root, with mode 0755
        source: https://github.com/acassen/keepalived/issues/901

      profile.yaml:65:9: warning[old-advice/keepalived-weight]: weight -2 has no effect if priorities are two or more apart [$.files[0].content]
         65 |         weight -2
            |         ^^^^^^^^^
        hint: write a weight above the widest gap between priorities, e.g. weight 50
        source: https://kubernetes.io/docs/setup/production-environment/tools/kubeadm/high-availability/
      "
    `)
  })
  it('19: ssl-hello-chk', () => {
    expect(
      mistakesWith(
        'files:\n  - path: /etc/haproxy/conf.d/extra.cfg\n    content: |\n      backend api\n        option ssl-hello-chk\n',
      ),
    ).toMatchInlineSnapshot(`
      "profile.yaml:53:9: error[old-advice/haproxy-ssl-hello]: option ssl-hello-chk uses SSL 3, which API servers reject [$.files[0].content]
         53 |         option ssl-hello-chk
            |         ^^^^^^^^^^^^^^^^^^^^
        hint: write option httpchk, http-check connect ssl and http-check send meth GET uri /readyz
        source: https://github.com/kubernetes/kubernetes/issues/70411
      "
    `)
  })
  it('in a file beside the profile', () => {
    expect(
      mistakesWith(
        'files:\n  - {path: /etc/sysctl.d/a.conf, source: files/a.conf}\n',
        new Map([['files/a.conf', 'vm.swappiness = 1\nnet.ipv4.tcp_tw_recycle = 1\n']]),
      ),
    ).toMatchInlineSnapshot(`
      "files/a.conf:2:1: error[old-advice/tcp-tw-recycle]: net.ipv4.tcp_tw_recycle was removed in Linux 4.12, and broke NAT before that [$.files[0].source]
          2 | net.ipv4.tcp_tw_recycle = 1
            | ^^^^^^^^^^^^^^^^^^^^^^^^^^^
        hint: remove it
        source: https://github.com/torvalds/linux/commit/4396e46187ca5070219b81773c4e65088dac50cc
      "
    `)
  })
  it('words in other files are not advice', () => {
    expect(
      mistakesWith('files:\n  - {path: /etc/motd, content: net.ipv4.tcp_tw_recycle}\n'),
    ).toMatchInlineSnapshot(`""`)
  })
})
