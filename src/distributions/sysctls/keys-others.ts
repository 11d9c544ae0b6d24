import type { SysctlNames } from './names.ts'

/** Keys that the tables of the kernel lack, or that distributions add. */
export const otherKeys: SysctlNames = {
  // Each binary format has a file there once binfmt_misc is mounted (Documentation/admin-guide/binfmt-misc.rst).
  'fs.binfmt_misc': { text: '*' },
  // https://ubuntu.com/blog/ubuntu-23-10-restricted-unprivileged-user-namespaces
  kernel: {
    // kernel/pid.c: RESERVED_PIDS + 1 to PID_MAX_LIMIT of 64 bits; kernel/fork.c: MIN_THREADS to MAX_THREADS. Both are checked where they are set.
    '301..4194304': 'pid_max',
    '20..1073741823': 'threads-max',
    '0..1': 'apparmor_restrict_unprivileged_userns apparmor_restrict_unprivileged_io_uring',
    int: 'apparmor_restrict_unprivileged_userns_complain apparmor_restrict_unprivileged_userns_force',
  },
  // net/ipv4/route.c registers it in another way.
  'net.ipv4.route': { int: 'flush' },
}
