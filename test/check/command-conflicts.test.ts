import { describe, expect, it } from 'vitest'
import { callsOf } from '../../src/assembly/conflicts/calls.ts'
import { findConflicts } from '../../src/check/conflicts.ts'
import { resolve } from '../../src/cluster/resolve.ts'
import { printDiagnostics } from '../../src/diagnostics/print.ts'
import { parseProfile } from '../../src/profile/load.ts'
import { testSecrets } from '../example.ts'
import { good, replace } from '../profile/mistakes.ts'

const debian = replace(good, ['name: rocky', 'name: debian'], ['version: "9"', 'version: "12"'])

/** What a person sees of a profile that has no other mistakes. */
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

/** The messages alone, up to the component. */
const told = (text: string): string[] =>
  [...conflictsIn(text).matchAll(/error\[conflict\/[\w-]+\]: (.*?, and [\w-]+(?: and [\w-]+)*) on /g)].map(
    ([, message = '']) => message,
  )

const command = (run: string, more = ''): string =>
  `commands:\n  - name: a\n${more}    run: ${JSON.stringify(run)}\n`

const refused: [run: string, ...messages: string[]][] = [
  ['swapon -a', 'this turns swap on, and swap'],
  ['mkswap /dev/sdb1 && /sbin/swapon /dev/sdb1', 'this turns swap on, and swap'],
  ['kubeadm init --config /etc/k.yaml', 'this creates or joins a cluster itself, and kubeadm'],
  [
    'if ! test -e /x; then\n  sudo -E kubeadm join 10.10.10.19:6443\nfi',
    'this creates or joins a cluster itself, and kubeadm',
  ],
  ['ufw enable', 'this starts ufw, and selinux-firewall and kubeadm'],
  ['yes | ufw --force enable', 'this starts ufw, and selinux-firewall and kubeadm'],
  ['systemctl enable --now ufw.service', 'this starts ufw, and selinux-firewall and kubeadm'],
  ['iptables -P FORWARD DROP', 'this drops forwarded packets, and kubeadm'],
  ['nft flush ruleset', 'this removes the rules of the firewall, and selinux-firewall'],
  ['hostnamectl set-hostname x', 'this changes the name of the machine, and kubeadm'],
  ['timedatectl set-ntp no', 'this stops and disables chrony.service, and time'],
  ['apt-get -y purge containerd.io', 'this removes the package containerd.io, and containerd'],
  ['hostnamectl hostname x', 'this changes the name of the machine, and kubeadm'],
  ['hostname x', 'this changes the name of the machine, and kubeadm'],
  ['userdel -r ops', 'this deletes a login of the profile, and users'],
  ['usermod -s /usr/sbin/nologin ops', 'this takes the shell from a login of the profile, and users'],
  ['for unit in postfix kubelet; do systemctl mask "$unit"; done', 'this masks kubelet.service, and kubeadm'],
  ['systemctl mask --now ssh', 'this masks ssh.service, and users'],
  [
    'containerd config default > /etc/containerd/config.toml',
    'this changes /etc/containerd/config.toml, and containerd',
  ],
  [
    "cat >/etc/containerd/config.toml <<'END'\nversion = 2\nEND",
    'this changes /etc/containerd/config.toml, and containerd',
  ],
  ["sed -i 's/1/0/' /etc/sysctl.d/95-hakube.conf", 'this changes /etc/sysctl.d/95-hakube.conf, and sysctl'],
  ['echo x | sudo tee -a /etc/sudoers.d/hakube', 'this changes /etc/sudoers.d/hakube, and users'],
  ['cp /root/c.conf /etc/chrony/chrony.conf', 'this changes /etc/chrony/chrony.conf, and time'],
  ['dpkg --purge kubelet', 'this removes the package kubelet, and kubeadm'],
  ['rm -rf /var/lib/etcd/*', 'this deletes what the node works with, and kubeadm'],
  ['rm /etc/haproxy/haproxy.cfg', 'this deletes /etc/haproxy/haproxy.cfg, and haproxy'],
  ['rm -fr /etc/haproxy/', 'this deletes /etc/haproxy/haproxy.cfg, and haproxy'],
  ['poweroff', 'this switches the machine off, and first-boot'],
  ['shutdown -h now', 'this switches the machine off, and first-boot'],
  ['systemctl isolate rescue.target', 'this ends the services of the machine, and first-boot'],
  ['telinit 1', 'this ends the services of the machine, and first-boot'],
  [
    'systemctl set-default emergency.target',
    'this keeps the machine from starting its services, and first-boot',
  ],
  ['cloud-init clean --logs', 'this removes what cloud-init knows of the machine, and first-boot'],
  ['update-rc.d -f keepalived disable', 'this disables keepalived.service, and keepalived'],
  ['unlink /etc/haproxy/haproxy.cfg', 'this deletes /etc/haproxy/haproxy.cfg, and haproxy'],
  ['shred -u /root/x /etc/haproxy/haproxy.cfg', 'this deletes /etc/haproxy/haproxy.cfg, and haproxy'],
  ['rm --recursive /etc/haproxy//', 'this deletes /etc/haproxy/haproxy.cfg, and haproxy'],
  ['rm -vfR /etc/haproxy/*', 'this deletes /etc/haproxy/haproxy.cfg, and haproxy'],
  ['apt-get purge -y kubelet:amd64', 'this removes the package kubelet, and kubeadm'],
  [
    'sed -E --in-place=.old s/1/0/ /etc/sysctl.d/95-hakube.conf',
    'this changes /etc/sysctl.d/95-hakube.conf, and sysctl',
  ],
  ['sed -Ei s/1/0/ /etc/sysctl.d/95-hakube.conf', 'this changes /etc/sysctl.d/95-hakube.conf, and sysctl'],
  ['truncate -s 0 /etc/chrony/chrony.conf', 'this changes /etc/chrony/chrony.conf, and time'],
  ['mv -f /root/new.conf /etc/chrony/chrony.conf', 'this changes /etc/chrony/chrony.conf, and time'],
  ['install -m 644 /root/c /etc/chrony/chrony.conf', 'this changes /etc/chrony/chrony.conf, and time'],
  ['ln -sf /root/c /etc/chrony/chrony.conf', 'this changes /etc/chrony/chrony.conf, and time'],
  ['sudo -u root nice -n 10 timeout 5 swapon -a', 'this turns swap on, and swap'],
  ['chroot / kubeadm reset', 'this takes the machine out of the cluster, and kubeadm'],
  ['systemctl disable --now kubelet; systemctl enable kubelet', 'this stops kubelet.service, and kubeadm'],
  ['systemctl mask --now kubelet; systemctl unmask kubelet', 'this stops kubelet.service, and kubeadm'],
  ['systemctl disable --now kubelet; systemctl start kubelet', 'this disables kubelet.service, and kubeadm'],
  [
    'systemctl stop kubelet; systemctl mask kubelet',
    'this stops kubelet.service, and kubeadm',
    'this masks kubelet.service, and kubeadm',
  ],
  ['modprobe -v -rf overlay', 'the kernel module overlay is unloaded, and containerd'],
]

