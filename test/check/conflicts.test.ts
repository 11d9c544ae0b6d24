import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { assemble } from '../../src/assembly/assemble.ts'
import { conflictsOf } from '../../src/assembly/conflicts/index.ts'
import { findConflicts } from '../../src/check/conflicts.ts'
import type { Cluster, SysctlSetting } from '../../src/cluster/cluster.ts'
import { resolve } from '../../src/cluster/resolve.ts'
import type { Reason, Owned, Part } from '../../src/assembly/component.ts'
import { components } from '../../src/components/index.ts'
import { sysctlNames } from '../../src/distributions/sysctls/aliases.ts'
import { printDiagnostics } from '../../src/diagnostics/print.ts'
import { parseProfile } from '../../src/profile/load.ts'
import type { Profile } from '../../src/profile/schema.ts'
import { canonicalKey } from '../../src/text/sysctl-key.ts'
import { declares, machineOf } from '../components/host.ts'
import { exampleNames, exampleProfile, testCluster, testSecrets, writeUpNames } from '../example.ts'
import { good, replace } from '../profile/mistakes.ts'

/** What a person sees of a profile that has no other mistakes. */
function conflictsIn(text: string, sources: ReadonlyMap<string, string> = new Map()): string {
  const loaded = parseProfile(text, 'profile.yaml', sources)
  const errors = loaded.diagnostics.filter(({ severity }) => severity === 'error')
  if (!loaded.profile || errors.length > 0) throw new Error(errors.map(({ message }) => message).join('\n'))
  const found = findConflicts(resolve(loaded.profile, loaded.sources, testSecrets))
  return printDiagnostics(
    found.map((diagnostic) => ({ diagnostic, loaded })),
    'text',
  )
}

const conflictsWith = (lines: string) => conflictsIn(good + lines)
const startedWith = (argument: string) => conflictsWith(`kernel:\n  arguments: ["${argument}"]\n`)
const debian = (text: string) =>
  replace(text, ['name: rocky', 'name: debian'], ['version: "9"', 'version: "12"'])

const withoutExcerpt = (text: string): string[] => text.split('\n').filter((line) => line.includes('error['))

