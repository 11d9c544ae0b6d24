import { error, warning } from '../../diagnostics/diagnostic.ts'
import type { Diagnostic, Path } from '../../diagnostics/diagnostic.ts'
import { findDistribution } from '../../distributions/index.ts'
import { isOlder } from './distribution.ts'
import { textAdvice } from './old-advice-texts.ts'
import { settingsPlaces } from './rule.ts'
import type { Rule, RuleContext, SettingsPlace } from './rule.ts'

/*
 * Settings that guides still tell people to copy, though the kernel or the programs have dropped them or they do harm.
 * Sources: the commits and issues beside each.
 */

/** Old advice in `sysctls`, `kernel.modules`, and the texts of files and commands. */
export const oldAdviceRules: Rule = ({ profile, sources }) => {
  const distribution = findDistribution(profile.distribution.name, profile.distribution.version)
  // The kernel of CentOS 7 still has them.
  const oldKernel = distribution !== null && isOlder(distribution.kernel, '4.18')
  return [...settingsPlaces(profile)].flatMap((place) => {
    const exceptions = new Set([
      ...(oldKernel ? ['old-advice/nf-conntrack-ipv4', 'old-advice/may-detach-mounts'] : []),
      // Load balancers run no kube-proxy: there it stays as it is set.
      ...(place.role === 'load-balancer' ? ['old-advice/nf-conntrack-max'] : []),
    ])
    const found = [...adviceOnKernel(place), ...adviceOnTexts(place, sources)]
    return found.filter(({ code }) => !exceptions.has(code))
  })
}

function adviceOnKernel({ path, settings: { sysctls = {}, kernel } }: SettingsPlace): Diagnostic[] {
  const onSysctls = Object.entries(sysctls).flatMap(([key, value]) =>
    adviceOnSysctl(key, String(value), sysctls, [...path, 'sysctls', key]),
  )
  const onModules = (kernel?.modules ?? []).flatMap((name, index) =>
    /^nf[_-]conntrack[_-]ipv[46]$/.test(name)
      ? [mergedModule(name, [...path, 'kernel', 'modules', index])]
      : [],
  )
  return [...onSysctls, ...onModules]
}

const mergedModule = (name: string, path: Path): Diagnostic =>
  error(
    'old-advice/nf-conntrack-ipv4',
    `the kernel module ${name} was merged into nf_conntrack in Linux 4.19`,
    {
      hint: 'write nf_conntrack',
      path,
      source: 'https://github.com/torvalds/linux/commit/a0ae2562c6c4b2721d9fddba63b7286c13517d9f',
    },
  )

/** Points at the words themselves. */
function adviceOnTexts({ path, settings }: SettingsPlace, sources: RuleContext['sources']): Diagnostic[] {
  const onFiles = (settings.files ?? []).flatMap((file, index) => {
    const inline = file.content !== undefined
    const text = file.content ?? (file.source === undefined ? undefined : sources.get(file.source))
    if (text === undefined) return []
    return textAdvice(text, file.path, [...path, 'files', index, inline ? 'content' : 'source'])
  })
  const onCommands = (settings.commands ?? []).flatMap(({ run }, index) =>
    textAdvice(run, null, [...path, 'commands', index, 'run']),
  )
  return [...onFiles, ...onCommands]
}

type Sysctls = Readonly<Record<string, string | number>>

function adviceOnSysctl(written: string, value: string, all: Sysctls, path: Path): Diagnostic[] {
  const key = written.replace(/^-/, '').replaceAll('/', '.')
  const place = { path, onKey: true }
  if (key === 'net.ipv4.tcp_tw_recycle') {
    return [
      error(
        'old-advice/tcp-tw-recycle',
        'net.ipv4.tcp_tw_recycle was removed in Linux 4.12, and broke NAT before',
        {
          hint: 'remove it',
          ...place,
          source: 'https://github.com/torvalds/linux/commit/4396e46187ca5070219b81773c4e65088dac50cc',
        },
      ),
    ]
  }
  if (key === 'net.ipv4.tcp_timestamps' && value === '0') {
    const reuse = String(all['net.ipv4.tcp_tw_reuse'] ?? '')
    const related =
      reuse === '1'
        ? [{ path: [...path.slice(0, -1), 'net.ipv4.tcp_tw_reuse'], message: 'set here', onKey: true }]
        : []
    const why =
      reuse === '1'
        ? 'net.ipv4.tcp_tw_reuse works by timestamps, which this turns off'
        : 'without timestamps TCP can not tell old packets from new ones'
    return [
      warning('old-advice/tcp-timestamps', why, {
        hint: 'remove both: the defaults are right',
        ...place,
        related,
        source: 'https://vincent.bernat.ch/en/blog/2014-tcp-time-wait-state-linux',
      }),
    ]
  }
  if (key === 'net.ipv4.ip_conntrack_max' || key.startsWith('net.ipv4.netfilter.')) {
    return [
      error('old-advice/ip-conntrack', `${key} is gone from the kernel`, {
        hint: 'remove it; connection tracking is set by net.netfilter.nf_conntrack_max, on Kubernetes nodes by kube-proxy',
        ...place,
        source: 'https://docs.kernel.org/networking/nf_conntrack-sysctl.html',
      }),
    ]
  }
  if (key === 'net.netfilter.nf_conntrack_max' || key === 'net.nf_conntrack_max') {
    return [
      warning('old-advice/nf-conntrack-max', 'kube-proxy sets this again on every Kubernetes node', {
        hint: 'remove it, or move it to roles.load-balancer, whose machines run no kube-proxy',
        ...place,
        source: 'https://github.com/kubernetes/kops/issues/2223',
      }),
    ]
  }
  if (key === 'fs.may_detach_mounts' && !written.startsWith('-')) {
    return [
      error(
        'old-advice/may-detach-mounts',
        'fs.may_detach_mounts is in the kernel of RHEL and CentOS 7 only',
        {
          hint: 'remove it, or write -fs.may_detach_mounts, which may be missing',
          ...place,
          source: 'https://github.com/moby/moby/pull/34886',
        },
      ),
    ]
  }
  return []
}
