import type { CodeSection } from './section.ts'

export const argumentsCodes = {
  title: 'Arguments of Kubernetes',
  codes: {
    'arguments/name': {
      severity: 'error',
      what: 'Not the name of an argument: dashes before it, camel case, the value in it',
      remedy: 'As `--help` prints it, without the dashes before it',
    },
    'arguments/by-hakube': {
      severity: 'error',
      what: 'An argument that hakube sets itself (docs/profile.md lists them)',
      remedy: 'The field of the profile that the message names',
    },
    'arguments/value': {
      severity: 'error',
      what: 'A line break in a value; for the kubelet also white space, quotes, backslash, `$`',
      remedy: 'A value without them',
      source: 'systemd.service(5)',
    },
    'arguments/unknown': {
      severity: 'error or warning',
      what: 'An argument that the component has not; a warning where a newer release may have it',
      remedy: 'The name that the message proposes',
      source: 'Kubernetes, component tools',
    },
    'arguments/release': {
      severity: 'error',
      what: 'An argument that the component has not yet or no longer in this release',
      remedy: 'Remove it',
      source: 'Kubernetes, component tools',
    },
    'arguments/type': {
      severity: 'error',
      what: 'A value that the component cannot read, e.g. a duration without a unit',
      remedy: 'A value of the type that the message names',
      source: 'Kubernetes, component tools',
    },
    'arguments/conflict': {
      severity: 'error',
      what: 'A value with which the cluster does not come up, or that another argument has to go with',
      remedy: 'What the message says',
      source: 'Kubernetes, component tools',
    },
    'arguments/file': {
      severity: 'error',
      what: 'An argument names a file that the static pod of its component does not see',
      remedy: '`apiServerFiles`, `controllerManagerFiles` or `schedulerFiles`, which write and mount it',
      source: 'Kubernetes, control plane flags',
    },
  },
} as const satisfies CodeSection
