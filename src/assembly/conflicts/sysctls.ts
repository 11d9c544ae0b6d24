import type { SysctlSetting } from '../../cluster/cluster.ts'
import { isEnough, isSameValue, numberOf, setsSysctl } from '../../distributions/sysctls/aliases.ts'
import { sysctlAssignments } from '../../profile/rules/old-advice/sysctl-assignments.ts'
import { canonicalKey } from '../../text/sysctl-key.ts'
import { groupOf, matchesOf } from '../../profile/rules/old-advice/matches-of.ts'
import type { Assembly } from '../assemble.ts'
import type { Owned, Reason } from '../component.ts'
import type { RefusedSysctl } from '../refused.ts'
import { isFor } from '../kernel-arguments.ts'
import type { Conflict, Place } from './conflict.ts'
import { isSetRight, ownTexts } from './texts.ts'

/** A value that the profile gives a kernel setting, in any of the places that can set one. */
type Given = {
  written: string
  key: string
  value: string
  place: Place
  /** It is set under `sysctls`, whose values a check on the machine compares. */
  isSetting: boolean
}

/**
 * Kernel settings with which a component does not work: the profile sets another value than the component does, in any spelling of the
 * key.
 */
export function sysctlConflicts(assembly: Assembly): Conflict[] {
  const needs = assembly.declared.sysctls.filter(({ from }) => !from)
  return givenTo(assembly).flatMap((given) => [
    ...refused(assembly, given),
    ...needs
      .filter(
        (need) =>
          setsSysctl(given.key, canonicalKey(need.key)) &&
          !isEnough(given.value, need.value, need.atLeast ?? false),
      )
      .map((need) => conflict(given, need)),
  ])
}

const refused = ({ declared }: Assembly, given: Given): Conflict[] =>
  declared.refusedSysctls
    .filter(
      (each) =>
        setsSysctl(given.key, each.key) && !each.except?.includes(given.key) && isRefused(given, each),
    )
    .map(({ component, reason, below, otherThan }): Conflict => {
      const right = below === undefined ? otherThan : `${below} or more`
      return {
        code: 'conflict/sysctl',
        place: given.place,
        what: `${given.written} is ${given.value}`,
        component,
        need: `${right === undefined ? 'cannot work with it' : `needs it to be ${right}`}: ${reason}`,
        hint: `remove it${right === undefined ? '' : `, or write ${right}`}`,
      }
    })

function isRefused({ value, isSetting }: Given, refusal: RefusedSysctl): boolean {
  if (refusal.value !== undefined) return isSameValue(value, refusal.value)
  if (refusal.otherThan !== undefined) return isSetting && !isSameValue(value, refusal.otherThan)
  const number = numberOf(value)
  return number !== null && refusal.below !== undefined && number < refusal.below
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
    from
      ? [
          {
            written,
            key: canonicalKey(written),
            value: value.trim(),
            place: { path: from },
            isSetting: true,
          },
        ]
      : [],
  ),
  ...onCommandLine(assembly),
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
        isSetting: false,
      })),
    ),
]

/**
 * `sysctl.net.ipv4.ip_forward=0`: the kernel sets it before the first program starts (do_sysctl_args in fs/proc/proc_sysctl.c), and
 * hakube's own file overrides it later.
 */
const onCommandLine = ({ machine }: Assembly): Given[] =>
  machine.settings.kernelArguments.filter(isFor('installed')).flatMap(({ argument, from = [] }) =>
    matchesOf(/^sysctl[./](?<key>[^=]+)=(?<value>.*)$/gs, argument).map((match) => ({
      written: groupOf(match, 'key'),
      key: canonicalKey(groupOf(match, 'key')),
      value: groupOf(match, 'value'),
      place: { path: from },
      isSetting: false,
    })),
  )

/** Files that systemd-sysctl reads (sysctl.d(5)). */
const ofSystemd = /^\/(?:etc|run|(?:usr\/)?(?:local\/)?lib)\/sysctl\.d\/([^/]+\.conf)$/

/**
 * Whether systemd-sysctl reads a file after hakube's own, so that its values win. Files are sorted by name regardless of their directory.
 * Debian and Enterprise Linux link /etc/sysctl.conf as 99-sysctl.conf.
 */
function isReadLater(path: string): boolean {
  const name = ofSystemd.exec(path)?.[1] ?? ''
  return path === '/etc/sysctl.conf' || name > '95-hakube.conf'
}
