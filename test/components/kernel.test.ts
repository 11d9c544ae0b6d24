import { describe, expect, it } from 'vitest'
import { kernel } from '../../src/components/kernel.ts'
import { installedBy } from '../example.ts'
import { assembleHost, changedCluster, checkText, fileText, machineOf, stepText } from './host.ts'

const packagesWith = (version: string, install: 'image' | 'kickstart', kernelPackage?: 'elrepo-lt') => {
  const cluster = changedCluster((profile) => {
    profile.distribution = installedBy({ name: 'rocky', version }, install)
    if (kernelPackage) profile.kernel = { package: kernelPackage }
  })
  return kernel.contribute?.(cluster, cluster.machines[0]!).packages
}

describe('kernel', () => {
  it('loads each module once, with all components that want it, and those of sysctl keys', () => {
    const cluster = changedCluster((profile) => {
      profile.kernel = { modules: ['nf-conntrack', 'br_netfilter'] }
    })
    const assembly = assembleHost(cluster, {
      kernelModules: [{ name: 'br_netfilter', reason: 'bridged packets' }, { name: 'overlay' }],
      sysctls: [
        { key: 'net/ipv4/vs/conntrack', value: '1' },
        { key: 'net.netfilter.nf_conntrack_max', value: '524288' },
      ],
    })
    expect(fileText(assembly, '/etc/modules-load.d/hakube.conf')).toMatchInlineSnapshot(`
      "# Written by hakube. Modules that are loaded at boot, before systemd-sysctl sets the keys that need them (modules-load.d(5)).

      # profile $.kernel.modules[0]; sysctl: net.netfilter.nf_conntrack_max exists only with it
      nf_conntrack

      # profile $.kernel.modules[1]; other: bridged packets
      br_netfilter

      # other
      overlay

      # sysctl: net.ipv4.vs.conntrack exists only with it
      ip_vs
      "
    `)
  })

  it('installs the package of modules on an image of Enterprise Linux 10, unless the kernel is that of ELRepo', () => {
    expect(packagesWith('10', 'image')).toEqual([{ name: 'kernel-modules-extra' }])
    expect(packagesWith('10', 'kickstart')).toEqual([])
    expect(packagesWith('10', 'image', 'elrepo-lt')).toEqual([])
    expect(packagesWith('9', 'image')).toEqual([])
  })

  it('quotes what it passes to the shell', () => {
    const cluster = changedCluster((profile) => {
      profile.kernel = { modules: [`x'; reboot #`], arguments: ['dyndbg="file a.c +p"', `it's`] }
    })
    const step = stepText(assembleHost(cluster), 'kernel')
    expect(step.split('\n').filter((line) => /^(modules|arguments)=|^grubby/.test(line))).toEqual([
      String.raw`modules=('x'\''; reboot #')`,
      String.raw`arguments=('dyndbg="file a.c +p"' 'it'\''s')`,
      'grubby --update-kernel=ALL --args="${missing[*]}"',
    ])
  })

  it('refuses a line break, which would load another module', () => {
    const cluster = changedCluster((profile) => {
      profile.kernel = { modules: ['a\nb'] }
    })
    expect(() => assembleHost(cluster)).toThrow(String.raw`a line of a file cannot contain "a\nb"`)
  })

  it("sets arguments by a drop-in if the boot loader's tool is update-grub", () => {
    const cluster = changedCluster((profile) => {
      profile.kernel = { arguments: ['mitigations=auto', 'quiet'] }
    }, 'load-balancers-on-control-planes')
    const assembly = assembleHost(cluster)
    expect(fileText(assembly, '/etc/default/grub.d/hakube.cfg')).toMatchInlineSnapshot(`
      "# Written by hakube. update-grub reads this after /etc/default/grub. Prepended, because the last of several consoles wins.
      GRUB_CMDLINE_LINUX='mitigations=auto quiet'" \${GRUB_CMDLINE_LINUX-}"
      "
    `)
    expect(stepText(assembly, 'kernel')).toMatchInlineSnapshot(`
      "#!/bin/bash
      # Loads the modules in /etc/modules-load.d/hakube.conf now (at boot, systemd-modules-load does) and adds the kernel arguments to
      # the boot loader.
      set -euo pipefail

      update-grub

      command_line=$(</proc/cmdline)
      arguments=(mitigations=auto quiet)
      missing=()
      for argument in "\${arguments[@]}"; do
        [[ " $command_line " == *" $argument "* ]] || missing+=("$argument")
      done
      reboot_asked=/var/lib/hakube/kernel-reboot
      if (( \${#missing[@]} == 0 )); then
        rm -f "$reboot_asked"
        exit 0
      fi
      # Do not request another reboot if the last one did not help: the machine would reboot forever.
      boot=$(</proc/sys/kernel/random/boot_id)
      wish="\${missing[*]}"
      if [[ -e $reboot_asked ]]; then
        { read -r last_boot && read -r last_wish; } <"$reboot_asked"
        if [[ $last_boot != "$boot" && $last_wish == "$wish" ]]; then
          printf 'after a reboot, the kernel still does not have the argument: %s\\n' "$wish" >&2
          exit 1
        fi
      fi
      mkdir -p "\${reboot_asked%/*}"
      printf '%s\\n%s\\n' "$boot" "$wish" >"$reboot_asked"
      exit 194
      "
    `)
  })

  it('leaves the arguments of a machine that runs from memory to its boot menu, and checks them', () => {
    const cluster = changedCluster((profile) => {
      profile.kernel = { arguments: ['mitigations=auto'] }
    }, 'rack-test')
    const assembly = assembleHost(cluster, {}, machineOf(cluster, 'balancer'))
    expect(assembly.files.map(({ path }) => path).filter((path) => path.includes('grub'))).toEqual([])
    expect(stepText(assembly, 'kernel')).not.toMatch(/grub|cmdline/)
    expect(checkText(assembly, 'kernel')).toMatchInlineSnapshot(`
      "#!/bin/bash
      set -euo pipefail

      status=0
      command_line=$(</proc/cmdline)
      arguments=(mitigations=auto)
      for argument in "\${arguments[@]}"; do
        if [[ " $command_line " != *" $argument "* ]]; then
          printf 'the kernel was booted without %s\\n' "$argument"
          status=1
        fi
      done
      exit "$status"
      "
    `)
  })
})
