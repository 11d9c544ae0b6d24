import type { CodeSection } from './section.ts'

export const conflictsCodes = {
  title: 'Settings against what a component needs',
  codes: {
    'conflict/sysctl': {
      severity: 'error',
      what: "A kernel setting with which a component of the machine does not work: under `sysctls`, in a file that is read after hakube's, or in a command; also by another name of the same switch",
      remedy: 'Remove it: hakube sets what its components need',
    },
    'conflict/module': {
      severity: 'error',
      what: 'A kernel module that is kept from being loaded (`modprobe.blacklist`, `module_blacklist`, `modprobe.d`, `rmmod`), and that a component of the machine loads',
      remedy: 'Remove it',
      source: 'modprobe.d(5)',
    },
    'conflict/unit': {
      severity: 'error',
      what: 'A command, a kernel argument or an empty file that stops, disables or masks a unit which a component of the machine enables',
      remedy: 'Remove it',
      source: 'systemctl(1)',
    },
    'conflict/package': {
      severity: 'error',
      what: "A package that conflicts with one of hakube's: a second time daemon, container runtime or firewall",
      remedy: 'Remove it; `containerRuntime` and `firewall` say what hakube installs',
    },
    'conflict/kernel-argument': {
      severity: 'error',
      what: 'A kernel argument with which a component of the machine cannot work',
      remedy: 'Remove it',
      source: 'kernel-parameters',
    },
  },
} as const satisfies CodeSection