describe('kernel settings against what components need', () => {
  it('another name of the same setting is reported with the component that needs it', () => {
    expect(conflictsWith('sysctls:\n  net.ipv4.conf.all.forwarding: 0\n')).toMatchInlineSnapshot(`
      "profile.yaml:50:33: error[conflict/sysctl]: net.ipv4.conf.all.forwarding is 0, and kubeadm on control-1, control-2, control-3 and 1 more needs net.ipv4.ip_forward to be 1: kubeadm refuses to start without it [$.sysctls["net.ipv4.conf.all.forwarding"]]
         50 |   net.ipv4.conf.all.forwarding: 0
            |                                 ^
        hint: remove it: hakube sets net.ipv4.ip_forward by itself
      "
    `)
  })

  it('a bridge that hides traffic from kube-proxy is refused on nodes', () => {
    expect(conflictsWith('roles:\n  worker:\n    sysctls:\n      net/bridge/bridge-nf-call-iptables: "0"\n'))
      .toMatchInlineSnapshot(`
      "profile.yaml:52:43: error[conflict/sysctl]: net/bridge/bridge-nf-call-iptables is 0, and kubeadm on worker-1 needs it to be 1: traffic between pods of one machine [$.roles.worker.sysctls["net/bridge/bridge-nf-call-iptables"]]
         52 |       net/bridge/bridge-nf-call-iptables: "0"
            |                                           ^^^
        hint: remove it: hakube sets net.bridge.bridge-nf-call-iptables by itself
      "
    `)
  })

  it('a setting with which haproxy cannot bind a virtual address of another machine is refused', () => {
    expect(conflictsWith('roles:\n  load-balancer:\n    sysctls:\n      net.ipv4.ip_nonlocal_bind: 0\n'))
      .toMatchInlineSnapshot(`
      "profile.yaml:52:34: error[conflict/sysctl]: net.ipv4.ip_nonlocal_bind is 0, and haproxy on balancer-1, balancer-2 needs it to be 1: binds the virtual addresses also while another machine holds them [$.roles.load-balancer.sysctls["net.ipv4.ip_nonlocal_bind"]]
         52 |       net.ipv4.ip_nonlocal_bind: 0
            |                                  ^
        hint: remove it: hakube sets net.ipv4.ip_nonlocal_bind by itself
      "
    `)
  })

  it('one position is reported once, with all components that need another value', () => {
    expect(
      conflictsIn(
        `${replace(good, ['  ingress:', '  sourceAddress: 10.10.10.18\n  ingress:'])}sysctls:\n  net.ipv4.conf.*.forwarding: 0\n  net.ipv4.conf.eth0.send_redirects: 1\n`,
      ),
    ).toMatchInlineSnapshot(`
      "profile.yaml:51:31: error[conflict/sysctl]: net.ipv4.conf.*.forwarding is 0, and source-address and kubeadm on balancer-1, balancer-2, control-1 and 3 more need net.ipv4.ip_forward to be 1: the machine forwards traffic of the subnet [$.sysctls["net.ipv4.conf.*.forwarding"]]
         51 |   net.ipv4.conf.*.forwarding: 0
            |                               ^
        hint: remove it: hakube sets net.ipv4.ip_forward by itself

      profile.yaml:52:38: error[conflict/sysctl]: net.ipv4.conf.eth0.send_redirects is 1, and source-address on balancer-1, balancer-2 needs net.ipv4.conf.*.send_redirects to be 0: the same for each interface [$.sysctls["net.ipv4.conf.eth0.send_redirects"]]
         52 |   net.ipv4.conf.eth0.send_redirects: 1
            |                                      ^
        hint: remove it: hakube sets net.ipv4.conf.*.send_redirects by itself
      "
    `)
  })

  it.each(['1024', '8192', '1000000'])('%s is enough for a minimum of 1024', (value) => {
    expect(conflictsWith(`sysctls:\n  fs.inotify.max_user_instances: "${value}"\n`)).toBe('')
  })

  it('less than a minimum is refused, by both names', () => {
    expect(
      conflictsWith('sysctls:\n  fs.inotify.max_user_instances: 512\n  user.max_inotify_instances: 128\n'),
    ).toMatchInlineSnapshot(`
      "profile.yaml:50:34: error[conflict/sysctl]: fs.inotify.max_user_instances is 512, and sysctl on control-1, control-2, control-3 and 1 more needs it to be 1024 or more: kubelet, containerd and each \`kubectl logs --follow\` use one of root's; 128 are soon exhausted [$.sysctls["fs.inotify.max_user_instances"]]
         50 |   fs.inotify.max_user_instances: 512
            |                                  ^^^
        hint: remove it: hakube sets fs.inotify.max_user_instances by itself, or write 1024 or more

      profile.yaml:51:31: error[conflict/sysctl]: user.max_inotify_instances is 128, and sysctl on control-1, control-2, control-3 and 1 more needs fs.inotify.max_user_instances to be 1024 or more: kubelet, containerd and each \`kubectl logs --follow\` use one of root's; 128 are soon exhausted [$.sysctls["user.max_inotify_instances"]]
         51 |   user.max_inotify_instances: 128
            |                               ^^^
        hint: remove it: hakube sets fs.inotify.max_user_instances by itself, or write 1024 or more
      "
    `)
  })

  it.each([
    'net.ipv4.ip_forward: 1',
    'net/ipv4/ip_forward: "1 "',
    'net.ipv4.conf.all.forwarding: 1',
    'net.ipv4.conf.*.forwarding: 1',
    'net.ipv6.conf.all.forwarding: 0',
    'net.ipv4.conf.all.bc_forwarding: 0',
    'net.netfilter.nf_conntrack_max: 1048576',
    'net.core.somaxconn: 16384',
  ])('%s is left to the profile', (line) => {
    expect(conflictsWith(`sysctls:\n  ${line}\n`)).toBe('')
  })

  it('a setting that nothing on the machine needs is left to the profile', () => {
    expect(conflictsWith('roles:\n  load-balancer:\n    sysctls:\n      net.ipv4.ip_forward: 0\n')).toBe('')
  })

  it("files that are read after hakube's own and commands count as well", () => {
    const lines = [
      'files:',
      '  - path: /etc/sysctl.d/99-hardening.conf',
      '    content: |',
      '      # CIS 3.1.1',
      '      net.ipv4.ip_forward = 0',
      '      net.ipv4.conf.all.rp_filter = 1',
      '  - path: /etc/sysctl.d/10-hardening.conf',
      '    content: |',
      '      net.ipv4.ip_forward = 0',
      '  - path: /etc/sysctl.conf',
      '    source: sysctl.conf',
      'commands:',
      '  - name: harden',
      '    run: |',
      '      sysctl -w net.ipv4.ip_forward=0',
      '      echo 0 | sudo tee /proc/sys/net/ipv4/conf/all/forwarding',
      "      cat >/etc/sysctl.d/98-more.conf <<'END'",
      '      net.bridge.bridge-nf-call-iptables=0',
      '      END',
      "      cat >/etc/sysctl.d/20-early.conf <<'END'",
      '      net.bridge.bridge-nf-call-ip6tables=0',
      '      END',
    ]
    const sources = new Map([['sysctl.conf', '-net.ipv4.ip_forward=0\n']])
    expect(conflictsIn(`${good}${lines.join('\n')}\n`, sources)).toMatchInlineSnapshot(`
      "profile.yaml:53:7: error[conflict/sysctl]: net.ipv4.ip_forward is 0, and kubeadm on control-1, control-2, control-3 and 1 more needs it to be 1: kubeadm refuses to start without it [$.files[0].content]
         53 |       net.ipv4.ip_forward = 0
            |       ^^^^^^^^^^^^^^^^^^^^^^^
        hint: remove it: hakube sets net.ipv4.ip_forward by itself

      sysctl.conf:1:1: error[conflict/sysctl]: net.ipv4.ip_forward is 0, and kubeadm on control-1, control-2, control-3 and 1 more needs it to be 1: kubeadm refuses to start without it [$.files[2].source]
          1 | -net.ipv4.ip_forward=0
            | ^^^^^^^^^^^^^^^^^^^^^^
        hint: remove it: hakube sets net.ipv4.ip_forward by itself

      profile.yaml:63:17: error[conflict/sysctl]: net.ipv4.ip_forward is 0, and kubeadm on control-1, control-2, control-3 and 1 more needs it to be 1: kubeadm refuses to start without it [$.commands[0].run]
         63 |       sysctl -w net.ipv4.ip_forward=0
            |                 ^^^^^^^^^^^^^^^^^^^^^
        hint: remove it: hakube sets net.ipv4.ip_forward by itself

      profile.yaml:64:7: error[conflict/sysctl]: net/ipv4/conf/all/forwarding is 0, and kubeadm on control-1, control-2, control-3 and 1 more needs net.ipv4.ip_forward to be 1: kubeadm refuses to start without it [$.commands[0].run]
         64 |       echo 0 | sudo tee /proc/sys/net/ipv4/conf/all/forwarding
            |       ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        hint: remove it: hakube sets net.ipv4.ip_forward by itself

      profile.yaml:66:7: error[conflict/sysctl]: net.bridge.bridge-nf-call-iptables is 0, and kubeadm on control-1, control-2, control-3 and 1 more needs it to be 1: traffic between pods of one machine [$.commands[0].run]
         66 |       net.bridge.bridge-nf-call-iptables=0
            |       ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        hint: remove it: hakube sets net.bridge.bridge-nf-call-iptables by itself
      "
    `)
  })

  it.each([
    ['/etc/sysctl.d/96-own.conf', 1],
    ['/usr/lib/sysctl.d/own.conf', 1],
    ['/usr/local/lib/sysctl.d/own.conf', 1],
    ['/lib/sysctl.d/own.conf', 1],
    ['/etc/sysctl.conf', 1],
    ['/etc/sysctl.d/94-own.conf', 0],
    ['/etc/sysctl.d/95-a.conf', 0],
    ['/etc/sysctl.d/own.txt', 0],
    ['/etc/sysctl.d/more/own.conf', 0],
    ['/opt/etc/sysctl.d/own.conf', 0],
    ['/opt/own-sysctl.conf', 0],
    ['/opt/sysctl.conf', 0],
  ])('a file at %s is reported %i times', (path, count) => {
    const lines = `files:\n  - {path: ${path}, content: "net.ipv4.ip_forward = 0\\n"}\n`
    expect(withoutExcerpt(conflictsWith(lines))).toHaveLength(count)
  })

  it('no part of a secret is shown', () => {
    expect(
      conflictsWith(
        'commands:\n  - name: a\n    secret: true\n    run: log-in hunter2; sysctl net.ipv4.ip_forward=0\n',
      ),
    ).toMatchInlineSnapshot(`
      "profile.yaml:52:10: error[conflict/sysctl]: net.ipv4.ip_forward is 0, and kubeadm on control-1, control-2, control-3 and 1 more needs it to be 1: kubeadm refuses to start without it [$.commands[0].run]
        hint: remove it: hakube sets net.ipv4.ip_forward by itself
      "
    `)
  })
})

