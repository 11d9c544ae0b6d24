import type { CodeSection } from './section.ts'

export const machinesCodes = {
  title: 'Machines',
  codes: {
    'machines/no-control-plane': {
      severity: 'error',
      what: 'No control plane',
      remedy: 'One, three or five',
    },
    'machines/even-control-planes': {
      severity: 'error',
      what: 'An even number of control planes that run etcd',
      remedy: 'One more or one less',
      source: 'etcd FAQ',
    },
    'machines/many-control-planes': {
      severity: 'warning',
      what: 'More than seven control planes',
      remedy: 'Five',
      source: 'etcd FAQ',
    },
    'machines/no-workers': {
      severity: 'warning',
      what: 'No workers',
      remedy: 'Give a machine the role worker, or write `roles.control-plane.taints: []`',
    },
    'machines/ingress-without-workers': {
      severity: 'error',
      what: 'An ingress, and no workers',
      remedy: 'Workers, or no ingress',
    },
    'etcd/no-members': {
      severity: 'error',
      what: 'Dedicated etcd without machines of role etcd',
      remedy: 'Give three machines the role',
    },
    'etcd/idle-members': {
      severity: 'error',
      what: 'Machines of role etcd where etcd runs on the control planes',
      remedy: '`placement: dedicated`, or another role',
    },
    'etcd/even-members': {
      severity: 'error',
      what: 'An even number of machines of role etcd',
      remedy: 'One more or one less',
      source: 'etcd FAQ',
    },
    'etcd/no-package': {
      severity: 'error',
      what: 'etcd as a service on a distribution that has no package of it',
      remedy: '`etcd.archive`',
    },
    'etcd/too-old': {
      severity: 'error',
      what: "The distribution's etcd is older than kubeadm takes",
      remedy: '`etcd.archive`',
      source: 'kubeadm, constants.go',
    },
    'etcd/version': {
      severity: 'error',
      what: 'Not a version of etcd',
      remedy: 'Three numbers, e.g. `"3.5.24"`',
    },
    'assets/path': {
      severity: 'error',
      what: 'A file of the server with no path below `assets/`',
      remedy: 'e.g. `manifests/calico.yaml`',
    },
    'assets/sha256': { severity: 'error', what: 'No SHA-256', remedy: 'What `sha256sum` prints' },
    'assets/architecture': {
      severity: 'error',
      what: 'One archive for machines of two architectures',
      remedy: 'One architecture',
    },
    'etcd/clients-have-all': {
      severity: 'warning',
      what: '`etcd.clients` names a role of machines that are not control planes: their key opens all of etcd',
      remedy: 'Leave the role out, unless its network plugin needs it',
    },
    'etcd/unused': {
      severity: 'warning',
      what: '`version` or `archive` where kubeadm runs etcd',
      remedy: 'Remove it, or another placement',
    },
    'roles/unused': {
      severity: 'warning',
      what: 'Settings of a role that no machine has',
      remedy: 'Remove them',
    },
    'hardware/no-disk': {
      severity: 'error',
      what: 'No disk to install to',
      remedy: '`hardware.disk`, or `disk` at the machine',
    },
    'hardware/disk': {
      severity: 'error',
      what: 'Not the name of a whole disk',
      remedy: 'A path below `/dev`, e.g. `/dev/disk/by-id/…`',
    },
    'hardware/console': {
      severity: 'error',
      what: 'Not a console',
      remedy: 'e.g. `ttyS0,115200`',
      source: 'kernel, serial-console',
    },
    'hardware/arm64-bios': {
      severity: 'error',
      what: 'arm64 with BIOS',
      remedy: '`firmware: uefi`',
      source: 'Arm Base Boot Requirements',
    },
  },
} as const satisfies CodeSection
