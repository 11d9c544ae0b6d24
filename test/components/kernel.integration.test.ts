import { expect, it } from 'vitest'
import { installedBy } from '../example.ts'
import { describeWith } from '../prerequisites.ts'
import { inOverlay } from '../support/overlay.ts'
import { assembleHost, changedCluster, machineOf, treeOf } from './host.ts'

const needs = { root: true, linux: true, programs: ['unshare', 'modprobe', 'sysctl'] }

const treeWithKernel = (kernel: { modules?: string[]; arguments?: string[] }) =>
  treeOf(
    assembleHost(
      changedCluster((profile) => {
        profile.kernel = kernel
      }, 'load-balancers-on-control-planes'),
    ),
  )

describeWith(needs, 'kernel', () => {
  it('reports a module that does not exist, and accepts one that does', () => {
    const tree = treeWithKernel({ modules: ['no_such_module', 'module', "it's"] })
    const loaded = `module=$(ls /sys/module | head -n 1)
      sed -i "s/(no_such_module module /(no_such_module $module /" /steps/kernel /checks/kernel
      /steps/kernel 2>&1 | grep -v ^modprobe
      /checks/kernel`
    expect(inOverlay(tree, loaded)).toEqual({
      status: 1,
      output: [
        'cannot load the kernel module no_such_module: does this kernel have it?',
        "cannot load the kernel module it's: does this kernel have it?",
        'the kernel module no_such_module is not loaded',
        "the kernel module it's is not loaded",
        '',
      ].join('\n'),
    })
  })

  it('starts an image of Enterprise Linux 10 with the kernel that has the modules, once', () => {
    const tree = treeOf(
      assembleHost(
        changedCluster((profile) => {
          profile.distribution = installedBy({ name: 'rocky', version: '10' }, 'image')
          profile.kernel = { modules: ['no_such_module'] }
        }),
      ),
    )
    // Packages and boot loader are played; which kernel runs, and what it has, is what `boot` says.
    const script = `
      new=6.12.0-200.el10.x86_64
      rpm() { echo $new; }
      uname() { cat /tmp/running; }
      grubby() { echo "grubby $*"; }
      modprobe() { [[ -e /tmp/has-it ]]; }
      export new; export -f rpm uname grubby modprobe
      boot() {
        printf '%s\\n' "$1" >/tmp/running
        printf '%s\\n' "$2" >/tmp/boot_id
        mount --bind /tmp/boot_id /proc/sys/kernel/random/boot_id
        /steps/kernel 2>&1
        echo "status $?"
      }
      boot 6.12.0-100.el10.x86_64 first
      echo kernel >/boot/vmlinuz-$new
      echo initrd >/boot/initramfs-$new.img
      boot 6.12.0-100.el10.x86_64 first
      boot 6.12.0-100.el10.x86_64 first
      boot 6.12.0-100.el10.x86_64 second
      touch /tmp/has-it
      boot $new third`
    const { output } = inOverlay(tree, script)
    expect(output).toMatchInlineSnapshot(`
      "cannot load the kernel module no_such_module: does this kernel have it?
      status 1
      grubby --set-default=/boot/vmlinuz-6.12.0-200.el10.x86_64
      status 194
      grubby --set-default=/boot/vmlinuz-6.12.0-200.el10.x86_64
      status 194
      cannot load the kernel module no_such_module: does this kernel have it?
      status 1
      status 0
      "
    `)
  })

  it('requests a reboot once if the kernel lacks an argument, and fails if that did not help', () => {
    // The boot loader belongs to a real disk: what is tried here is what comes after it.
    const script = `
      update-grub() { :; }
      export -f update-grub
      boot() {
        printf '%s\\n' "$1" >/tmp/cmdline
        printf '%s\\n' "$2" >/tmp/boot_id
        mount --bind /tmp/cmdline /proc/cmdline
        mount --bind /tmp/boot_id /proc/sys/kernel/random/boot_id
        /steps/kernel
        echo "status $?"
        /checks/kernel
      }
      boot 'root=/dev/vda quiet' first
      boot 'root=/dev/vda quiet' first
      boot 'root=/dev/vda quiet' second
      boot 'root=/dev/vda quiet mitigations=auto' third
      ls /var/lib/hakube`
    const { output } = inOverlay(treeWithKernel({ arguments: ['mitigations=auto', 'quiet'] }), script)
    expect(output).toMatchInlineSnapshot(`
      "status 194
      the kernel was booted without mitigations=auto
      status 194
      the kernel was booted without mitigations=auto
      after a reboot, the kernel still does not have the argument: mitigations=auto
      status 1
      the kernel was booted without mitigations=auto
      status 0
      "
    `)
  })

  it("adds to the boot loader's arguments and keeps them as written", () => {
    const tree = treeWithKernel({ arguments: ['dyndbg="file a.c +p"', "it's", '$HOME'] })
    const { output } = inOverlay(
      tree,
      `GRUB_CMDLINE_LINUX=console=ttyS0; . /etc/default/grub.d/hakube.cfg; printf '%s\\n' "$GRUB_CMDLINE_LINUX"`,
    )
    expect(output).toBe(`dyndbg="file a.c +p" it's $HOME console=ttyS0\n`)
  })
})

