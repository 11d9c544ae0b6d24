import type { Owned, RefusedArgument } from './component.ts'

const noMultiUser = 'the machine never comes to multi-user.target, where the first boot begins'

/** Kernel arguments with which a machine never becomes ready. */
export const refusedByFirstBoot: readonly Owned<RefusedArgument>[] = [
  // https://docs.cloud-init.io/en/latest/howto/disable_cloud_init.html
  { name: 'cloud-init', values: ['disabled'], reason: 'cloud-init, which starts it, does nothing then' },
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
  {
    name: 'init',
    values: ['/bin/sh', '/bin/bash', '/bin/dash', '/usr/bin/sh', '/usr/bin/bash', '/usr/bin/dash'],
    reason: noMultiUser,
  },
].map((each) => ({ ...each, component: 'first-boot' }))
