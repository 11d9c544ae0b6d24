import type { CodeSection } from './section.ts'

export const conflictsCodes = {
  title: 'Settings that conflict with components',
  codes: {
    'conflict/sysctl': {
      severity: 'error',
      what: "A kernel setting that breaks a component of the machine: under `sysctls`, in a file that is read after hakube's, in a command, or by another name of the same switch",
      remedy: 'Remove it: hakube sets what its components need',
    },
    'conflict/module': {
      severity: 'error',
      what: 'A kernel module that a component of the machine loads is blocked (`modprobe.blacklist`, `module_blacklist`, `modprobe.d`, `rmmod`)',
      remedy: 'Remove it',
      source: 'modprobe.d(5)',
    },
    'conflict/unit': {
      severity: 'error',
      what: 'A command, a kernel argument or an empty file stops, disables or masks a unit that a component of the machine enables',
      remedy: 'Remove it',
      source: 'systemctl(1)',
    },
    'conflict/command': {
      severity: 'error',
      what: 'A command that undoes what a component of the machine does: `swapon`, `kubeadm reset`, `ufw enable`, a removed package or file',
      remedy: 'Remove it',
    },
    'conflict/package': {
      severity: 'error',
      what: "A package that conflicts with one of hakube's: a second time daemon, container runtime or firewall",
      remedy: 'Remove it; `containerRuntime` and `firewall` select what hakube installs',
    },
    'conflict/kernel-argument': {
      severity: 'error',
      what: 'A kernel argument that breaks a component of the machine',
      remedy: 'Remove it',
      source: 'kernel-parameters',
    },
  },
} as const satisfies CodeSection
