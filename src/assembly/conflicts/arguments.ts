import type { Assembly } from '../assemble.ts'
import type { Owned } from '../component.ts'
import type { RefusedArgument } from '../refused.ts'
import { refusedByFirstBoot } from '../refused-by-first-boot.ts'
import { isFor } from '../kernel-arguments.ts'
import type { Conflict } from './conflict.ts'

/** Kernel arguments of the profile with which a component cannot work. */
export function argumentConflicts({ declared }: Assembly): Conflict[] {
  const refused = [...refusedByFirstBoot, ...declared.refusedArguments, ...withoutIPv6(declared)]
  return declared.kernelArguments.filter(isFor('installed')).flatMap(({ argument, from }) => {
    if (!from) return []
    const [name = '', ...rest] = argument.split('=')
    const items = rest.join('=').split(',')
    const bytes = bytesOf(rest.join('='))
    return refused
      .filter(
        (each) =>
          // The kernel treats `-` and `_` in names alike (parameqn in kernel/params.c).
          each.name.replaceAll('-', '_') === name.replaceAll('-', '_') &&
          (each.values === undefined || each.values.some((value) => items.includes(value))) &&
          (each.without === undefined || !items.includes(each.without)) &&
          (each.below === undefined || (bytes !== null && bytes < each.below)),
      )
      .map(({ component, reason }): Conflict => ({
        code: 'conflict/kernel-argument',
        place: { path: from },
        what: `the kernel is started with ${argument}`,
        component,
        need: `cannot work with it: ${reason}`,
        hint: 'remove it',
        source: 'https://docs.kernel.org/admin-guide/kernel-parameters.html',
      }))
  })
}

/** As memparse in lib/cmdline.c reads it: without a suffix it is bytes. */
function bytesOf(value: string): number | null {
  const [, number, suffix = ''] = /^(0x[\da-f]+|\d+)([kmgtpe]?)$/i.exec(value) ?? []
  return number === undefined ? null : Number(number) * 1024 ** ' kmgtpe'.indexOf(suffix.toLowerCase() || ' ')
}

/** With IPv6 disabled, its sysctl keys do not exist, and setting them fails. */
const withoutIPv6 = ({ sysctls }: Assembly['declared']): Owned<RefusedArgument>[] =>
  sysctls
    .filter(({ key }) => /^net[./]ipv6[./]/.test(key))
    .map(({ key, component, from }) => ({
      name: 'ipv6.disable',
      values: ['1'],
      reason: `the kernel has no ${key} then${from ? ', which the profile sets' : ''}`,
      component,
    }))
