import type { CodeSection } from './section.ts'

export const argumentsCodes = {
  title: 'Arguments of Kubernetes',
  codes: {
    'arguments/name': {
      severity: 'error',
      what: 'Not the name of an argument: leading dashes, camel case, or a value inside the name',
      remedy: 'Use the name that `--help` prints, without the leading dashes',
    },
    'arguments/by-hakube': {
      severity: 'error',
      what: 'An argument that hakube sets itself (listed in docs/profile.md)',
      remedy: 'Use the profile field that the message names',
    },
    'arguments/value': {
      severity: 'error',
      what: 'A line break in a value; for the kubelet also white space, quotes, a backslash or `$`',
      remedy: 'Use a value without them',
      source: 'systemd.service(5)',
    },
    'arguments/unknown': {
      severity: 'error or warning',
      what: 'The component has no such argument; a warning where a newer release may have it',
      remedy: 'Use the name that the message suggests',
      source: 'Kubernetes, component tools',
    },
    'arguments/release': {
      severity: 'error',
      what: 'The component does not have this argument in this release',
      remedy: 'Remove it',
      source: 'Kubernetes, component tools',
    },
    'arguments/type': {
      severity: 'error',
      what: 'The component cannot parse the value, e.g. a duration without a unit',
      remedy: 'Use a value of the type that the message names',
      source: 'Kubernetes, component tools',
    },
    'arguments/choice': {
      severity: 'error or warning',
      what: 'A value that is not one of the words that the argument accepts in this release, or a list whose items are malformed; a warning where a newer release may have it',
      remedy: 'Use one of the values that the message names',
      source: 'Kubernetes, component tools',
    },
    'arguments/range': {
      severity: 'error',
      what: 'A number with which the component does not start, or with which no pod runs',
      remedy: 'Use a number of the range that the message names',
      source: 'Kubernetes, component tools',
    },
    'arguments/conflict': {
      severity: 'error',
      what: 'A value that prevents the cluster from starting, or that requires another argument',
      remedy: 'See the message',
      source: 'Kubernetes, component tools',
    },
    'arguments/unprotected': {
      severity: 'warning',
      what: 'A value that takes away a barrier that kubeadm sets up',
      remedy: 'Keep what kubeadm sets, and add to it',
      source: 'Kubernetes, Admission Controllers in Kubernetes',
    },
    'arguments/certificates': {
      severity: 'warning',
      what: 'A value that lets certificates of kubelets expire, or keeps them from being approved',
      remedy: 'Remove it: kubeadm turns the renewal of client certificates on',
      source: 'Kubernetes, Configure Certificate Rotation for the Kubelet',
    },
    'arguments/file': {
      severity: 'error',
      what: "An argument names a file that is not mounted into the component's static pod",
      remedy:
        'Use `apiServerFiles`, `controllerManagerFiles` or `schedulerFiles`, which write the file and mount it',
      source: 'Kubernetes, control plane flags',
    },
    'configuration/by-hakube': {
      severity: 'error',
      what: 'A field of KubeletConfiguration or KubeProxyConfiguration that hakube sets itself, or for which the profile has a field',
      remedy: 'See the message',
    },
    'configuration/argument': {
      severity: 'error',
      what: 'A field of KubeletConfiguration that `kubeletArguments` also sets: the argument wins',
      remedy: 'Keep one of the two',
      source: 'Kubernetes, kubelet',
    },
    'configuration/one-for-all': {
      severity: 'error',
      what: 'A field of KubeletConfiguration for single machines, in a release whose kubelets share one configuration',
      remedy: 'Write it under `kubernetes.kubeletConfiguration`, or use a newer release',
      source: 'Kubernetes, kubelet configuration files',
    },
    'configuration/unknown': {
      severity: 'error or warning',
      what: 'The configuration has no such field; a warning for a release newer than hakube knows',
      remedy: 'Use the name that the message suggests',
      source: 'kubernetes/kubelet and kubernetes/kube-proxy, types.go',
    },
    'configuration/release': {
      severity: 'error',
      what: 'The configuration does not have this field in this release',
      remedy: 'Remove it',
      source: 'kubernetes/kubelet and kubernetes/kube-proxy, types.go',
    },
    'configuration/type': {
      severity: 'error',
      what: 'A value of another type than the field has',
      remedy: 'Use a value of the type that the message names',
      source: 'kubernetes/kubelet and kubernetes/kube-proxy, types.go',
    },
    'configuration/no-proxy': {
      severity: 'error',
      what: '`kubeProxyConfiguration` with `proxyMode: none`',
      remedy: 'Remove one of the two',
    },
  },
} as const satisfies CodeSection