const others = ['-1', '0', '1', '2', '3', '128', '512', '4294967295', 'x', '1 1']

/** Everything that has other components or other values of them. */
const variants: readonly ((profile: Profile) => void)[] = [
  () => undefined,
  (profile) => {
    profile.kubeletArguments = { 'protect-kernel-defaults': true }
  },
  (profile) => {
    profile.kubernetes.proxyMode = 'ipvs'
    if (profile.loadBalancing && profile.loadBalancing.placement !== 'external')
      profile.loadBalancing.sourceAddress = [profile.loadBalancing.api.address].flat()[0]!
  },
  (profile) => {
    const { api } = profile.loadBalancing ?? {}
    if (!api) return
    profile.network.subnet6 = 'fd00:10:10::/64'
    api.address = [[api.address].flat()[0]!, 'fd00:10:10::19']
  },
]

type Need = { cluster: Cluster; machine: string; need: Owned<SysctlSetting & Reason> }

async function everyNeed(): Promise<Need[]> {
  const needs = new Map<string, Need>()
  for (const name of [...exampleNames, ...writeUpNames])
    for (const change of name === 'external-load-balancers' ? variants : variants.slice(0, 1)) {
      const profile = exampleProfile(name)
      change(profile)
      const cluster = await testCluster(profile)
      for (const machine of cluster.machines)
        for (const need of assemble(components, cluster, machine).declared.sysctls)
          if (!need.from)
            needs.set(`${need.component} ${need.key} ${need.value}`, { cluster, machine: machine.name, need })
    }
  return [...needs.values()]
}

const spellings: readonly ((key: string) => string)[] = [
  (key) => key,
  (key) => key.replaceAll('.', '/'),
  (key) => `-${key}`,
]

const spelt = fc.record({ spell: fc.constantFrom(...spellings), value: fc.constantFrom(...others) })

describe('every kernel setting of a component', () => {
  it('is refused with any other value, under any name in any spelling, with the name of the component', async () => {
    const needs = await everyNeed()
    expect(needs.map(({ need }) => `${need.component} ${need.key} ${need.value}`).toSorted())
      .toMatchInlineSnapshot(`
      [
        "containerd fs.may_detach_mounts 1",
        "haproxy net.ipv4.ip_nonlocal_bind 1",
        "haproxy net.ipv6.ip_nonlocal_bind 1",
        "kubeadm kernel.keys.root_maxbytes 25000000",
        "kubeadm kernel.keys.root_maxkeys 1000000",
        "kubeadm kernel.panic 10",
        "kubeadm kernel.panic_on_oops 1",
        "kubeadm net.bridge.bridge-nf-call-ip6tables 1",
        "kubeadm net.bridge.bridge-nf-call-iptables 1",
        "kubeadm net.ipv4.ip_forward 1",
        "kubeadm vm.overcommit_memory 1",
        "kubeadm vm.panic_on_oom 0",
        "source-address net.ipv4.conf.*.send_redirects 0",
        "source-address net.ipv4.conf.all.send_redirects 0",
        "source-address net.ipv4.conf.default.send_redirects 0",
        "source-address net.ipv4.ip_forward 1",
        "sysctl fs.inotify.max_user_instances 1024",
      ]
    `)
    fc.assert(
      fc.property(
        fc.constantFrom(...needs),
        spelt,
        fc.nat(5),
        ({ cluster, machine, need }, { spell, value }, name) => {
          fc.pre(value !== need.value && !(need.atLeast && Number(value) > Number(need.value)))
          const names = sysctlNames(canonicalKey(need.key))
          const key = spell(names[name % names.length]!.replace('*', 'eth0'))
          const from = ['sysctls', key]
          const given = machineOf(cluster, machine)
          const assembly = assemble(components, cluster, {
            ...given,
            settings: { ...given.settings, sysctls: [{ key, value, from }] },
          })
          expect(conflictsOf(assembly)).toContainEqual(
            expect.objectContaining({
              code: 'conflict/sysctl',
              component: need.component,
              place: { path: from },
            }),
          )
        },
      ),
      { numRuns: 300 },
    )
  })

  it('is covered for a component that does not exist yet', () => {
    const cluster = resolve(exampleProfile(), new Map(), testSecrets)
    const machine = { ...cluster.machines[0]! }
    const settings = {
      ...machine.settings,
      sysctls: [{ key: 'vm.new', value: '2', from: ['sysctls', 'vm.new'] }],
    }
    const future = declares('future', { sysctls: [{ key: 'vm/new', value: '1' }] })
    expect(conflictsOf(assemble([future], cluster, { ...machine, settings }))).toEqual([
      {
        code: 'conflict/sysctl',
        place: { path: ['sysctls', 'vm.new'] },
        what: 'vm.new is 2',
        component: 'future',
        need: 'needs it to be 1',
        hint: 'remove it: hakube sets vm.new by itself',
      },
    ])
  })
})

const from = ['sysctls', 'vm.new']
const refusals: Part = {
  refusedSysctls: [
    { key: 'vm.new', value: '3', reason: 'three is wrong' },
    { key: 'vm.new', below: 2, reason: 'it needs two' },
    { key: 'vm.other', otherThan: '5', reason: 'a program sets it' },
    { key: 'vm.*_ratio', except: ['vm.own_ratio'], value: '0', reason: 'no ratio' },
  ],
}

/** What a component refuses of a setting, or of the same on the command line of the kernel. */
const refusedOf = (key: string, value: string, onCommandLine = false): string[] => {
  const cluster = resolve(exampleProfile(), new Map(), testSecrets)
  const { settings, ...machine } = cluster.machines[0]!
  const given = onCommandLine
    ? {
        ...settings,
        kernelArguments: [{ argument: `sysctl.${key}=${value}`, appliesTo: 'both' as const, from }],
      }
    : { ...settings, sysctls: [{ key, value, from }] }
  const assembly = assemble([declares('own', refusals)], cluster, { ...machine, settings: given })
  return conflictsOf(assembly).map(({ what, need, hint }) => `${what}: ${need} (${hint})`)
}