const treeWithSysctls = (sysctls: Record<string, string | number>) =>
  treeOf({
    ...assembleHost(
      changedCluster((profile) => {
        profile.sysctls = sysctls
      }, 'rack-test'),
    ),
  })

describeWith(needs, 'sysctl', () => {
  it('sets keys on the running system, and the check reads them back', () => {
    const tree = treeWithSysctls({
      'net.ipv4.ip_forward': 1,
      'net/ipv4/ip_local_port_range': '20000 60000',
      'net.ipv4.tcp_rmem': '4096  87380\t6291456',
      '-fs.may_detach_mounts': 1,
    })
    const script = `/steps/sysctl && /checks/sysctl && echo checked
      sysctl --quiet --write net.ipv4.ip_forward=0
      /checks/sysctl`
    expect(inOverlay(tree, script)).toMatchInlineSnapshot(`
      {
        "output": "net.ipv4.ip_forward = 1
      net.ipv4.ip_local_port_range = 20000 60000
      net.ipv4.tcp_rmem = 4096  87380	6291456
      checked
      net.ipv4.ip_forward is 0, not 1
      ",
        "status": 1,
      }
    `)
  })

  it('sets a key of several paths in all of them, whatever sysctl(8) supports; a key of one path takes precedence', () => {
    const tree = treeWithSysctls({
      'net.ipv4.conf.*.send_redirects': 0,
      'net.ipv4.conf.default.send_redirects': 1,
    })
    // What one does that knows no such key: procps before 4.0 passes it over with --ignore.
    tree['/usr/local/sbin/sysctl'] = {
      text: `#!/bin/bash\ngrep -v '[*]' "\${2#--load=}" >/tmp/known; exec /sbin/sysctl --quiet --load=/tmp/known\n`,
      mode: 0o755,
    }
    const script = `/steps/sysctl && grep -H . /proc/sys/net/ipv4/conf/{all,default,lo}/send_redirects`
    expect(inOverlay(tree, script)).toMatchInlineSnapshot(`
      {
        "output": "/proc/sys/net/ipv4/conf/all/send_redirects:0
      /proc/sys/net/ipv4/conf/default/send_redirects:1
      /proc/sys/net/ipv4/conf/lo/send_redirects:0
      ",
        "status": 0,
      }
    `)
  })

  it('reports the key that the kernel lacks, and sets nothing', () => {
    const tree = treeWithSysctls({ 'net.ipv4.ip_forward': 1, 'net.ipv4.tcp_tw_recycle': 1 })
    expect(inOverlay(tree, '/steps/sysctl || sysctl net.ipv4.ip_forward; /checks/sysctl'))
      .toMatchInlineSnapshot(`
      {
        "output": "this kernel has no /proc/sys/net/ipv4/tcp_tw_recycle, or the module that provides it is not loaded
      net.ipv4.ip_forward = 0
      net.ipv4.ip_forward is 0, not 1
      net.ipv4.tcp_tw_recycle cannot be read
      ",
        "status": 1,
      }
    `)
  })

  it('fails if the kernel rejects a value', () => {
    const { status } = inOverlay(treeWithSysctls({ 'net.ipv4.ip_forward': 'many' }), '/steps/sysctl')
    expect(status).not.toBe(0)
  })
})

describeWith({ ...needs, programs: ['unshare', 'systemctl', 'swapoff'] }, 'swap', () => {
  it('is off, and remains off after a boot', () => {
    const cluster = changedCluster(() => {})
    const tree = treeOf(assembleHost(cluster, {}, machineOf(cluster, 'sample-kube-worker-001')))
    const fstab = [
      '# swap was on /dev/sda2',
      'UUID=1 / xfs defaults 0 0',
      '/dev/sda2 none swap sw 0 0',
      '/swap.img\tnone\tswap\tsw\t0\t0',
      '/dev/sdb1 /swap ext4 defaults 0 0',
    ]
    const script = `
      printf 'Filename\\t\\t\\t\\tType\\t\\tSize\\t\\tUsed\\t\\tPriority\\n' >/tmp/swaps
      mount --bind /tmp/swaps /proc/swaps
      chmod 0640 /etc/fstab
      /steps/swap
      /steps/swap
      cat /etc/fstab
      stat --format=%a /etc/fstab
      ls /etc | grep fstab
      readlink /etc/systemd/system/swap.target
      /checks/swap && echo checked
      printf '/dev/sda2 partition 1 0 -2\\n' >>/tmp/swaps
      /checks/swap`
    const { output } = inOverlay({ ...tree, '/etc/fstab': `${fstab.join('\n')}\n` }, script)
    expect(output).toMatchInlineSnapshot(`
      "Created symlink /etc/systemd/system/swap.target → /dev/null.
      # swap was on /dev/sda2
      UUID=1 / xfs defaults 0 0
      # hakube: no swap on Kubernetes nodes: /dev/sda2 none swap sw 0 0
      # hakube: no swap on Kubernetes nodes: /swap.img	none	swap	sw	0	0
      /dev/sdb1 /swap ext4 defaults 0 0
      640
      fstab
      /dev/null
      checked
      swap is on: /dev/sda2
      "
    `)
  })
})
