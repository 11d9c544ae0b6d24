import { error, warning } from '../../../diagnostics/diagnostic.ts'
import { isBelow, kernelFrom, onNodes, says, type Family } from './advice.ts'

const kernel = 'https://github.com/torvalds/linux/commit'
const documentation = 'https://docs.kernel.org/admin-guide/sysctl/kernel.html'

/** Kernel settings under `sysctls`, in files that sysctl reads, and in commands. */
export const sysctlAdvice: Family = {
  title: 'Kernel settings',
  advice: [
    {
      what: '`net.ipv4.tcp_tw_recycle`',
      says: says(
        error('old-advice/tcp-tw-recycle', '{} was removed in Linux 4.12, and broke NAT before that', {
          hint: 'remove it',
          source: `${kernel}/4396e46187ca5070219b81773c4e65088dac50cc`,
        }),
      ),
      sysctl: { key: /^net\.ipv4\.tcp_tw_recycle$/ },
    },
    {
      what: '`net.ipv4.tcp_timestamps = 0`, often with `tcp_tw_reuse = 1`',
      says: says(
        warning(
          'old-advice/tcp-timestamps',
          'without timestamps, TCP cannot tell old packets from new ones, and tcp_tw_reuse has no effect',
          {
            hint: 'remove it, and net.ipv4.tcp_tw_reuse: the defaults are right',
            source: 'https://vincent.bernat.ch/en/blog/2014-tcp-time-wait-state-linux',
          },
        ),
      ),
      sysctl: {
        key: /^net\.ipv4\.tcp_timestamps$/,
        value: (value) => value === '0',
        with: 'net.ipv4.tcp_tw_reuse',
      },
    },
    {
      what: '`net.ipv4.ip_conntrack_max`, `net.ipv4.netfilter.*`',
      says: says(
        error('old-advice/ip-conntrack', '{} was removed from the kernel', {
          hint: 'remove it; net.netfilter.nf_conntrack_max limits connection tracking, and on Kubernetes nodes kube-proxy sets it',
          source: 'https://docs.kernel.org/networking/nf_conntrack-sysctl.html',
        }),
      ),
      sysctl: { key: /^net\.ipv4\.(?:ip_conntrack_max$|netfilter\.)/ },
    },
    {
      what: '`net.netfilter.nf_conntrack_max` in a file, in a command, or for workers only',
      says: says(
        warning(
          'old-advice/nf-conntrack-max',
          'kube-proxy overwrites {} according to the number of processors',
          {
            hint: 'remove it, or write it under sysctls for all machines: then hakube configures kube-proxy to keep it',
            source: 'https://github.com/kubernetes/kops/issues/2223',
          },
        ),
      ),
      holds: onNodes,
      sysctl: {
        key: /^net\.(?:netfilter\.)?nf_conntrack_max$/,
        // hakube sets conntrack.maxPerCore to 0 for kube-proxy if the first control plane has it.
        isRight: ({ role }) => role === null || role === 'control-plane',
      },
    },
    {
      what: '`fs.may_detach_mounts`',
      says: says(
        error(
          'old-advice/may-detach-mounts',
          'fs.may_detach_mounts exists only in the kernel of RHEL and CentOS 7',
          {
            hint: 'remove it, or write -fs.may_detach_mounts to allow it to be missing',
            source: 'https://github.com/moby/moby/pull/34886',
          },
        ),
      ),
      // The kernel of CentOS 7 still has it.
      holds: kernelFrom('4.18'),
      sysctl: { key: /^fs\.may_detach_mounts$/ },
    },
    {
      what: '`kernel.pid_max = 65535`',
      says: says(
        warning('old-advice/pid-max', 'this lowers the limit of processes: systemd sets 4194304', {
          hint: 'remove it',
          source: 'https://github.com/systemd/systemd/blob/main/NEWS (version 243)',
        }),
      ),
      // Older versions of systemd leave the kernel's default of 32768 for each of 32 processors.
      holds: kernelFrom('4.18'),
      sysctl: { key: /^kernel\.pid_max$/, value: isBelow(131_072) },
    },
    {
      what: '`kernel.hung_task_timeout_secs = 5`',
      says: says(
        warning('old-advice/hung-task-timeout', 'on a busy disk, a healthy task may wait that long', {
          hint: 'remove it: the default is 120 seconds',
          source: documentation,
        }),
      ),
      sysctl: { key: /^kernel\.hung_task_timeout_secs$/, value: isBelow(30) },
    },
    {
      what: '`kernel.watchdog_thresh = 5`',
      says: says(
        warning('old-advice/watchdog-threshold', 'busy machines would be reported as locked up', {
          hint: 'remove it: the default is 10 seconds',
          source: documentation,
        }),
      ),
      sysctl: { key: /^kernel\.watchdog_thresh$/, value: isBelow(10) },
    },
    {
      what: '`vm.drop_caches`, `echo 3 > /proc/sys/vm/drop_caches`',
      says: says(
        warning('old-advice/drop-caches', 'this discards the page cache, which must then be read again', {
          hint: 'remove it: the kernel frees memory itself',
          source: 'https://docs.kernel.org/admin-guide/sysctl/vm.html#drop-caches',
        }),
      ),
      sysctl: { key: /^vm\.drop_caches$/ },
    },
  ],
}