describe('values of kernel settings that a component refuses without setting one', () => {
  it.each([
    ['vm.new', '3', ['vm.new is 3: cannot work with it: three is wrong (remove it)']],
    ['vm.new', '1', ['vm.new is 1: needs it to be 2 or more: it needs two (remove it, or write 2 or more)']],
    ['vm.new', '2', []],
    ['vm.new', 'x', []],
    ['vm/other', '4', ['vm/other is 4: needs it to be 5: a program sets it (remove it, or write 5)']],
    ['vm.other', '5', []],
    ['vm.dirty_ratio', '0', ['vm.dirty_ratio is 0: cannot work with it: no ratio (remove it)']],
    ['vm.dirty_ratio', '1', []],
    ['vm.own_ratio', '0', []],
  ])('%s: %s', (key, value, expected) => {
    expect(refusedOf(key, value)).toEqual(expected)
  })

  it('are refused on the kernel command line too, except those that a program overwrites', () => {
    expect([refusedOf('vm.new', '1', true), refusedOf('vm.other', '4', true)]).toEqual([
      ['vm.new is 1: needs it to be 2 or more: it needs two (remove it, or write 2 or more)'],
      [],
    ])
  })
})

describe('kernel modules that are blocked', () => {
  it('are reported with the component that loads them, and with the module that needs them', () => {
    const lines = [
      'kernel:',
      '  modules: [nbd]',
      '  arguments: [modprobe.blacklist=nouveau, "modprobe.blacklist=br-netfilter,floppy", module_blacklist=bridge]',
      'files:',
      '  - path: /etc/modprobe.d/hardening.conf',
      '    content: |',
      '      # CIS 1.1.1',
      '      install cramfs /bin/false',
      '        blacklist nbd',
      '      install overlay /bin/false',
      '      options nf_conntrack hashsize=65536',
      '      install nf_conntrack /sbin/modprobe --ignore-install nf_conntrack',
    ]
    expect(conflictsWith(`${lines.join('\n')}\n`)).toMatchInlineSnapshot(`
      "profile.yaml:57:9: error[conflict/module]: the kernel module nbd is blacklisted, and kernel on balancer-1, balancer-2, control-1 and 3 more loads it: kernel.modules of the profile [$.files[0].content]
         57 |         blacklist nbd
            |         ^^^^^^^^^^^^^
        hint: remove it here, or from kernel.modules
        source: modprobe.d(5), kernel-parameters

      profile.yaml:51:43: error[conflict/module]: the kernel module br_netfilter is blacklisted, and kubeadm on control-1, control-2, control-3 and 1 more loads it: bridged traffic of pods passes through the rules of kube-proxy [$.kernel.arguments[1]]
         51 |   arguments: [modprobe.blacklist=nouveau, "modprobe.blacklist=br-netfilter,floppy", module_blacklist=bridge]
            |                                           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        hint: remove it
        source: modprobe.d(5), kernel-parameters

      profile.yaml:51:85: error[conflict/module]: the kernel module bridge is blacklisted, and kubeadm on control-1, control-2, control-3 and 1 more loads br_netfilter, which needs it: bridged traffic of pods passes through the rules of kube-proxy [$.kernel.arguments[2]]
         51 |   arguments: [modprobe.blacklist=nouveau, "modprobe.blacklist=br-netfilter,floppy", module_blacklist=bridge]
            |                                                                                     ^^^^^^^^^^^^^^^^^^^^^^^
        hint: remove it
        source: modprobe.d(5), kernel-parameters

      profile.yaml:58:7: error[conflict/module]: the kernel module overlay is never installed, and containerd on control-1, control-2, control-3 and 1 more loads it: layers of images [$.files[0].content]
         58 |       install overlay /bin/false
            |       ^^^^^^^^^^^^^^^^^^^^^^^^^^
        hint: remove it
        source: modprobe.d(5), kernel-parameters
      "
    `)
  })

  it('are reported even if only a kernel setting needs them', () => {
    const lines =
      'roles:\n  load-balancer:\n    sysctls: {net.netfilter.nf_conntrack_max: 262144}\n    kernel: {arguments: [modprobe.blacklist=nf_conntrack]}\n'
    expect(conflictsWith(lines)).toMatchInlineSnapshot(`
      "profile.yaml:52:26: error[conflict/module]: the kernel module nf_conntrack is blacklisted, and sysctl on balancer-1, balancer-2 loads it: net.netfilter.nf_conntrack_max exists only with it [$.roles.load-balancer.kernel.arguments[0]]
         52 |     kernel: {arguments: [modprobe.blacklist=nf_conntrack]}
            |                          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        hint: remove it
        source: modprobe.d(5), kernel-parameters
      "
    `)
  })

  it.each([
    ['echo "blacklist overlay" >/etc/modprobe.d/a.conf', 'the kernel module overlay is blacklisted'],
    [
      "printf 'install br_netfilter /bin/true\\n' | tee /etc/modprobe.d/a.conf",
      'br_netfilter is never installed',
    ],
    ['modprobe -r br_netfilter', 'the kernel module br_netfilter is unloaded'],
    ['rmmod -f overlay', 'the kernel module overlay is unloaded'],
    ["cat >/etc/modprobe.d/a.conf <<'END'\nblacklist nf-conntrack\nEND", 'nf_conntrack is blacklisted'],
  ])('a command that says %s', (run, what) => {
    const found = withoutExcerpt(conflictsWith(`commands:\n  - name: a\n    run: ${JSON.stringify(run)}\n`))
    expect(found).toEqual([expect.stringContaining(what)])
  })

  it.each([
    'modprobe.blacklist=nouveau',
    'modprobe.blacklist=bridge',
    'rd.driver.blacklist=nouveau',
    'br_netfilter.blacklist=1',
  ])('%s blocks nothing that is needed', (argument) => {
    expect(conflictsWith(`kernel:\n  arguments: [${argument}]\n`)).toBe('')
  })
})

