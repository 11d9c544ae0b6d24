import { error } from '../../diagnostics/diagnostic.ts'
import type { Diagnostic, Path } from '../../diagnostics/diagnostic.ts'
import { inQuotes } from '../../diagnostics/in-quotes.ts'
import type { ProfileSettings } from '../schema.ts'
import { stages } from '../stages.ts'
import { settingsPlaces } from './rule.ts'
import type { Rule } from './rule.ts'

/** Commands, packages, kernel modules and arguments, and limits: whether their words can be what they are to be. */
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
      const hint = near ? `write ${near.slice(0, 64)}` : 'write lower case letters, digits and dashes'
      found.push(error('commands/name', `${inQuotes(name)} is not a name for a command`, { hint, path: at }))
    }
    if (run.trim() === '') {
      found.push(error('commands/empty', `the command ${name} does nothing`, { hint: 'remove it', path: at }))
    }
    const earlier = first.get(name)
    if (earlier) {
      found.push(
        error('commands/duplicate', `the command ${name} is in this list twice`, {
          hint: 'names of commands name their logs: give each its own',
          path: at,
          related: [{ path: earlier, message: 'first used here' }],
        }),
      )
    }
    first.set(name, earlier ?? at)
    return found
  })
}

/** Which steps a stage is made of differs from machine to machine, the order of stages does not. */
const checkPlaces = ({ commands = [] }: ProfileSettings, path: Path): Diagnostic[] =>
  commands.flatMap(({ name, before, after }, index) => {
    if (!before || !after || stages.indexOf(after) < stages.indexOf(before)) return []
    const at: Path = [...path, 'commands', index]
    const message =
      before === after
        ? `the command ${name} cannot run both before and after ${after}`
        : `the command ${name} cannot run after ${after} and before ${before}, which comes first`
    return [
      error('commands/order', message, {
        hint: `keep one of the two; the order is ${stages.join(', ')}`,
        path: [...at, 'before'],
        related: [{ path: [...at, 'after'], message: 'after stands here' }],
      }),
    ]
  })

/** A name and nothing else, because it is asked for again when everything is installed; maybe with Debian's `:i386`. */
function checkPackages({ packages = [] }: ProfileSettings, path: Path): Diagnostic[] {
  return packages.flatMap((name, index) => {
    if (/^[A-Za-z0-9][A-Za-z0-9+._-]*(?::[a-z0-9]+)?$/.test(name) && !name.endsWith('-')) return []
    const hint = /^[A-Za-z0-9@][A-Za-z0-9+._:~^=*@/-]*$/.test(name)
      ? 'write the plain name, e.g. tcpdump; versions, patterns and groups need a command of yours'
      : 'write one name, e.g. tcpdump, on each line of the list'
    const message = name.endsWith('-')
      ? `${inQuotes(name)} is not the name of a package: apt removes what has a dash at the end`
      : `${inQuotes(name)} is not the name of a package`
    return [error('packages/name', message, { hint, path: [...path, 'packages', index] })]
  })
}

function checkModules({ kernel }: ProfileSettings, path: Path): Diagnostic[] {
  return (kernel?.modules ?? []).flatMap((name, index) =>
    /^[A-Za-z0-9_-]{1,55}$/.test(name)
      ? []
      : [
          error('kernel/module', `${inQuotes(name)} is not the name of a kernel module`, {
            hint: 'write one name, e.g. br_netfilter; options of a module belong in kernel.arguments as module.option=value',
            path: [...path, 'kernel', 'modules', index],
          }),
        ],
  )
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
 * What is no amount. limits.conf(5): all others may be -1 or unlimited; priority is that of setpriority(2), which has the same range
 * as nice.
 */
const limitRanges: Readonly<Record<string, readonly [number, number]>> = {
  nice: [-20, 19],
  priority: [-20, 19],
  nonewprivs: [0, 1],
}

/**
 * pam_limits reads a number below -1 as one without a sign, so as one that nearly never fits (process_limit in pam_limits.c): nobody
 * can log in then.
 */
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
      const message = `${inQuotes(item)} is nothing that can be limited`
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
