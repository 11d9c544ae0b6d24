import type { Owned } from './component.ts'
import type { RefusedArgument, RefusedCommand } from './refused.ts'

const noMultiUser = 'the machine never reaches multi-user.target, where the first boot begins'

/** Kernel arguments that prevent a machine from ever becoming ready. */
export const refusedByFirstBoot: readonly Owned<RefusedArgument>[] = [
  // https://docs.cloud-init.io/en/latest/howto/disable_cloud_init.html
  { name: 'cloud-init', values: ['disabled'], reason: 'cloud-init, which starts it, does nothing then' },
  {
    name: 'mem',
    below: 512 * 1024 ** 2,
    reason: 'the system and its package manager need 512 MiB of memory',
  },
  // kernel-command-line(7)
  ...['single', 's', 'S', '1', 'rescue', 'emergency', '-b'].map((name) => ({
    name,
    values: [''],
    reason: noMultiUser,
  })),
  {
    name: 'systemd.unit',
    values: ['rescue.target', 'emergency.target', 'initrd.target', 'sysinit.target', 'basic.target'],
    reason: noMultiUser,
  },
  // dracut.cmdline(7), initramfs-tools(7)
  ...['rd.break', 'rdinit', 'break'].map((name) => ({ name, reason: noMultiUser })),
  {
    name: 'rd.systemd.unit',
    values: ['rescue.target', 'emergency.target'],
    reason: noMultiUser,
  },
  {
    name: 'init',
    values: ['/bin/sh', '/bin/bash', '/bin/dash', '/usr/bin/sh', '/usr/bin/bash', '/usr/bin/dash'],
    reason: noMultiUser,
  },
].map((each) => ({ ...each, component: 'first-boot' }))

/** Commands that prevent a machine from ever becoming ready. */
export const refusedCommandsOfFirstBoot: readonly Owned<RefusedCommand>[] = [
  {
    programs: ['poweroff', 'halt'],
    does: 'switches the machine off',
    need: 'runs this command: it is not recorded as done',
    hint: 'remove it; exit 194 reboots the machine and continues',
  },
  {
    programs: ['shutdown'],
    unless: ['-r', '--reboot', '-c'],
    does: 'switches the machine off',
    need: 'runs this command: it is not recorded as done',
    hint: 'remove it; exit 194 reboots the machine and continues',
  },
  {
    programs: ['systemctl'],
    having: [
      ['poweroff'],
      ['halt'],
      ['rescue'],
      ['emergency'],
      ['isolate', 'rescue.target'],
      ['isolate', 'emergency.target'],
    ],
    does: 'ends the services of the machine',
    need: 'is one of them',
  },
  {
    programs: ['systemctl'],
    having: [
      ['set-default', 'rescue.target'],
      ['set-default', 'emergency.target'],
    ],
    does: 'keeps the machine from starting its services',
    need: `is one of them: ${noMultiUser}`,
  },
  {
    programs: ['init', 'telinit'],
    having: [['0'], ['1'], ['s'], ['S']],
    does: 'ends the services of the machine',
    need: 'is one of them',
  },
  {
    programs: ['cloud-init'],
    having: [['clean']],
    does: 'removes what cloud-init knows of the machine',
    need: 'would start over at the next boot: the files of the seed would be written again',
  },
].map((each) => ({ ...each, component: 'first-boot' }))
