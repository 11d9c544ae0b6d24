import type { SysctlSetting } from '../../cluster/cluster.ts'
import { isEnough, setsSysctl } from '../../distributions/sysctls/aliases.ts'
import { sysctlAssignments } from '../../profile/rules/old-advice/sysctl-assignments.ts'
import { canonicalKey } from '../../text/sysctl-key.ts'
import type { Assembly } from '../assemble.ts'
import type { Owned, Reason } from '../component.ts'
import type { Conflict, Place } from './conflict.ts'
import { isSetRight, ownTexts } from './texts.ts'

/** A value that the profile gives a kernel setting, wherever it says so. */
type Given = { written: string; key: string; value: string; place: Place }

/** Kernel settings of the profile with which a component does not work: other values than it sets, by whatever name. */
export function sysctlConflicts(assembly: Assembly): Conflict[] {
  const needs = assembly.declared.sysctls.filter(({ from }) => !from)
  return givenTo(assembly).flatMap((given) =>
    needs
      .filter(
        (need) =>
          setsSysctl(given.key, canonicalKey(need.key)) &&
          !isEnough(given.value, need.value, need.atLeast ?? false),
      )
      .map((need) => conflict(given, need)),
  )
}

function conflict(given: Given, need: Owned<SysctlSetting & Reason>): Conflict {
  const key = canonicalKey(need.key)
  const wanted = `${key === given.key ? 'it' : key} to be ${need.value}${need.atLeast ? ' or more' : ''}`
  const value = need.atLeast ? `, or write ${need.value} or more` : ''
  return {
    code: 'conflict/sysctl',
    place: given.place,
    what: `${given.written} is ${given.value}`,
    component: need.component,
    need: `needs ${wanted}${need.reason === undefined ? '' : `: ${need.reason}`}`,
    hint: `remove it: hakube sets ${key} by itself${value}`,
  }
}

const givenTo = (assembly: Assembly): Given[] => [
  ...assembly.machine.settings.sysctls.flatMap(({ key: written, value, from }) =>
    from ? [{ written, key: canonicalKey(written), value: value.trim(), place: { path: from } }] : [],
  ),
  ...ownTexts(assembly.machine.settings)
    .filter((own) =>
      own.text.kinds.has('sysctl') ? isReadLater(own.text.file ?? '') : !isSetRight(assembly, own, 'sysctl'),
    )
    .flatMap(({ text, placeOf }) =>
      sysctlAssignments(text).map(({ key, value, start, length }) => ({
        written: key,
        key: canonicalKey(key),
        value,
        place: placeOf(start, length),
      })),
    ),
]

/**
 * Whether systemd-sysctl reads a file after hakube's own, so that what stands there holds: it goes by their names, whatever folder they
 * are in (sysctl.d(5)). Debian and the Enterprise Linuxes have /etc/sysctl.conf as 99-sysctl.conf.
 */
function isReadLater(path: string): boolean {
  const name = path.replace(/^.*\//, '')
  return path === '/etc/sysctl.conf' || (name.endsWith('.conf') && name > '95-hakube.conf')
}
