import { describe, expect, it } from 'vitest'
import { checkDropInName, directories } from '../../../src/profile/rules/drop-in-names.ts'
import { packageFiles } from '../../../src/profile/rules/package-files.ts'
import type { SystemFile } from '../../../src/profile/rules/system-file.ts'
import { vitalFiles } from '../../../src/profile/rules/vital-files.ts'
import { checkWholeFile } from '../../../src/profile/rules/whole-files.ts'
import { mistakesWith } from '../mistakes.ts'

const file = (path: string, content = 'x'): string =>
  `files:\n  - path: ${path}\n    content: ${JSON.stringify(`${content}\n`)}\n`

const severityOf = (path: string): string | null =>
  checkWholeFile(path, ['files', 0, 'path'], undefined)[0]?.severity ?? null

describe('files that replace those of the machine', () => {
  it('are reported if all machines would share one ID', () => {
    expect(mistakesWith(file('/etc/machine-id', '0123456789abcdef0123456789abcdef'))).toMatchInlineSnapshot(`
      "profile.yaml:50:11: error[files/system]: /etc/machine-id replaces the system's file completely: all machines would share one ID, by which the journal, DHCP and monitoring tell them apart [$.files[0].path]
         50 |   - path: /etc/machine-id
            |           ^^^^^^^^^^^^^^^
        hint: remove it: each machine creates its own at its first boot
        source: machine-id(5)
      "
    `)
  })

  it('are reported if users would lose sudo', () => {
    expect(mistakesWith(file('/etc/sudoers', '%ops ALL=(ALL) ALL'))).toMatchInlineSnapshot(`
      "profile.yaml:50:11: error[files/system]: /etc/sudoers replaces the system's file completely: without its @includedir, the users of the profile lose sudo [$.files[0].path]
         50 |   - path: /etc/sudoers
            |           ^^^^^^^^^^^^
        hint: write /etc/sudoers.d/90-local with mode "0440"; sudo ignores names with a dot
        source: sudoers(5)
      "
    `)
  })

  it('are reported if the machine would overwrite them', () => {
    expect(mistakesWith(file('/etc/resolv.conf', 'nameserver 10.1.0.1'))).toMatchInlineSnapshot(`
      "profile.yaml:50:11: error[files/system]: /etc/resolv.conf replaces the system's file completely: hakube, systemd-resolved or NetworkManager writes it, often as a symbolic link [$.files[0].path]
         50 |   - path: /etc/resolv.conf
            |           ^^^^^^^^^^^^^^^^
        hint: set network.nameServers and network.searchDomain; for more write /etc/systemd/resolved.conf.d/90-local.conf (Ubuntu) or a command that runs nmcli (Enterprise Linux)
        source: systemd-resolved.service(8), NetworkManager.conf(5)
      "
    `)
  })

  it('are reported if programs would ignore /etc/hosts', () => {
    expect(mistakesWith(file('/etc/nsswitch.conf', 'hosts: dns'))).toMatchInlineSnapshot(`
      "profile.yaml:50:11: error[files/system]: /etc/nsswitch.conf has no files for hosts, so programs ignore /etc/hosts, on which hakube relies [$.files[0].path]
         50 |   - path: /etc/nsswitch.conf
            |           ^^^^^^^^^^^^^^^^^^
        hint: write a command that changes one line; on Enterprise Linux authselect owns the file
        source: nsswitch.conf(5)
      "
    `)
  })

  it('are reported if the machine would lose its file systems', () => {
    expect(mistakesWith(file('/etc/fstab', 'LABEL=data /srv/data xfs defaults 0 2'))).toMatchInlineSnapshot(`
      "profile.yaml:50:11: error[files/system]: /etc/fstab replaces the system's file completely: it lists the machine's file systems, without which it does not boot [$.files[0].path]
         50 |   - path: /etc/fstab
            |           ^^^^^^^^^^
        hint: write a unit such as /etc/systemd/system/srv-data.mount and a command that runs systemctl enable --now srv-data.mount, or a command that adds a line if it is missing
        source: systemd.mount(5)
      "
    `)
  })

  it('are reported if they replace a unit of a package', () => {
    expect(mistakesWith(file('/etc/systemd/system/kubelet.service', '[Service]'))).toMatchInlineSnapshot(`
      "profile.yaml:50:11: warning[files/system]: /etc/systemd/system/kubelet.service replaces the system's file completely: it hides the package's unit, including later changes of it [$.files[0].path]
         50 |   - path: /etc/systemd/system/kubelet.service
            |           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        hint: write /etc/systemd/system/kubelet.service.d/90-local.conf with what differs
        source: systemd.unit(5)
      "
    `)
  })

  it('are found in roles and machines as well', () => {
    expect(mistakesWith(`roles:\n  worker:\n    files:\n      - {path: /etc/profile, content: x}\n`))
      .toMatchInlineSnapshot(`
      "profile.yaml:52:16: warning[files/system]: /etc/profile replaces the system's file completely: shells load packages' settings through it [$.roles.worker.files[0].path]
         52 |       - {path: /etc/profile, content: x}
            |                ^^^^^^^^^^^^
        hint: write /etc/profile.d/local.sh
        source: bash(1)
      "
    `)
  })

  it.each([
    ['hosts: dns', 'error'],
    ['hosts:dns # files', 'error'],
    ['hosts: files dns', 'warning'],
    ['passwd: files\nhosts:\tresolve files dns', 'warning'],
    ['passwd: files', 'warning'],
  ])('nsswitch.conf with %j: %s', (text, severity) => {
    const found = checkWholeFile('/etc/nsswitch.conf', ['files', 0, 'path'], text)
    expect(found.map((each) => each.severity)).toEqual([severity])
  })

  it.each([
    '/etc/nologin',
    '/etc/passwd',
    '/etc/passwd-',
    '/etc/shadow',
    '/etc/gshadow',
    '/etc/group',
    '/etc/subuid',
    '/etc/subgid',
    '/etc/sudoers',
    '/etc/machine-id',
    '/var/lib/dbus/machine-id',
    '/etc/ssh/ssh_host_ed25519_key',
    '/etc/ssh/ssh_host_rsa_key.pub',
    '/etc/nvme/hostnqn',
    '/etc/iscsi/initiatorname.iscsi',
    '/etc/fstab',
    '/etc/mtab',
    '/etc/localtime',
    '/etc/os-release',
    '/etc/resolv.conf',
    '/etc/cloud/cloud.cfg',
    '/etc/selinux/config',
    '/boot/grub/grub.cfg',
    '/boot/grub2/grub.cfg',
    '/boot/efi/EFI/rocky/grub.cfg',
    '/etc/grub2-efi.cfg',
    '/etc/network/interfaces',
  ])('%s is an error', (path) => {
    expect(severityOf(path)).toBe('error')
  })

  it.each([
    '/etc/nsswitch.conf',
    '/etc/default/grub',
    '/etc/ssh/sshd_config',
    '/etc/ssh/ssh_config',
    '/etc/sysctl.conf',
    '/etc/modules',
    '/etc/security/limits.conf',
    '/etc/apt/sources.list',
    '/etc/apt/sources.list.d/ubuntu.sources',
    '/etc/yum.repos.d/rocky.repo',
    '/etc/yum.repos.d/CentOS-Base.repo',
    '/etc/dnf/dnf.conf',
    '/etc/yum.conf',
    '/etc/pam.d/common-auth',
    '/etc/pam.d/system-auth',
    '/etc/pam.d/sshd',
    '/etc/pam.d/su',
    '/etc/systemd/system.conf',
    '/etc/systemd/journald.conf',
    '/etc/systemd/logind.conf',
    '/etc/systemd/resolved.conf',
    '/etc/systemd/system/containerd.service',
    '/usr/lib/systemd/system/kubelet.service',
    '/etc/environment',
    '/etc/profile',
    '/etc/bashrc',
    '/etc/bash.bashrc',
    '/etc/crontab',
    '/etc/ld.so.conf',
    '/etc/nftables.conf',
    '/etc/ssl/certs/ca-certificates.crt',
    '/etc/pki/tls/certs/ca-bundle.crt',
    '/etc/crio/crio.conf',
    '/etc/NetworkManager/NetworkManager.conf',
    '/etc/rsyslog.conf',
    '/etc/logrotate.conf',
    '/etc/default/kubelet',
    '/etc/sysconfig/kubelet',
    '/etc/audit/audit.rules',
    '/etc/login.defs',
  ])('%s is a warning', (path) => {
    expect(severityOf(path)).toBe('warning')
  })

  it.each([
    '/etc/motd',
    '/etc/issue',
    '/etc/sudoers.d/ops',
    '/etc/fstab.d/data',
    '/etc/machine-info',
    '/etc/pam.d/my-service',
    '/etc/systemd/system/my.service',
    '/etc/systemd/system/srv-data.mount',
    '/etc/systemd/journald.conf.d/size.conf',
    '/etc/systemd/system/kubelet.service.d/20-mine.conf',
    '/etc/profile.d/mine.sh',
    '/etc/yum.repos.d/mine.repo',
    '/etc/apt/sources.list.d/mine.sources',
    '/etc/ssh/sshd_config.d/20-mine.conf',
    '/etc/exports',
    '/etc/multipath.conf',
    '/etc/docker/daemon.json',
    '/usr/local/bin/passwd',
    '/opt/etc/passwd',
    '/etc/passwd.txt',
  ])('%s is accepted', (path) => {
    expect([...checkWholeFile(path, ['files', 0, 'path'], undefined), ...checkDropInName(path, [])]).toEqual(
      [],
    )
  })

  const each = [...vitalFiles, ...packageFiles]
  it('are each in exactly one row of the tables', () => {
    const rows = (path: string) =>
      each.filter(({ paths }) =>
        paths.some((one) => (typeof one === 'string' ? one === path : one.test(path))),
      )
    const named = each.flatMap(({ paths }) => paths.filter((one) => typeof one === 'string'))
    expect(named.filter((path) => rows(path).length !== 1)).toEqual([])
  })

  it.each(each.map((row) => [String(row.paths[0]), row] as const))(
    '%s: causes a hint without a mistake of the same kind',
    (_, row: SystemFile) => {
      const text = row.instead.replace('%', '/etc/systemd/system.conf')
      expect(text).toMatch(/^(?:write|set|remove) /)
      const paths = [...text.matchAll(/(?<=\s|^)\/(?:etc|usr)\/[^\s;,)]+/g)]
        .map(([path]) => path)
        .filter((path) => !path.endsWith('/') && path !== '/usr/share/pam-configs')
      const found = paths.flatMap((path) => [
        ...checkWholeFile(path, ['files', 0, 'path'], undefined),
        ...checkDropInName(path, ['files', 0, 'path']),
      ])
      expect(found).toEqual([])
    },
  )

  it.each(['/etc/machine-id', '/etc/ssh/ssh_host_rsa_key', '/etc/nvme/hostid', '/etc/network/interfaces'])(
    '%s is accepted for a single machine',
    (path) => {
      expect(checkWholeFile(path, ['machines', 3, 'files', 0, 'path'], undefined)).toEqual([])
    },
  )
})