describe('kernel settings on the command line of the kernel and in what commands write', () => {
  it('are refused at another value than a component needs', () => {
    expect(conflictsWith('kernel:\n  arguments: [sysctl.net.ipv4.ip_forward=0]\n')).toMatchInlineSnapshot(`
      "profile.yaml:50:15: error[conflict/sysctl]: net.ipv4.ip_forward is 0, and kubeadm on control-1, control-2, control-3 and 1 more needs it to be 1: kubeadm refuses to start without it [$.kernel.arguments[0]]
         50 |   arguments: [sysctl.net.ipv4.ip_forward=0]
            |               ^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        hint: remove it: hakube sets net.ipv4.ip_forward by itself
      "
    `)
  })
  it.each(['sysctl.net/ipv4/ip_forward=0', 'sysctl.net.ipv4.conf.all.forwarding=0'])('%s', (argument) => {
    expect(withoutExcerpt(conflictsWith(`kernel:\n  arguments: [${argument}]\n`))).toHaveLength(1)
  })
  it.each([
    'sysctl.net.ipv4.ip_forward=1',
    'sysctl.vm.swappiness=10',
    '{argument: sysctl.net.ipv4.ip_forward=0, appliesTo: installer}',
  ])('%s is right', (argument) => {
    expect(conflictsWith(`kernel:\n  arguments: ["${argument}"]\n`.replace(/"\{(.*)\}"/, '{$1}'))).toBe('')
  })
  it.each([
    'printf 0 >/proc/sys/net/ipv4/ip_forward',
    "printf '%s\\n' 0 > /proc/sys/net/ipv4/ip_forward",
    "printf '0\\n' | sudo tee /proc/sys/net/ipv4/ip_forward",
    'echo -n 0 >/proc/sys/net/ipv4/conf/all/forwarding',
  ])('a command %s', (run) => {
    const found = withoutExcerpt(conflictsWith(`commands:\n  - name: a\n    run: ${JSON.stringify(run)}\n`))
    expect(found).toEqual([expect.stringContaining('forward')])
  })
})

describe('units of the system that apply what components write', () => {
  it.each([
    ['systemctl mask systemd-sysctl', 'this masks systemd-sysctl.service, and sysctl on'],
    ['systemctl disable --now NetworkManager', 'this disables NetworkManager.service, and network on'],
    ['systemctl mask systemd-modules-load.service', 'this masks systemd-modules-load.service, and kernel on'],
    [
      'ln -sf /dev/null /etc/systemd/system/containerd.service',
      'this masks containerd.service, and containerd on',
    ],
  ])('%s is refused', (run, message) => {
    const found = withoutExcerpt(conflictsWith(`commands:\n  - name: a\n    run: ${JSON.stringify(run)}\n`))
    expect(found[0]).toMatch(message)
  })
  it('are refused if systemd.mask= masks them', () => {
    const found = withoutExcerpt(
      conflictsWith('kernel:\n  arguments: [systemd.mask=systemd-sysctl.service]\n'),
    )
    expect(found).toEqual([expect.stringContaining('this masks systemd-sysctl.service, and sysctl on')])
  })
  it('the network service of Debian is that of ifupdown', () => {
    const text = `${debian(good)}commands:\n  - name: a\n    run: systemctl disable networking\n`
    expect(withoutExcerpt(conflictsIn(text))).toEqual([
      expect.stringContaining('this disables networking.service, and network on'),
    ])
  })
  it.each([
    ['debian', 'systemctl disable NetworkManager'],
    ['rocky', 'systemctl disable systemd-networkd'],
  ])('on %s no component needs it: %s', (name, run) => {
    const text = `${name === 'debian' ? debian(good) : good}commands:\n  - name: a\n    run: ${run}\n`
    expect(withoutExcerpt(conflictsIn(text))).toEqual([])
  })
})

describe('units that are switched off', () => {
  it.each([
    ['systemctl mask containerd', 'containerd on control-1, control-2, control-3 and 1 more enables it'],
    ['systemctl disable --now kubelet.service', 'this disables kubelet.service, and kubeadm on'],
    ['systemctl stop kube*', 'this stops kubelet.service, and kubeadm on'],
    ['sudo systemctl -q mask "chronyd" postfix', 'this masks chronyd.service, and time on'],
    ['systemctl disable firewalld && true', 'this disables firewalld.service, and selinux-firewall on'],
    [
      'service haproxy stop',
      'this stops haproxy.service, and haproxy on balancer-1, balancer-2 needs it to run',
    ],
    ['chkconfig --level 35 keepalived off', 'this disables keepalived.service, and keepalived on'],
    ['systemctl disable hakube-firstboot', 'this disables hakube-firstboot.service, and first-boot on'],
    ['systemctl mask kubelet; systemctl restart kubelet', 'this masks kubelet.service'],
    ['systemctl start kubelet; systemctl stop kubelet', 'this stops kubelet.service'],
  ])('%s is refused', (run, message) => {
    const found = withoutExcerpt(conflictsWith(`commands:\n  - name: a\n    run: ${JSON.stringify(run)}\n`))
    expect(found).toEqual([expect.stringContaining(message)])
  })

  it('a command is shown with the words that do it', () => {
    expect(
      conflictsWith(
        'commands:\n  - name: a\n    run: |\n      set -x\n      systemctl mask --now containerd || true\n',
      ),
    ).toMatchInlineSnapshot(`
      "profile.yaml:53:7: error[conflict/unit]: this masks containerd.service, and containerd on control-1, control-2, control-3 and 1 more enables it [$.commands[0].run]
         53 |       systemctl mask --now containerd || true
            |       ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        hint: remove it
        source: systemctl(1)
      "
    `)
  })

  it('of Debian is known by both of its names', () => {
    const lines = 'commands:\n  - name: a\n    run: systemctl disable chronyd\n'
    expect(withoutExcerpt(conflictsIn(debian(good) + lines))).toEqual([
      expect.stringContaining('this disables chrony.service, and time on'),
    ])
  })

  it.each([
    'systemctl stop containerd; rm -rf /tmp/x; systemctl start containerd',
    'systemctl disable kubelet && systemctl enable --now kubelet',
    'systemctl mask kubelet\n      systemctl unmask kubelet',
    'systemctl restart kubelet',
    'systemctl --user stop containerd',
    'systemctl disable postfix rpcbind',
    'systemctl mask ctrl-alt-del.target',
    'systemctl status containerd',
    '# systemctl stop containerd',
    'echo stop containerd',
  ])('%s is left alone', (run) => {
    expect(conflictsWith(`commands:\n  - name: a\n    run: |\n      ${run}\n`)).toBe('')
  })

  it('an empty unit file and systemd.mask= count as well', () => {
    const lines =
      'kernel:\n  arguments: [systemd.mask=chronyd.service, systemd.mask=tmp.mount]\nfiles:\n  - {path: /etc/systemd/system/kubelet.service, content: ""}\n'
    expect(withoutExcerpt(conflictsWith(lines))).toMatchInlineSnapshot(`
      [
        "profile.yaml:50:15: error[conflict/unit]: this masks chronyd.service, and time on balancer-1, balancer-2, control-1 and 3 more enables it [$.kernel.arguments[0]]",
        "profile.yaml:52:12: error[conflict/unit]: this masks kubelet.service, and kubeadm on control-1, control-2, control-3 and 1 more enables it [$.files[0].path]",
      ]
    `)
  })
})

