import { error } from '../../diagnostics/diagnostic.ts'
import type { Diagnostic, Path } from '../../diagnostics/diagnostic.ts'
import { inQuotes } from '../../diagnostics/in-quotes.ts'
import { nearModule } from '../../distributions/kernel-modules.ts'
import type { ProfileSettings } from '../schema.ts'
import { stages } from '../stages.ts'
import { settingsPlaces } from './rule.ts'
import type { Rule } from './rule.ts'

/** Commands, packages, kernel modules and arguments, and limits: whether their values are valid. */
export const settingsRules: Rule = ({ profile }) => {
  const diagnostics: Diagnostic[] = []
  for (const { path, settings } of settingsPlaces(profile)) {
    diagnostics.push(
      ...checkCommands(settings, path),
      ...checkPlaces(settings, path),
      ...checkPackages(settings, path),
      ...checkModules(settings, path),
      ...checkLimits(settings, path),
    )
  }
  return diagnostics
}

function checkCommands({ commands = [] }: ProfileSettings, path: Path): Diagnostic[] {
  const first = new Map<string, Path>()
  return commands.flatMap(({ name, run }, index) => {
    const at: Path = [...path, 'commands', index, 'name']
    const found: Diagnostic[] = []
    if (!/^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/.test(name)) {
      const near = name
        .toLowerCase()
        .replaceAll(/[^a-z0-9]+/g, '-')
        .replaceAll(/^-+|-+$/g, '')
      const hint = near ? `write ${near.slice(0, 64)}` : 'use lowercase letters, digits and dashes'
      found.push(error('commands/name', `${inQuotes(name)} is not a command name`, { hint, path: at }))
    }
    if (run.trim() === '') {
      found.push(error('commands/empty', `the command ${name} does nothing`, { hint: 'remove it', path: at }))
    }
    const earlier = first.get(name)
    if (earlier) {
      found.push(
        error('commands/duplicate', `the command ${name} is in this list twice`, {
          hint: 'rename one: logs are named after their commands',
          path: at,
          related: [{ path: earlier, message: 'first used here' }],
        }),
      )
    }
    first.set(name, earlier ?? at)
    return found
  })
}

/** The steps of a stage differ between machines, but the order of stages does not. */
const checkPlaces = ({ commands = [] }: ProfileSettings, path: Path): Diagnostic[] =>
  commands.flatMap(({ name, before, after }, index) => {
    if (!before || !after || stages.indexOf(after) < stages.indexOf(before)) return []
    const at: Path = [...path, 'commands', index]
    const message =
      before === after
        ? `the command ${name} cannot run both before and after ${after}`
        : `the command ${name} cannot run after ${after} and before ${before}, because ${before} comes first`
    return [
      error('commands/order', message, {
        hint: `keep one of the two; the order is ${stages.join(', ')}`,
        path: [...at, 'before'],
        related: [{ path: [...at, 'after'], message: 'after is set here' }],
      }),
    ]
  })

/** Only a name, optionally with Debian's `:i386`, because a check queries the package by it after the installation. */
function checkPackages({ packages = [] }: ProfileSettings, path: Path): Diagnostic[] {
  return packages.flatMap((name, index) => {
    if (/^[A-Za-z0-9][A-Za-z0-9+._-]*(?::[a-z0-9]+)?$/.test(name) && !name.endsWith('-')) return []
    const hint = /^[A-Za-z0-9@][A-Za-z0-9+._:~^=*@/-]*$/.test(name)
      ? 'write a plain name, e.g. tcpdump; versions, patterns and groups need a command of your own'
      : 'write one name per list item, e.g. tcpdump'
    const message = name.endsWith('-')
      ? `${inQuotes(name)} is not a package name: apt removes packages that are named with a trailing dash`
      : `${inQuotes(name)} is not a package name`
    return [error('packages/name', message, { hint, path: [...path, 'packages', index] })]
  })
}