describe('commands that undo what a component does', () => {
  it('are reported with the component that is affected', () => {
    expect(conflictsIn(good + command('kubeadm reset --force'))).toMatchInlineSnapshot(`
      "profile.yaml:51:10: error[conflict/command]: this takes the machine out of the cluster, and kubeadm on control-1, control-2, control-3 and 1 more has just joined it [$.commands[0].run]
         51 |     run: "kubeadm reset --force"
            |          ^^^^^^^^^^^^^^^^^^^^^^^
        hint: remove it; docs/bring-up.md says how a machine joins again
      "
    `)
  })

  it.each(refused)('%s is refused', (run, ...messages) => {
    expect(told(debian + command(run))).toEqual(messages)
  })

  it('are shown with their position, the component and the remedy', async () => {
    const texts = refused.map(([run]) => conflictsIn(debian + command(run)))
    await expect(texts.join('\n')).toMatchFileSnapshot('../fixtures/check/refused-commands.txt')
  })

  it('one that writes a file of hakube is marked from the redirection to the name', () => {
    expect(
      conflictsIn(`${debian}commands:\n  - name: a\n    run: |\n      date >/etc/chrony/chrony.conf; true\n`),
    ).toMatchInlineSnapshot(`
      "profile.yaml:52:12: error[conflict/command]: this changes /etc/chrony/chrony.conf, and time on balancer-1, balancer-2, control-1 and 3 more needs it as hakube writes it, now and with each change of the profile [$.commands[0].run]
         52 |       date >/etc/chrony/chrony.conf; true
            |            ^^^^^^^^^^^^^^^^^^^^^^^^
        hint: write the servers under network.timeServers
      "
    `)
  })

  it('one that removes a package is marked without the commands beside it', () => {
    expect(
      conflictsIn(`${debian}commands:\n  - name: a\n    run: |\n      true; apt-get purge kubelet; true\n`),
    ).toMatchInlineSnapshot(`
      "profile.yaml:52:13: error[conflict/command]: this removes the package kubelet, and kubeadm on control-1, control-2, control-3 and 1 more needs it [$.commands[0].run]
         52 |       true; apt-get purge kubelet; true
            |             ^^^^^^^^^^^^^^^^^^^^^
        hint: remove it
      "
    `)
  })

  it('one that changes a file of hakube gets a hint where to write it', () => {
    expect(conflictsIn(good + command('containerd config default >/etc/containerd/config.toml')))
      .toMatchInlineSnapshot(`
      "profile.yaml:51:10: error[conflict/command]: this changes /etc/containerd/config.toml, and containerd on control-1, control-2, control-3 and 1 more needs it as hakube writes it, now and with each change of the profile [$.commands[0].run]
         51 |     run: "containerd config default >/etc/containerd/config.toml"
            |          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        hint: write what differs to /etc/containerd/conf.d/50-local.toml under files
      "
    `)
  })

  it('firewalld drops everything in panic mode', () => {
    expect(told(good + command('firewall-cmd --panic-on'))).toEqual([
      'this drops every packet, and selinux-firewall',
    ])
  })

  it('setenforce contradicts the profile', () => {
    expect(told(`${good}selinux: permissive\n${command('setenforce 1')}`)).toEqual([
      'this sets SELinux to enforcing, and selinux-firewall',
    ])
    expect(told(good + command('setenforce 1'))).toEqual([])
  })

  it.each([
    'swapon --show',
    'hostname -f',
    'hostnamectl hostname',
    'echo "the host is $(hostname)"',
    'systemctl disable --now ssh.service && systemctl enable --now ssh.socket',
    'for unit in rpcbind postfix; do systemctl mask "$unit"; done',
    'systemctl mask "$unit"',
    'sed -n 1p /etc/containerd/config.toml',
    'cp /etc/containerd/config.toml /root/',
    'grep -q x /etc/chrony/chrony.conf 2>/dev/null',
    'containerd config dump >/root/config.toml',
    'usermod -aG adm ops',
    'echo "swapon -a"',
    'grep kubeadm /etc/x | wc -l; kubeadm version',
    'kubeadm token list',
    '# kubeadm reset',
    'ufw status',
    'systemctl status ufw',
    'iptables -P FORWARD ACCEPT',
    'nft list ruleset',
    'nft flush table inet my',
    'hostnamectl status',
    'timedatectl set-timezone Europe/Berlin',
    'apt-get remove -y snapd',
    'rm -rf /var/lib/apt/lists/*',
    'rm -f /etc/haproxy/other.cfg',
    'shutdown -c',
    'systemctl isolate multi-user.target',
    'cloud-init status --wait',
    "rm -rf ''",
    'rm -f /root/r /etc/haproxy',
    'sed s/a-i/b/ /etc/chrony/chrony.conf',
    'sed s/x--in-place// /etc/chrony/chrony.conf',
    'sort /etc/chrony/chrony.conf',
    'ln -s /etc/chrony/chrony.conf /root/c.conf',
    'echo 10.10.10.99 x >>/etc/hosts',
    'hostname > /root/name',
    'command -v poweroff',
    'chroot /srv/image apt-get purge kubelet',
    'systemctl disable --now kubelet; systemctl enable --now kubelet',
    "cat >/root/notes <<'END'\nkubeadm reset\nEND",
  ])('%s is left alone', (run) => {
    expect(conflictsIn(debian + command(run))).toBe('')
  })

  it.each(['apt-get purge kubelet', 'rm -rf /var/lib/etcd'])(
    '%s does no harm before hakube sets it right',
    (run) => {
      expect(conflictsIn(debian + command(run, '    before: packages\n'))).toBe('')
    },
  )

  it('swapon is right on nodes that keep swap, and ufw on machines where hakube sets up no firewall', () => {
    expect(conflictsIn(`${good}kubeletArguments: {fail-swap-on: "false"}\n${command('swapon -a')}`)).toBe('')
  })
})