const shownWhole = (runs: readonly string[], profile = good): string =>
  runs
    .map(
      (run) =>
        `${run}\n${conflictsIn(`${profile}commands:\n  - name: a\n    run: ${JSON.stringify(run)}\n`)}`,
    )
    .join('\n')

const files = (path: string, content: string) =>
  `files:\n  - {path: ${path}, content: ${JSON.stringify(content)}}\n`

describe('everything about a command that switches something off', () => {
  it('is reported with its position, the component and the remedy', async () => {
    const texts = [
      shownWhole([
        'systemctl mask containerd',
        'systemctl --no-block mask "kubelet.service" \'chronyd\' 2>/dev/null',
        'systemctl stop kube*; true',
        'systemctl stop *d.service',
        'systemctl stop kube*let*',
        'service haproxy stop',
        'service  haproxy\tstop && service haproxy start',
        'chkconfig --level 35 keepalived off',
        'chkconfig --del x; chkconfig keepalived off; chkconfig keepalived on',
        'ln -s -f /dev/null "/run/systemd/system/kubelet.service"',
        'ln --symbolic /dev/null /etc/systemd/system/kubelet.service',
        'for unit in "kubelet" chronyd; do\n  systemctl disable ${unit}.service\ndone',
        'for\t unit  in \t kubelet   chronyd; do systemctl disable "$unit"; done',
        'systemctl stop postfix > kubelet 2>&1',
        'systemctl disable "$unit"; for unit in kubelet; do :; done',
        'for unit in a; do :; done; for unit in kubelet; do systemctl disable "$unit"; done; systemctl stop $other',
        'systemctl disable kubelet; systemctl reenable kubelet',
        'systemctl disable kubelet; systemctl preset kubelet',
        'systemctl stop kubelet; systemctl reload-or-restart kubelet',
        'systemctl disable --now kubelet; systemctl enable kubelet',
        'systemctl mask kubelet; systemctl enable --now kubelet; systemctl unmask other',
        'systemctl stop sshd',
        'systemctl mask sshd',
        'systemctl toString kubelet',
      ]),
      shownWhole(
        [
          'update-rc.d keepalived remove',
          'update-rc.d -f keepalived disable; update-rc.d keepalived enable',
          'update-rc.d keepalived disable; update-rc.d keepalived defaults',
          'systemctl mask procps kmod',
          'systemctl mask sshd',
          'systemctl disable ssh',
        ],
        debian(good),
      ),
      shownWhole([
        'modprobe -r br_netfilter',
        'modprobe -q -v --remove br_netfilter overlay',
        'modprobe -vr overlay',
        'rmmod -f -s overlay br-netfilter',
        'modprobe overlay; modprobe -v overlay',
        'echo "install overlay /bin/false # why" >>/etc/modprobe.d/a.conf',
        "printf 'install overlay exit 0\\n' >/etc/modprobe.d/a.conf",
        'echo -e "  blacklist overlay" >/etc/modprobe.d/a.conf',
        'echo blacklist overlay >/root/a.conf',
        'echo install overlay /sbin/modprobe overlay >/etc/modprobe.d/a.conf',
      ]),
    ]
    await expect(texts.join('\n')).toMatchFileSnapshot('../fixtures/check/switched-off.txt')
  })

  it('is reported for kernel arguments and files too', async () => {
    const texts = [
      ...[
        'sysctl/net/ipv4/ip_forward=0',
        'xsysctl.net.ipv4.ip_forward=0',
        'single',
        '1',
        'cgroup-disable=memory',
        'mem=0x10000000',
        'mem=262144k',
        'mem=256m',
        'mem=1G',
        'mem=256x',
        'maxcpus=1',
        'init=/bin/sh,/x',
        'rd.break',
        'modprobe.blacklist=overlay,br_netfilter',
        'module_blacklist=nf_conntrack',
        'xmodprobe.blacklist=overlay',
      ].map((argument) => `${argument}\n${startedWith(argument)}`),
      conflictsWith(files('/etc/modprobe.d/a.conf', 'install overlay exit 1\n install br_netfilter :\n')),
      conflictsWith(files('/etc/modprobe.d/a.conf', 'install overlay /bin/true --x\nxblacklist overlay\n')),
      conflictsWith(files('/etc/systemd/system/kubelet.service', ' \n')),
      conflictsWith(files('/etc/systemd/system/kubelet.service.d/a.conf', '')),
      conflictsWith(files('/etc/systemd/system/conntrackd.service', '[Unit]\nDescription=own\n')),
      conflictsWith(files('/opt/etc/systemd/system/kubelet.service', '')),
      conflictsWith(files('/etc/sysctl.d/96-a.conf', 'net.ipv4.ip_forward = 0\n')),
      conflictsWith(files('/etc/sysctl.d/94-a.conf', 'net.ipv4.ip_forward = 0\n')),
      conflictsWith(files('/usr/lib/sysctl.d/95-i.conf', 'net.ipv4.ip_forward = 0\n')),
      conflictsWith(files('/etc/sysctl.d/96-a.txt', 'net.ipv4.ip_forward = 0\n')),
    ]
    await expect(texts.join('\n')).toMatchFileSnapshot('../fixtures/check/other-places.txt')
  })
})

const early = (run: string) =>
  withoutExcerpt(
    conflictsWith(`commands:\n  - name: a\n    before: packages\n    run: ${JSON.stringify(run)}\n`),
  )

describe('commands that run before hakube sets the same thing itself', () => {
  it.each([
    'sysctl -w net.ipv4.ip_forward=0',
    'modprobe -r br_netfilter',
    'systemctl stop containerd; systemctl disable kubelet',
  ])('%s does no harm', (run) => {
    expect(early(run)).toEqual([])
  })

  it.each([
    'systemctl mask containerd',
    "cat >/etc/sysctl.d/99-a.conf <<'END'\nnet.ipv4.ip_forward=0\nEND",
    'echo blacklist overlay >/etc/modprobe.d/a.conf',
  ])('%s stays', (run) => {
    expect(early(run)).toHaveLength(1)
  })
})

