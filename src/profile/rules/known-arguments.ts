import { error, warning } from '../../diagnostics/diagnostic.ts'
import type { Diagnostic } from '../../diagnostics/diagnostic.ts'
import { inQuotes } from '../../diagnostics/in-quotes.ts'
import { editDistance, suggest } from '../../diagnostics/suggest.ts'
import {
  argumentsOf,
  type ArgumentType,
  hasArgument,
  type KnownArgument,
  knownArguments,
  lastListedMinor,
} from '../../distributions/arguments/index.ts'
import { parseKubernetesVersion } from '../../distributions/kubernetes.ts'
import { compareVersions } from '../../text/versions.ts'
import { parseAddress } from '../../network/addresses.ts'
import { argumentPlaces, type ArgumentsPlace } from './component-arguments.ts'
import { isOwnArgument } from './own-arguments.ts'
import type { Rule } from './rule.ts'

/** Whether the release has each argument, and can parse its value. */
export const knownArgumentRules: Rule = ({ profile }) => {
  const minor = parseKubernetesVersion(profile.kubernetes.version)?.minor
  if (minor === undefined) return []
  return [...argumentPlaces(profile)].flatMap((place) =>
    Object.entries(place.list).flatMap(([name, value]) =>
      isOwnArgument(place.program, name) || !/^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(name)
        ? []
        : checkArgument(place, name, value, minor),
    ),
  )
}

/** Arguments that old advice explains. */
const inOldAdvice = new Set(
  'network-plugin network-plugin-mtu cni-bin-dir cni-conf-dir cni-cache-dir docker-endpoint image-pull-progress-deadline pod-eviction-timeout enable-taint-manager insecure-port insecure-bind-address'.split(
    ' ',
  ),
)

function checkArgument(place: ArgumentsPlace, name: string, value: string, minor: string): Diagnostic[] {
  const { path, program } = place
  const known = knownArguments[program].get(name)
  if (!known) return [unknown(place, name, minor)]
  if (hasArgument(known, minor)) return checkType(place, name, value, known)
  if (inOldAdvice.has(name)) return []
  const gone = known.last !== null && compareVersions(minor, known.last) > 0
  const message = gone
    ? `${program} has had no --${name} since Kubernetes ${known.last}, and this is ${minor}`
    : `${program} has --${name} only from Kubernetes ${known.first}, and this is ${minor}`
  const near = suggest(name, argumentsOf(program, minor))
  return [
    error('arguments/release', message, {
      hint: near === null ? 'remove it' : `remove it, or write ${near} if that is meant`,
      path: [...path, name],
      onKey: true,
      source: pageOf(program),
    }),
  ]
}

const pageOf = (program: string): string =>
  `https://kubernetes.io/docs/reference/command-line-tools-reference/${program}/`

/**
 * In a release whose list may be incomplete, a name that is unlike all others may be new. Up to two different letters count as a typing
 * error.
 */
function unknown({ path, program }: ArgumentsPlace, name: string, minor: string): Diagnostic {
  const near = suggest(name, argumentsOf(program, minor))
  const rest = { path: [...path, name], onKey: true, source: pageOf(program) }
  const hint =
    near === null ? `write a name that ${program} --help of ${minor} prints` : `did you mean ${near}?`
  const whole = compareVersions(minor, lastListedMinor) <= 0
  if (whole || (near !== null && isSlip(name, near)))
    return error('arguments/unknown', `${program} has no argument --${name}`, { hint, ...rest })
  return warning('arguments/unknown', `hakube does not know the argument --${name} of ${program}`, {
    hint: `${hint}; ${program} does not start with an unknown argument`,
    ...rest,
  })
}

const isSlip = (name: string, near: string): boolean => editDistance(name, near) <= 2 || near.startsWith(name)

const number = String.raw`[+-]?(?:\d+\.?\d*|\.\d+)`

/** Whether Go's time.ParseDuration accepts it. */
export const readsAsDuration = (value: string): boolean =>
  /^[+-]?(?:0|(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|ms|s|m|h))+)$/.test(value)

/** How Go parses them: strconv.ParseBool, strconv.ParseInt, strconv.ParseFloat, time.ParseDuration. */
export const readers: Readonly<Record<ArgumentType, { reads: (value: string) => boolean; what: string }>> = {
  bool: {
    reads: (value) => /^(?:[01tTfF]|true|TRUE|True|false|FALSE|False)$/.test(value),
    what: '"true" or "false"',
  },
  int: {
    reads: (value) => /^[+-]?(?:0[xX][\da-fA-F]+|0[oO]?[0-7]*|0[bB][01]+|[1-9]\d*)$/.test(value),
    what: 'a whole number',
  },
  float: {
    reads: (value) => new RegExp(String.raw`^${number}(?:[eE][+-]?\d+)?$`).test(value),
    what: 'a number',
  },
  duration: {
    reads: readsAsDuration,
    what: 'a duration with its unit, e.g. 90s, 5m or 1h30m',
  },
  ip: { reads: (value) => parseAddress(value) !== null, what: 'an IP address' },
  switches: {
    reads: (value) => value.split(',').every((each) => /^[^=]+=(?:true|false)$/i.test(each.trim())),
    what: 'a list of name=true or name=false',
  },
  list: { reads: () => true, what: 'a list' },
  string: { reads: () => true, what: 'a text' },
}

function checkType(
  { path, program }: ArgumentsPlace,
  name: string,
  value: string,
  { type }: KnownArgument,
): Diagnostic[] {
  const { reads, what } = readers[type]
  // Another rule reports control characters.
  if (reads(value) || /\p{Cc}/u.test(value)) return []
  return [
    error(
      'arguments/type',
      `${inQuotes(value)} is not a valid value of --${name}, so ${program} would not start`,
      {
        hint: `write ${what}`,
        path: [...path, name],
        source: pageOf(program),
      },
    ),
  ]
}