const directoryOf = ({ source }: RegExp) => source.replaceAll('\\', '').replace(/^\^/, '').replace(/\$$/, '')

describe('names of drop-ins', () => {
  it('are reported if no program reads them', () => {
    expect(
      mistakesWith(
        'files:\n  - {path: /etc/sysctl.d/90-mine, content: x}\n  - {path: /etc/sudoers.d/j.doe, content: x}\n',
      ),
    ).toMatchInlineSnapshot(`
      "profile.yaml:50:12: warning[files/not-read]: systemd-sysctl does not read "/etc/sysctl.d/90-mine": its name does not end in .conf [$.files[0].path]
         50 |   - {path: /etc/sysctl.d/90-mine, content: x}
            |            ^^^^^^^^^^^^^^^^^^^^^
        hint: write /etc/sysctl.d/90-mine.conf
        source: sysctl.d(5)

      profile.yaml:51:12: warning[files/not-read]: sudo does not read "/etc/sudoers.d/j.doe": its name has a dot in it or ~ at the end [$.files[1].path]
         51 |   - {path: /etc/sudoers.d/j.doe, content: x}
            |            ^^^^^^^^^^^^^^^^^^^^
        hint: write /etc/sudoers.d/j-doe
        source: sudoers(5), @includedir
      "
    `)
  })

  it.each([
    ['/etc/sudoers.d/90-ops.conf', '/etc/sudoers.d/90-ops'],
    ['/etc/sudoers.d/j.doe', '/etc/sudoers.d/j-doe'],
    ['/etc/sudoers.d/ops~', '/etc/sudoers.d/ops'],
    ['/etc/sysctl.d/mine.txt', '/etc/sysctl.d/mine.conf'],
    ['/etc/modules-load.d/mine', '/etc/modules-load.d/mine.conf'],
    ['/etc/yum.repos.d/mine.conf', '/etc/yum.repos.d/mine.repo'],
    ['/etc/apt/sources.list.d/mine', '/etc/apt/sources.list.d/mine.sources'],
    ['/etc/profile.d/proxy', '/etc/profile.d/proxy.sh'],
    ['/etc/systemd/system/kubelet.service.d/20-mine', '/etc/systemd/system/kubelet.service.d/20-mine.conf'],
    ['/usr/local/share/ca-certificates/own.pem', '/usr/local/share/ca-certificates/own.crt'],
    ['/etc/netplan/60-more.yml', '/etc/netplan/60-more.yaml'],
  ])('%s: %s', (path, near) => {
    expect(checkDropInName(path, []).map(({ hint }) => hint)).toEqual([`write ${near}`])
    expect(checkDropInName(near, [])).toEqual([])
  })

  it('are accepted if the directory supports them', () => {
    const plain = directories.map(({ path, endings }) => [directoryOf(path), endings] as const)
    const straight = plain.filter(([path]) => /^[a-z0-9/.A-Z-]+$/.test(path))
    expect(straight.length).toBeGreaterThan(15)
    const found = straight.flatMap(([path, endings]) =>
      endings.flatMap((ending) => checkDropInName(`${path}90-local${ending}`, [])),
    )
    expect(found).toEqual([])
    expect(straight.filter(([path]) => checkDropInName(`${path}90-local.old`, []).length !== 1)).toEqual([])
  })
})