describe('kernel settings that leave nothing to work with', () => {
  it.each([
    ['kernel.modules_disabled', 'kernel'],
    ...['cgroup', 'ipc', 'mnt', 'net', 'pid', 'uts'].map((kind) => [
      `user.max_${kind}_namespaces`,
      'kubeadm',
    ]),
  ])('%s', (key, component) => {
    const value = component === 'kernel' ? 1 : 0
    expect(told(`${good}sysctls: {${key}: ${value}}\n`)).toEqual([`${key} is ${value}, and ${component}`])
    expect(told(good + command(`sysctl -w ${key}=${value}`))).toHaveLength(1)
  })

  it.each(['nomodule', 'rd.break', 'rd.break=pre-mount', 'rdinit=/bin/sh', 'rd.systemd.unit=rescue.target'])(
    'the kernel argument %s',
    (argument) => {
      expect(told(`${good}kernel: {arguments: ["${argument}"]}\n`)).toHaveLength(1)
    },
  )

  it.each([
    ['rocky', '10', 1],
    ['debian', '13', 1],
    ['ubuntu', '26.04', 1],
    ['debian', '12', 0],
    ['rocky', '9', 0],
  ])('control groups v1 on %s %s', (name, version, count) => {
    const profile = replace(
      good,
      ['name: rocky', `name: ${name}`],
      ['version: "9"', `version: "${version}"`],
      ['1.36.4', '1.34.2'],
    )
    const lines = 'kernel: {arguments: ["systemd.unified_cgroup_hierarchy=0"]}\n'
    expect(told(profile + lines)).toHaveLength(count)
  })
})