describe('kernel arguments that a component cannot work with', () => {
  it('are named with the reason', () => {
    const words = [
      'cgroup_disable=memory,io',
      'selinux=0',
      'enforcing=0',
      'cloud-init=disabled',
      'systemd.unit=rescue.target',
      'nosmp',
      'maxcpus=1',
      'init=/bin/bash',
      'mem=1024M',
      'mem=2048',
    ]
    expect(withoutExcerpt(conflictsWith(`kernel:\n  arguments: ${JSON.stringify(words)}\n`)))
      .toMatchInlineSnapshot(`
        [
          "profile.yaml:50:42: error[conflict/kernel-argument]: the kernel is started with selinux=0, and selinux-firewall on balancer-1, balancer-2, control-1 and 3 more cannot work with it: selinux of the profile is enforcing [$.kernel.arguments[1]]",
          "profile.yaml:50:54: error[conflict/kernel-argument]: the kernel is started with enforcing=0, and selinux-firewall on balancer-1, balancer-2, control-1 and 3 more cannot work with it: selinux of the profile is enforcing [$.kernel.arguments[2]]",
          "profile.yaml:50:68: error[conflict/kernel-argument]: the kernel is started with cloud-init=disabled, and first-boot on balancer-1, balancer-2, control-1 and 3 more cannot work with it: cloud-init, which starts it, does nothing then [$.kernel.arguments[3]]",
          "profile.yaml:50:90: error[conflict/kernel-argument]: the kernel is started with systemd.unit=rescue.target, and first-boot on balancer-1, balancer-2, control-1 and 3 more cannot work with it: the machine never reaches multi-user.target, where the first boot begins [$.kernel.arguments[4]]",
          "profile.yaml:50:139: error[conflict/kernel-argument]: the kernel is started with init=/bin/bash, and first-boot on balancer-1, balancer-2, control-1 and 3 more cannot work with it: the machine never reaches multi-user.target, where the first boot begins [$.kernel.arguments[7]]",
          "profile.yaml:50:168: error[conflict/kernel-argument]: the kernel is started with mem=2048, and first-boot and kubeadm on balancer-1, balancer-2, control-1 and 3 more cannot work with it: the system and its package manager need 512 MiB of memory [$.kernel.arguments[9]]",
          "profile.yaml:50:15: error[conflict/kernel-argument]: the kernel is started with cgroup_disable=memory,io, and kubeadm on control-1, control-2, control-3 and 1 more cannot work with it: control groups isolate pods [$.kernel.arguments[0]]",
          "profile.yaml:50:119: error[conflict/kernel-argument]: the kernel is started with nosmp, and kubeadm on control-1, control-2, control-3 cannot work with it: a control plane needs two processors [$.kernel.arguments[5]]",
          "profile.yaml:50:127: error[conflict/kernel-argument]: the kernel is started with maxcpus=1, and kubeadm on control-1, control-2, control-3 cannot work with it: a control plane needs two processors [$.kernel.arguments[6]]",
          "profile.yaml:50:156: error[conflict/kernel-argument]: the kernel is started with mem=1024M, and kubeadm on control-1, control-2, control-3 cannot work with it: a control plane needs 1700 MB of memory [$.kernel.arguments[8]]",
        ]
      `)
  })

  it.each([
    'cgroup_disable=io',
    'cgroup_disable=pressure',
    'systemd.unit=multi-user.target',
    'maxcpus=4',
    'mem=2G',
    'mem=0x100000000',
    'mem=nopentium',
    'enforcing=1',
    'selinux=1',
    'cloud-init=enabled',
    'init=/usr/lib/systemd/systemd',
    'nomodeset',
    'systemd.unified_cgroup_hierarchy=1',
    'ipv6.disable=1',
    'net.ifnames=0',
  ])('%s is left to the profile', (argument) => {
    expect(conflictsWith(`kernel:\n  arguments: [${argument}]\n`)).toBe('')
  })

  it.each([
    'selinux=0',
    'systemd.unit=rescue.target',
    'module_blacklist=overlay',
    'systemd.mask=chronyd.service',
  ])('%s for the installer only is left to the profile, and not for the installed system', (argument) => {
    const given = (appliesTo: string) =>
      conflictsWith(`kernel:\n  arguments: [{argument: ${argument}, appliesTo: ${appliesTo}}]\n`)
    expect(given('installer')).toBe('')
    expect(given('installed')).toContain('error[conflict/')
  })

  it('lists of security modules without SELinux are refused where it is on', () => {
    expect(startedWith('lsm=landlock,yama')).toMatchInlineSnapshot(`
      "profile.yaml:50:15: error[conflict/kernel-argument]: the kernel is started with lsm=landlock,yama, and selinux-firewall on balancer-1, balancer-2, control-1 and 3 more cannot work with it: selinux of the profile is enforcing [$.kernel.arguments[0]]
         50 |   arguments: ["lsm=landlock,yama"]
            |               ^^^^^^^^^^^^^^^^^^^
        hint: remove it
        source: https://docs.kernel.org/admin-guide/kernel-parameters.html
      "
    `)
    expect(startedWith('security=apparmor')).toContain('selinux of the profile is enforcing')
    expect(startedWith('lsm=landlock,yama,selinux,bpf')).toBe('')
    expect(conflictsIn(`${debian(good)}kernel:\n  arguments: ["lsm=landlock,yama,apparmor"]\n`)).toBe('')
  })

  it('selinux=0 is accepted without SELinux, and enforcing=0 with permissive SELinux', () => {
    expect(conflictsIn(`${debian(good)}kernel:\n  arguments: [selinux=0]\n`)).toBe('')
    expect(conflictsWith('selinux: permissive\nkernel:\n  arguments: [enforcing=0]\n')).toBe('')
  })

  it('keys of IPv6 that a component sets need IPv6', () => {
    const cluster = resolve(exampleProfile(), new Map(), testSecrets)
    const machine = cluster.machines[0]!
    const kernelArguments = [
      { argument: 'ipv6.disable=1', appliesTo: 'both' as const, from: ['kernel', 'arguments', 0] },
    ]
    const given = { ...machine, settings: { ...machine.settings, kernelArguments } }
    const sets = declares('own', { sysctls: [{ key: 'net.ipv6.ip_nonlocal_bind', value: '1' }] })
    const asks = declares('profile', { kernelArguments })
    expect(
      conflictsOf(assemble([sets, asks], cluster, given)).map(({ what, need }) => `${what}: ${need}`),
    ).toEqual([
      'the kernel is started with ipv6.disable=1: cannot work with it: the kernel has no net.ipv6.ip_nonlocal_bind then',
    ])
  })

  it('keys of IPv6 cannot be set when IPv6 is disabled', () => {
    expect(
      conflictsWith(
        'kernel:\n  arguments: [ipv6.disable=1]\nsysctls:\n  net.ipv6.conf.all.disable_ipv6: 1\n',
      ),
    ).toMatchInlineSnapshot(`
      "profile.yaml:50:15: error[conflict/kernel-argument]: the kernel is started with ipv6.disable=1, and sysctl on balancer-1, balancer-2, control-1 and 3 more cannot work with it: the kernel has no net.ipv6.conf.all.disable_ipv6 then, which the profile sets [$.kernel.arguments[0]]
         50 |   arguments: [ipv6.disable=1]
            |               ^^^^^^^^^^^^^^
        hint: remove it
        source: https://docs.kernel.org/admin-guide/kernel-parameters.html
      "
    `)
    expect(
      conflictsWith(
        'kernel:\n  arguments: [ipv6.disable=1]\nsysctls:\n  -net.ipv6.conf.all.disable_ipv6: 1\n',
      ),
    ).toBe('')
  })
})

