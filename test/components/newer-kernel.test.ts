import { describe, expect, it } from 'vitest'
import { kernel } from '../../src/components/kernel.ts'
import { newerKernel } from '../../src/components/newer-kernel.ts'
import { packages } from '../../src/components/packages.ts'
import type { Profile } from '../../src/profile/schema.ts'
import { changedCluster, checkText, fileText, machineOf, stepText } from './host.ts'
import { assembleOnly } from '../support/assemble-only.ts'

const assemblyOf = (change: (profile: Profile) => void) => {
  const cluster = changedCluster(change)
  return assembleOnly([packages, newerKernel, kernel], cluster, machineOf(cluster, 'sample-kube-worker-001'))
}

const withKernel =
  (name: 'elrepo-lt' | 'elrepo-ml', version = '9', distribution = 'rocky') =>
  (profile: Profile) => {
    profile.distribution = { name: distribution, version }
    profile.kubernetes.version = '1.31.14'
    profile.kernel = { package: name, arguments: ['mitigations=auto'] }
  }

describe('a newer kernel', () => {
  it('comes from a repository that is used for nothing else', () => {
    expect(fileText(assemblyOf(withKernel('elrepo-lt')), '/etc/yum.repos.d/hakube-elrepo.repo'))
      .toMatchInlineSnapshot(`
        "# Written by hakube (dnf.conf(5), yum.conf(5)).
        [hakube-elrepo]
        name=hakube elrepo
        baseurl=https://elrepo.org/linux/kernel/el9/$basearch
        enabled=1
        gpgcheck=1
        gpgkey=file:///etc/pki/rpm-gpg/RPM-GPG-KEY-hakube-elrepo-1
            file:///etc/pki/rpm-gpg/RPM-GPG-KEY-hakube-elrepo-2
        # Nothing else: the repository contains headers and tools that would replace the distribution's.
        includepkgs=kernel-lt kernel-lt-core kernel-lt-modules kernel-lt-modules-extra
        "
      `)
  })

  it('comes from the archive on CentOS 7', () => {
    const assembly = assemblyOf(withKernel('elrepo-ml', '7', 'centos'))
    const text = fileText(assembly, '/etc/yum.repos.d/hakube-elrepo.repo')
    expect(text.split('\n').filter((line) => /^(baseurl|gpgkey)/.test(line))).toEqual([
      'baseurl=https://mirrors.coreix.net/elrepo-archive-archive/kernel/el7/$basearch',
      'gpgkey=file:///etc/pki/rpm-gpg/RPM-GPG-KEY-hakube-elrepo',
    ])
    // One package then; later ones have a part that holds the kernel.
    expect(stepText(assembly, 'newer-kernel')).toContain('package=kernel-ml\n')
    expect(stepText(assembly, 'newer-kernel')).toContain('core=kernel-ml\n')
  })

  it('comes from the mirror of the profile', () => {
    const assembly = assemblyOf((profile) => {
      withKernel('elrepo-ml', '10')(profile)
      profile.mirrors = { repositories: { elrepo: 'http://mirror.example.com/elrepo/' } }
    })
    expect(fileText(assembly, '/etc/yum.repos.d/hakube-elrepo.repo')).toContain(
      '\nbaseurl=http://mirror.example.com/elrepo/kernel/el10/$basearch\n',
    )
  })

  it('is installed, started and left as the only one', () => {
    const assembly = assemblyOf(withKernel('elrepo-lt'))
    expect(assembly.steps.map(({ name }) => name)).toEqual(['packages', 'newer-kernel', 'kernel'])
    expect(stepText(assembly, 'newer-kernel')).toMatchInlineSnapshot(`
      "#!/bin/bash
      # Installs a newer kernel, reboots into it, and then removes the distribution's kernels. After any failure or interruption, the
      # machine still has a kernel that boots.
      set -euo pipefail

      package=kernel-lt
      # Contains the kernel itself; the package above only depends on it and its modules.
      core=kernel-lt-core
      running=$(uname -r)

      # Prints versions in the format of uname -r.
      installed() {
        rpm -q --queryformat '%{VERSION}-%{RELEASE}.%{ARCH}\\n' "$core" 2>/dev/null | sort -V
      }
      runs_it() {
        [[ $'\\n'$(installed || true)$'\\n' == *$'\\n'"$running"$'\\n'* ]]
      }

      # Four bytes of attributes precede the value of a variable (https://docs.kernel.org/filesystems/efivarfs.html).
      efi_variable() {
        local file=/sys/firmware/efi/efivars/$1
        if [[ -e $file ]]; then od --address-radix=n --format=u1 --skip-bytes=4 --read-bytes=1 "$file"; fi
      }

      if ! runs_it; then
        # The second variable means that shim does not check signatures, after mokutil --disable-validation.
        if [[ $(efi_variable SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c) == *1 &&
          $(efi_variable MokSBStateRT-605dab50-e046-4300-abb6-3dd810dd8b23) != *1 ]]; then
          printf '%s\\n' "Secure Boot is on, but ELRepo does not sign its kernels: this machine would not boot with $package." \\
            "Switch Secure Boot off in the firmware setup, or remove kernel.package from the profile. Then this continues by itself." >&2
          exit 1
        fi

        if ! rpm --quiet -q "$package" "$core"; then
          /usr/libexec/hakube/take-key /etc/pki/rpm-gpg/RPM-GPG-KEY-hakube-elrepo-1 https://www.elrepo.org/RPM-GPG-KEY-elrepo.org 96C0104F631547311E0BB1AE309BC305BAADAE52 B8A755874DA240C9DAC4E71551600989EAA31D4A
          /usr/libexec/hakube/take-key /etc/pki/rpm-gpg/RPM-GPG-KEY-hakube-elrepo-2 https://www.elrepo.org/RPM-GPG-KEY-v2-elrepo.org 96C0104F631547311E0BB1AE309BC305BAADAE52 B8A755874DA240C9DAC4E71551600989EAA31D4A
          dnf --assumeyes install "$package"
        fi
        new=$(installed | tail -n 1)
        image=/boot/vmlinuz-$new
        # The package's scripts create the initrd and the boot loader entry: run them again if they were interrupted.
        if [[ ! -s /boot/initramfs-$new.img ]] || ! grubby --info="$image" >/dev/null 2>&1; then
          dnf --assumeyes reinstall "$core"
        fi
        if [[ ! -s $image || ! -s /boot/initramfs-$new.img ]]; then
          echo "$image has no initrd: is /boot full?" >&2
          exit 1
        fi
        # The files must be on disk before the boot loader refers to them.
        sync
        grubby --set-default="$image"
        # Now, so that one reboot is enough for both. The newer kernel already has the arguments that the installer wrote.
        command_line=$(</proc/cmdline)
        arguments=(mitigations=auto)
        missing=()
        for argument in "\${arguments[@]}"; do
          [[ " $command_line " == *" $argument "* ]] || missing+=("$argument")
        done
        if (( \${#missing[@]} > 0 )); then
          grubby --update-kernel=ALL --args="\${missing[*]}"
        fi

        # Do not request another reboot if the last one did not help: the machine would reboot forever.
        reboot_asked=/var/lib/hakube/newer-kernel-reboot
        boot=$(</proc/sys/kernel/random/boot_id)
        if [[ -e $reboot_asked ]]; then
          { read -r last_boot && read -r last_new; } <"$reboot_asked"
          if [[ $last_boot != "$boot" && $last_new == "$new" ]]; then
            echo "after a reboot, the machine still runs $running, not $new: check the boot loader on the console" >&2
            exit 1
          fi
        fi
        mkdir -p "\${reboot_asked%/*}"
        printf '%s\\n%s\\n' "$boot" "$new" >"$reboot_asked"
        exit 194
      fi

      # From now on, updates of this kernel become the default. Not earlier: during installation, its entry would become the default
      # before its initrd exists (20-grub.install and 50-dracut.install of kernel-install(8)).
      printf 'UPDATEDEFAULT=yes\\nDEFAULTKERNEL=%s\\n' "$core" >/etc/sysconfig/kernel.hakube
      mv -f /etc/sysconfig/kernel.hakube /etc/sysconfig/kernel

      # The machine runs the newer kernel, so the distribution's kernels are no longer needed. By full name, because the newer package
      # also provides "kernel".
      old=()
      for name in kernel kernel-core kernel-modules kernel-modules-core kernel-modules-extra; do
        while read -r version full; do
          [[ $version == "$running" ]] || old+=("$full")
        done < <(rpm -q --queryformat '%{VERSION}-%{RELEASE}.%{ARCH} %{NAME}-%{VERSION}-%{RELEASE}.%{ARCH}\\n' "$name" 2>/dev/null |
          grep -v ' is not installed$' || true)
      done
      if (( \${#old[@]} > 0 )); then
        # Keep their dependencies: the newer kernel needs firmware, for example, too.
        dnf --assumeyes --setopt=clean_requirements_on_remove=0 remove "\${old[@]}"
      fi
      rm -f /var/lib/hakube/newer-kernel-reboot
      "
    `)
    expect(checkText(assembly, 'newer-kernel')).toMatchInlineSnapshot(`
      "#!/bin/bash
      # The machine runs the kernel in the profile.
      set -euo pipefail

      running=$(uname -r)
      installed=$(rpm -q --queryformat '%{VERSION}-%{RELEASE}.%{ARCH}\\n' kernel-lt-core) || true
      if [[ $'\\n'$installed$'\\n' != *$'\\n'"$running"$'\\n'* ]]; then
        printf 'the kernel is %s instead of one of %s\\n' "$running" kernel-lt
        exit 1
      fi
      "
    `)
  })

  it("does not concern machines that keep the distribution's kernel", () => {
    const assembly = assemblyOf((profile) => {
      profile.kernel = { package: 'distribution' }
    })
    expect(assembly.steps.map(({ name }) => name)).toEqual(['packages', 'kernel'])
    expect(assembly.files.map(({ path }) => path).filter((path) => path.includes('elrepo'))).toEqual([])
  })
})

describe('kube-proxy', () => {
  it.each([
    ['centos', '7', undefined, 'iptables'],
    ['centos', '7', 'elrepo-lt', 'iptables'],
    ['centos', '7', 'elrepo-ml', 'nftables'],
    ['rocky', '9', undefined, 'nftables'],
  ] as const)('on %s %s with %s forwards by %s', (name, version, kernelPackage, mode) => {
    const cluster = changedCluster((profile) => {
      profile.distribution = { name, version }
      profile.kubernetes.version = '1.34.9'
      if (kernelPackage) profile.kernel = { package: kernelPackage }
    })
    expect(cluster.kubernetes.proxyMode).toBe(mode)
  })

  it('depends on the oldest kernel among the nodes', () => {
    const cluster = changedCluster((profile) => {
      profile.distribution = { name: 'centos', version: '7' }
      profile.kubernetes.version = '1.34.9'
      profile.kernel = { package: 'elrepo-ml' }
      profile.roles = { worker: { kernel: { package: 'distribution' } } }
    })
    expect(cluster.kubernetes.proxyMode).toBe('iptables')
  })
})