const calls = (text: string) => callsOf(text).map(({ program, words }) => [program, ...words].join(' '))

describe('the commands of a text', () => {
  it.each([
    ['a; b & c | d || e && f', ['a', 'b', 'c', 'd', 'e', 'f']],
    ['(a b)\n\n{ c; }', ['a b', 'c', '}']],
    ['if a; then b; elif c; then d; else e; fi', ['a', 'b', 'c', 'd', 'e', 'fi']],
    ['while ! a; do b; done; until c; do exec d; done', ['a', 'b', 'done', 'c', 'd', 'done']],
    ['sudo -E -H a -x', ['a -x']],
    ['nohup time command nice env A=1 B="2 3" /usr/sbin/a', ['a']],
    ['a --b=c D=e', ['a --b=c D=e']],
    ['-a', ['-a']],
    ['a "b \\" c" d', ['a b \\ c d']],
    ['sudo -u root -- a -u b', ['a -u b']],
    ['sudo -Eu root -gwheel --chdir=/x --prompt p A=1 a', ['a']],
    ['nice -n 10 a; nice -10 b; nice --adjustment 5 c; nice -n5 d', ['a', 'b', 'c', 'd']],
    ['ionice -c 3 a; ionice -c2 -n 7 b', ['a', 'b']],
    ['timeout 5 a; timeout -s KILL --kill-after 3 5m b -k c', ['a', 'b -k c']],
    ['env -i A=b a; env -u HOME -C / b; /usr/bin/env c', ['a', 'b', 'c']],
    ['nohup a; setsid -w b; stdbuf -o L c; flock -w 5 /run/x d', ['a', 'b', 'c', 'd']],
    ['setpriv --reuid 1 --clear-groups --regid=1 a; runuser -u x -- b', ['a', 'b']],
    ['systemd-run --unit x -p A=b --scope -q a -p; systemd-run --on-active 5m b', ['a -p', 'b']],
    ['exec -a x a; command -p b; time -o /x -p c', ['a', 'b', 'c']],
    ['command -v a; command -V b', []],
    ['chroot / a b; chroot /mnt c', ['a b', 'chroot /mnt c']],
    ['timeout 5', []],
    ['AB=1 a AB=2', ['a AB=2']],
    ['a > b c 2>> d e', ['a c e']],
    ['>b a; exec 2>c', ['a']],
    ['a "<b" >c', ['a']],
    ['a "b<c" d', ['a b<c d']],
    ['a >b 2>c <d >>e', ['a']],
    ['a >/dev/null 2>&1 b', ['a b']],
    ['a &>b c &>>d', ['a b c d']],
    ['a <&3 3>&- b', ['a b']],
    ['A=1', []],
    ['sudo', []],
    ['', []],
  ])('%j', (text, expected) => {
    expect(calls(text)).toEqual(expected)
  })

  it('keep their position after redirections', () => {
    expect(callsOf('x >/y 2>&1; sudo z').map(({ start, length }) => [start, length])).toEqual([
      [0, 5],
      [17, 1],
    ])
  })

  it('have one word for each quoted text', () => {
    expect(callsOf(`a "b \\" c; d" 'e f'`).map(({ words }) => words)).toEqual([['b \\ c; d', 'e f']])
  })

  it('extend from the program to the last word', () => {
    expect(callsOf('x; sudo A=1 /sbin/y "z w" >/dev/null; v')).toEqual([
      { program: 'x', words: [], start: 0, length: 1 },
      { program: 'y', words: ['z w'], start: 12, length: 24 },
      { program: 'v', words: [], start: 38, length: 1 },
    ])
  })

  it('are what a shell would start, without quotes and prefixes', () => {
    expect(
      callsOf(
        `A=1 sudo -n /usr/bin/x 'a b' c"d"; if y; then (z -1 >/dev/null 2>&1 && env B=2 w) | v & fi`,
      ).map(({ program, words }) => [program, ...words]),
    ).toEqual([['x', 'a b', 'cd'], ['y'], ['z', '-1'], ['w'], ['v'], ['fi']])
  })
})