const on = (name: string, version: string, lines: string) =>
  conflictsIn(
    replace(good, ['name: rocky', `name: ${name}`], ['version: "9"', `version: "${version}"`]) + lines,
  )

describe("packages that conflict with hakube's own", () => {
  it('a package that turns swap on is refused where swap must be off', () => {
    expect(on('debian', '12', 'packages: [zram-tools]\n')).toMatchInlineSnapshot(`
      "profile.yaml:49:12: error[conflict/package]: the package zram-tools turns swap on, and swap on control-1, control-2, control-3 and 1 more turns it off: the kubelet does not start with swap [$.packages[0]]
         49 | packages: [zram-tools]
            |            ^^^^^^^^^^
        hint: remove it, or write kubeletArguments: {fail-swap-on: "false"} to keep swap
        source: https://kubernetes.io/docs/concepts/architecture/nodes/#swap-memory
      "
    `)
    expect(on('debian', '12', 'packages: [dphys-swapfile]\n')).toContain('turns swap on')
    expect(on('debian', '12', 'packages: [swapspace]\nkubeletArguments: {fail-swap-on: "false"}\n')).toBe('')
  })

  it('a second time daemon is refused', () => {
    expect(on('debian', '12', 'packages: [openntpd]\n')).toMatchInlineSnapshot(`
      "profile.yaml:49:12: error[conflict/package]: the package openntpd conflicts with chrony, and time on balancer-1, balancer-2, control-1 and 3 more needs chrony: both provide time-daemon, of which apt installs only one [$.packages[0]]
         49 | packages: [openntpd]
            |            ^^^^^^^^
        hint: remove it: chrony synchronizes the clock with network.timeServers
        source: Conflicts: time-daemon, of the package chrony
      "
    `)
    expect(on('ubuntu', '24.04', 'packages: [tcpdump, systemd-timesyncd]\n')).toMatchInlineSnapshot(`
      "profile.yaml:49:21: error[conflict/package]: the package systemd-timesyncd conflicts with chrony, and time on balancer-1, balancer-2, control-1 and 3 more needs chrony: both provide time-daemon, of which apt installs only one [$.packages[1]]
         49 | packages: [tcpdump, systemd-timesyncd]
            |                     ^^^^^^^^^^^^^^^^^
        hint: remove it: chrony synchronizes the clock with network.timeServers
        source: Conflicts: time-daemon, of the package chrony
      "
    `)
  })

  it.each([
    ['debian', '12', 'ntpsec', 'chrony, and time on balancer-1'],
    ['debian', '13', 'ntpsec:amd64', 'chrony, and time on balancer-1'],
    ['debian', '12', 'ntp', 'chrony, and time on balancer-1'],
    ['rocky', '9', 'ntpsec', 'chrony, and time on balancer-1'],
    [
      'debian',
      '12',
      'docker.io',
      'containerd.io, and containerd on control-1, control-2, control-3 and 1 more',
    ],
    ['ubuntu', '24.04', 'containerd', 'containerd.io, and containerd on control-1'],
    ['ubuntu', '24.04', 'moby-engine', 'containerd.io, and containerd on control-1'],
    ['rocky', '9', 'runc', 'containerd.io, and containerd on control-1'],
    ['debian', '12', 'firewalld', 'hakube-firewall.service, and selinux-firewall on balancer-1'],
    ['ubuntu', '24.04', 'ufw', 'hakube-firewall.service, and selinux-firewall on balancer-1'],
    ['debian', '13', 'iptables-persistent', 'hakube-firewall.service, and selinux-firewall on balancer-1'],
    ['rocky', '9', 'iptables-services', 'firewalld.service, and selinux-firewall on balancer-1'],
  ])('%s %s: %s is refused', (name, version, packageName, message) => {
    const found = withoutExcerpt(on(name, version, `packages: ["${packageName}"]\n`))
    expect(found).toEqual([expect.stringContaining(`conflicts with ${message}`)])
  })

  it.each([
    ['docker', 'docker', 'docker.io', 2],
    ['docker', 'docker', 'podman-docker', 1],
    ['docker', 'distribution', 'docker-ce', 1],
    ['docker', 'distribution', 'podman-docker', 1],
    ['cri-o', null, 'docker.io', 0],
    ['cri-o', null, 'podman', 0],
  ])('with %s of %s, %s is refused %i times', (runtime, packages, packageName, times) => {
    const profile = exampleProfile('load-balancers-on-control-planes')
    profile.distribution = { name: 'debian', version: '12' }
    profile.containerRuntime = {
      name: runtime === 'docker' ? 'docker' : 'cri-o',
      ...(packages === null ? {} : { packages: packages === 'docker' ? 'docker' : 'distribution' }),
    }
    profile.packages = [packageName]
    const found = findConflicts(resolve(profile, new Map(), testSecrets))
    expect(found.map(({ code }) => code)).toEqual(Array.from({ length: times }, () => 'conflict/package'))
  })

  it.each([
    ['debian', '12', 'packages: [chrony, curl, nftables, containerd.io]\n'],
    ['debian', '12', 'firewall: false\npackages: [firewalld, ufw]\n'],
    ['debian', '12', 'roles:\n  load-balancer:\n    packages: [docker.io]\n'],
    ['debian', '12', 'packages: [podman, crun, ntpsec-ntpdate, ipset]\n'],
    ['rocky', '9', 'packages: [firewalld, nftables, podman, chrony]\n'],
  ])('%s %s: %s is left alone', (name, version, lines) => {
    expect(on(name, version, lines)).toBe('')
  })
})

describe('the example profiles', () => {
  it.each([...exampleNames, ...writeUpNames])('%s has no conflicts', async (name) => {
    expect(findConflicts(await testCluster(exampleProfile(name)))).toEqual([])
  })
})
