import { expect, it } from 'vitest'
import { newerKernel } from '../../src/components/newer-kernel.ts'
import { describeWith } from '../prerequisites.ts'
import { inOverlay, type Tree } from '../support/overlay.ts'
import { changedCluster, treeOf } from './host.ts'
import { assembleOnly } from '../support/assemble-only.ts'

/*
 * The real script on a machine whose rpm, dnf, grubby and uname are played: they keep packages, boot entries and the kernel that runs
 * in files. What the real ones do with a kernel takes a machine of that distribution.
 */
const needs = { root: true, linux: true, programs: ['unshare', 'od', 'sort'] }

const program = (text: string) => ({ text: `#!/bin/bash\n${text}`, mode: 0o755 })

const played: Tree = {
  '/usr/local/bin/uname': program('cat /played/running'),
  // Packages are lines: name version.
  '/usr/local/bin/rpm': program(`
    format=
    names=()
    for word in "$@"; do
      case $word in
        -q | --quiet | --queryformat) ;;
        %*) format=$word ;;
        *) names+=("$word") ;;
      esac
    done
    status=0
    for name in "\${names[@]}"; do
      found=no
      while read -r package version; do
        [[ $package == "$name" ]] || continue
        found=yes
        line=\${format//'%{VERSION}-%{RELEASE}.%{ARCH}'/$version}
        line=\${line//'%{NAME}-'/$name-}
        printf "$line"
      done </played/packages
      if [[ $found == no ]]; then
        [[ -z $format ]] || echo "package $name is not installed"
        status=1
      fi
    done
    exit $status`),
  '/usr/local/bin/dnf': program(`
    echo "dnf $*"
    new=6.1.158-1.el9.elrepo.x86_64
    case " $* " in
      *' install '*)
        [[ ! -e /played/offline ]] || exit 1
        printf '%s\\n' "kernel-lt $new" "kernel-lt-core $new" "kernel-lt-modules $new" >>/played/packages
        echo kernel >/boot/vmlinuz-$new
        if [[ -e /played/power-cut ]]; then rm /played/power-cut; exit 137; fi
        echo initrd >/boot/initramfs-$new.img
        echo /boot/vmlinuz-$new >>/played/entries
        ;;
      *' reinstall '*)
        echo initrd >/boot/initramfs-$new.img
        echo /boot/vmlinuz-$new >>/played/entries
        ;;
      *' remove '*)
        grep -E '^kernel-lt' /played/packages >/played/packages.new
        mv /played/packages.new /played/packages
        ;;
    esac`),
  '/usr/local/bin/grubby': program(`
    case $1 in
      --info=*) grep -qxF "\${1#--info=}" /played/entries ;;
      --set-default=*) echo "\${1#--set-default=}" >/played/default ;;
      *) echo "grubby $*" ;;
    esac`),
  '/usr/libexec/hakube/take-key': program(''),
  '/played/running': '5.14.0-503.el9.x86_64\n',
  '/played/packages': ['kernel', 'kernel-core', 'kernel-modules', 'kernel-modules-core', 'kernel-tools']
    .map((name) => `${name} 5.14.0-503.el9.x86_64\n`)
    .join(''),
  '/played/entries': '/boot/vmlinuz-5.14.0-503.el9.x86_64\n',
}

const cluster = changedCluster((profile) => {
  profile.kernel = { package: 'elrepo-lt', arguments: ['mitigations=auto'] }
})
const tree = {
  ...treeOf(assembleOnly([newerKernel], cluster, cluster.machines[0]!)),
  ...played,
}

const functions = `
  boot() {
    printf '%s\\n' "$1" >/tmp/boot_id
    mount --bind /tmp/boot_id /proc/sys/kernel/random/boot_id
    [[ ! -e /played/default ]] || sed 's|^/boot/vmlinuz-||' /played/default >/played/running
  }
  step() { /steps/newer-kernel; echo "status $?"; }
  efi() {
    mount -t tmpfs tmpfs /sys/firmware
    mkdir -p /sys/firmware/efi/efivars
  }
  variable() { printf '\\6\\0\\0\\0'"$2" >/sys/firmware/efi/efivars/$1; }
  secure_boot=SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c
  shim=MokSBStateRT-605dab50-e046-4300-abb6-3dd810dd8b23
  mkdir -p /etc/sysconfig
`
const run = (script: string) => inOverlay(tree, functions + script).output

describeWith(needs, 'a newer kernel', () => {
  it('is installed and started, and then the old ones are removed', () => {
    const script = `boot first; step; cat /played/default; ls /etc/sysconfig
      /checks/newer-kernel
      boot second; step; cat /played/packages /etc/sysconfig/kernel
      step
      /checks/newer-kernel && echo checked`
    expect(run(script)).toMatchInlineSnapshot(`
      "dnf --assumeyes install kernel-lt
      status 194
      /boot/vmlinuz-6.1.158-1.el9.elrepo.x86_64
      the kernel is 5.14.0-503.el9.x86_64 instead of one of kernel-lt
      dnf --assumeyes --setopt=clean_requirements_on_remove=0 remove kernel-5.14.0-503.el9.x86_64 kernel-core-5.14.0-503.el9.x86_64 kernel-modules-5.14.0-503.el9.x86_64 kernel-modules-core-5.14.0-503.el9.x86_64
      status 0
      kernel-lt 6.1.158-1.el9.elrepo.x86_64
      kernel-lt-core 6.1.158-1.el9.elrepo.x86_64
      kernel-lt-modules 6.1.158-1.el9.elrepo.x86_64
      UPDATEDEFAULT=yes
      DEFAULTKERNEL=kernel-lt-core
      status 0
      checked
      "
    `)
  })

  it('is not installed if Secure Boot would reject it', () => {
    const script = `efi; variable $secure_boot '\\1'; boot first; step
      variable $secure_boot '\\0'; step | tail -n 1`
    expect(run(script)).toMatchInlineSnapshot(`
      "Secure Boot is on, but ELRepo does not sign its kernels: this machine would not boot with kernel-lt.
      Switch Secure Boot off in the firmware setup, or remove kernel.package from the profile. Then this continues by itself.
      status 1
      status 194
      "
    `)
  })

  it('is installed if shim verifies no signature', () => {
    expect(run(`efi; variable $secure_boot '\\1'; variable $shim '\\1'; boot first; step | tail -n 1`)).toBe(
      'status 194\n',
    )
  })

  it('is completed after a power cut during its installation, and never started without an initrd', () => {
    const script = `touch /played/power-cut; boot first; step; ls /played/default
      boot second; step; cat /played/default
      boot third; step | tail -n 1`
    expect(run(script)).toMatchInlineSnapshot(`
      "dnf --assumeyes install kernel-lt
      status 137
      ls: cannot access '/played/default': No such file or directory
      dnf --assumeyes reinstall kernel-lt-core
      status 194
      /boot/vmlinuz-6.1.158-1.el9.elrepo.x86_64
      status 0
      "
    `)
  })

  it('is not retried forever if the boot loader starts another one', () => {
    const script = `boot first; step | tail -n 1; rm /played/default
      boot second; step 2>&1 | tail -n 2; cat /played/packages | head -n 2`
    expect(run(script)).toMatchInlineSnapshot(`
      "status 194
      after a reboot, the machine still runs 5.14.0-503.el9.x86_64, not 6.1.158-1.el9.elrepo.x86_64: check the boot loader on the console
      status 1
      kernel 5.14.0-503.el9.x86_64
      kernel-core 5.14.0-503.el9.x86_64
      "
    `)
  })
})
