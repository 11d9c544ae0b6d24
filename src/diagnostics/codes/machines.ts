import type { CodeSection } from './section.ts'

export const machinesCodes = {
  title: 'Machines',
  codes: {
    'machines/no-control-plane': {
      severity: 'error',
      what: 'No control plane',
      remedy: 'Use one, three or five',
    },
    'machines/even-control-planes': {
      severity: 'error',
      what: 'An even number of control planes that run etcd',
      remedy: 'Use an odd number',
      source: 'etcd FAQ',
    },
    'machines/many-control-planes': {
      severity: 'warning',
      what: 'More than seven control planes',
      remedy: 'Use five',
      source: 'etcd FAQ',
    },
    'machines/no-workers': {
      severity: 'warning',
      what: 'No workers',
      remedy: 'Give a machine the role worker, or write `roles.control-plane.taints: []`',
    },
    'machines/ingress-without-workers': {
      severity: 'error',
      what: 'An ingress without workers',
      remedy: 'Add workers, or remove the ingress',
    },
    'etcd/no-members': {
      severity: 'error',
      what: 'Dedicated etcd without machines of role etcd',
      remedy: 'Give three machines the role',
    },
    'etcd/idle-members': {
      severity: 'error',
      what: 'Machines of role etcd while etcd runs on the control planes',
      remedy: 'Use `placement: dedicated`, or another role',
    },
    'etcd/even-members': {
      severity: 'error',
      what: 'An even number of machines of role etcd',
      remedy: 'Use an odd number',
      source: 'etcd FAQ',
    },
    'etcd/no-package': {
      severity: 'error',
      what: 'etcd as a service on a distribution that does not package it',
      remedy: 'Set `etcd.archive`',
    },
    'etcd/mixed-packages': {
      severity: 'error',
      what: 'etcd members whose distributions package different minor versions',
      remedy: 'Set `etcd.archive`, or give all members the same operating system',
      source: 'etcd, upgrades',
    },
    'etcd/too-old': {
      severity: 'error',
      what: "The distribution's etcd is older than kubeadm supports",
      remedy: 'Set `etcd.archive`',
      source: 'kubeadm, constants.go',
    },
    'etcd/timing': {
      severity: 'error',
      what: 'An election timeout of etcd that is less than five heartbeats, or more than 50 seconds',
      remedy: 'Write an `election-timeout` of ten times `heartbeat-interval`',
      source: 'etcd, Tuning',
    },
    'etcd/no-fsync': {
      severity: 'warning',
      what: 'etcd that does not wait for its disk',
      remedy: 'Remove `unsafe-no-fsync`',
      source: 'etcd, Configuration options',
    },
    'etcd/version': {
      severity: 'error',
      what: 'Not an etcd version',
      remedy: 'Write three numbers, e.g. `"3.5.24"`',
    },
    'assets/path': {
      severity: 'error',
      what: 'Not a path below `assets/`',
      remedy: 'Write e.g. `manifests/calico.yaml`',
    },
    'assets/sha256': { severity: 'error', what: 'Not a SHA-256', remedy: 'Write what `sha256sum` prints' },
    'assets/two-checksums': {
      severity: 'error',
      what: 'The profile names one file below `assets/` with two checksums: machines with the wrong one reject the file',
      remedy: 'Give each file a name of its own, or correct `sha256`',
    },
    'assets/architecture': {
      severity: 'error',
      what: 'One archive for machines of two architectures',
      remedy: 'Use one architecture',
    },
    'etcd/clients-have-all': {
      severity: 'warning',
      what: '`etcd.clients` names a role other than control-plane: its key gives access to all of etcd',
      remedy: 'Remove the role, unless its network plugin needs it',
    },
    'etcd/unused': {
      severity: 'warning',
      what: '`version` or `archive` while kubeadm runs etcd',
      remedy: 'Remove it, or use another placement',
    },
    'roles/unused': {
      severity: 'warning',
      what: 'Settings of a role that no machine has',
      remedy: 'Remove them',
    },
    'hardware/no-disk': {
      severity: 'error',
      what: 'No disk to install to',
      remedy: 'Set `hardware.disk`, or `disk` of the machine',
    },
    'hardware/disk': {
      severity: 'error',
      what: 'Not the name of a whole disk',
      remedy: 'Write a path below `/dev`, e.g. `/dev/disk/by-id/…`',
    },
    'hardware/console': {
      severity: 'error',
      what: 'Not a console',
      remedy: 'Write e.g. `ttyS0,115200`',
      source: 'kernel, serial-console',
    },
    'hardware/arm64-bios': {
      severity: 'error',
      what: 'arm64 with BIOS',
      remedy: 'Use `firmware: uefi`',
      source: 'Arm Base Boot Requirements',
    },
    'hardware/boot-first': {
      severity: 'warning',
      what: '`bootFirst` for machines with BIOS, or that run from memory',
      remedy: 'Remove it',
    },
    'hardware/memory-test': {
      severity: 'warning',
      what: 'A memory test for a firmware that no machine with amd64 has',
      remedy: 'Remove it',
    },
  },
} as const satisfies CodeSection