function checkModules({ kernel }: ProfileSettings, path: Path): Diagnostic[] {
  return (kernel?.modules ?? []).flatMap((name, index): Diagnostic[] => {
    const at = { path: [...path, 'kernel', 'modules', index] }
    if (!/^[A-Za-z0-9_-]{1,55}$/.test(name)) {
      const bare = name
        .trim()
        .replace(/^.*\//, '')
        .replace(/\.ko(?:\.[gx]z|\.zst)?$/, '')
      const example = /^[A-Za-z0-9_-]{1,55}$/.test(bare) ? bare : 'br_netfilter'
      const hint = `write one name, e.g. ${example}; module options belong in kernel.arguments as module.option=value`
      return [error('kernel/module', `${inQuotes(name)} is not a kernel module name`, { hint, ...at })]
    }
    const near = nearModule(name)
    if (near === null) return []
    const hint = `did you mean ${near}? A module of your own with such a name can be loaded by a file below /etc/modules-load.d`
    const message = `the kernel has no module ${inQuotes(name)}, and the first boot would never stop trying to load it`
    return [error('kernel/module-misspelt', message, { hint, ...at })]
  })
}

/** https://man7.org/linux/man-pages/man5/limits.conf.5.html */
const limitItems = [
  'core',
  'data',
  'fsize',
  'memlock',
  'nofile',
  'rss',
  'stack',
  'cpu',
  'nproc',
  'as',
  'maxlogins',
  'maxsyslogins',
  'nonewprivs',
  'priority',
  'locks',
  'sigpending',
  'msgqueue',
  'nice',
  'rtprio',
]

/**
 * Limits that are not amounts. limits.conf(5): all others may be -1 or unlimited; priority is that of setpriority(2), which has the same
 * range as nice.
 */
const limitRanges: Readonly<Record<string, readonly [number, number]>> = {
  nice: [-20, 19],
  priority: [-20, 19],
  nonewprivs: [0, 1],
}

/** pam_limits reads a number below -1 as unsigned, which hardly ever fits (process_limit in pam_limits.c): then nobody can log in. */
function limitReason(item: string, value: number | 'unlimited'): { message: string; hint: string } | null {
  const range = limitRanges[item]
  if (range) {
    const [lowest, highest] = range
    if (value !== 'unlimited' && value >= lowest && value <= highest) return null
    return {
      message: `${item} cannot be ${value}`,
      hint: `write a number from ${lowest} to ${highest}`,
    }
  }
  // sysctl_nr_open_max in fs/file.c: setrlimit fails beyond fs.nr_open, and pam_limits then rejects the login.
  if (item === 'nofile' && value !== 'unlimited' && value > 1_073_741_816)
    return { message: `nofile cannot be ${value}: nobody could log in`, hint: 'write at most 1073741816' }
  if (value === 'unlimited' || value >= -1) return null
  return { message: `${item} cannot be limited to ${value}`, hint: 'write 0 or more, or unlimited' }
}

function checkLimits({ limits = [] }: ProfileSettings, path: Path): Diagnostic[] {
  return limits.flatMap(({ domain, item, value }, index) => {
    const at: Path = [...path, 'limits', index]
    const found: Diagnostic[] = []
    if (!/^[*%@A-Za-z0-9_:.-]+$/.test(domain)) {
      const hint = 'write a user, @group or "*"'
      const message = `${inQuotes(domain)} is not a user or group`
      found.push(error('limits/domain', message, { hint, path: [...at, 'domain'], source: 'limits.conf(5)' }))
    }
    if (!limitItems.includes(item)) {
      const hint = `write one of ${limitItems.join(', ')}`
      const message = `${inQuotes(item)} is not a resource limit`
      found.push(error('limits/item', message, { hint, path: [...at, 'item'], source: 'limits.conf(5)' }))
    }
    const reason = limitReason(item, value)
    if (reason) {
      const { message, hint } = reason
      found.push(error('limits/value', message, { hint, path: [...at, 'value'], source: 'limits.conf(5)' }))
    }
    return found
  })
}
