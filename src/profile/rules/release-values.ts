import { error, warning } from '../../diagnostics/diagnostic.ts'
import type { Diagnostic, Path } from '../../diagnostics/diagnostic.ts'
import { inQuotes } from '../../diagnostics/in-quotes.ts'
import { editDistance, suggest } from '../../diagnostics/suggest.ts'
import type { Program } from '../../distributions/arguments/index.ts'
import { isIn, namesIn, type Releases } from '../../distributions/arguments/releases.ts'
import {
  admissionPlugins,
  apiVersions,
  cipherSuites,
  controllers,
} from '../../distributions/arguments/values.ts'
import { parseKubernetesVersion } from '../../distributions/kubernetes.ts'
import { compareVersions } from '../../text/versions.ts'
import { toldPlaces } from './component-arguments.ts'
import { items } from './conflict.ts'
import type { Rule } from './rule.ts'

/** The last release whose lists are complete. */
const lastListed = '1.36'

type Names = ReadonlyMap<string, Releases>

/** An argument that is a list of names. */
type NameList = {
  what: string
  names: Names
  /** Null for an item that is not a name. */
  nameOf: (item: string) => string | null
  /** The name in an older release, or in another program. */
  otherName?: (name: string) => string
}

const plain = (item: string): string => item

const admission = { what: 'admission plugin', names: admissionPlugins, nameOf: plain }
const tls = { what: 'cipher suite', names: cipherSuites, nameOf: plain, otherName: fromOpenssl }

const lists: Readonly<Record<Program, Readonly<Record<string, NameList>>>> = {
  'kube-apiserver': {
    // Old advice explains PodSecurityPolicy in this argument.
    'enable-admission-plugins': {
      ...admission,
      nameOf: (item) => (item === 'PodSecurityPolicy' ? null : item),
    },
    'disable-admission-plugins': admission,
    'runtime-config': { what: 'API version', names: apiVersions, nameOf: apiVersionOf, otherName: plain },
    'tls-cipher-suites': tls,
  },
  'kube-controller-manager': {
    controllers: {
      what: 'controller',
      names: controllers,
      nameOf: (item) => (item === '*' ? null : item.replace(/^-/, '')),
      // From 1.28 on, `deployment` is called `deployment-controller`.
      otherName: (name) => name.replace(/-controller$/, ''),
    },
    'tls-cipher-suites': tls,
  },
  'kube-scheduler': { 'tls-cipher-suites': tls },
  kubelet: { 'tls-cipher-suites': tls },
}

/** Names in arguments that the release does not have, with which the program does not start. */
export const releaseValueRules: Rule = ({ profile }) => {
  const minor = parseKubernetesVersion(profile.kubernetes.version)?.minor
  if (minor === undefined) return []
  return [...toldPlaces(profile)].flatMap(({ at, program, list }) =>
    Object.entries(list).flatMap(([argument, value]) => {
      const known = Object.hasOwn(lists[program], argument) ? lists[program][argument] : undefined
      if (!known || /\p{Cc}/u.test(value)) return []
      return items(value).flatMap((item) =>
        checkItem(known, { program, argument, item, minor }, at(argument)),
      )
    }),
  )
}

type Given = { program: Program; argument: string; item: string; minor: string }

function checkItem(
  { what, names, nameOf, otherName }: NameList,
  { program, argument, item, minor }: Given,
  path: Path,
): Diagnostic[] {
  const name = nameOf(item)
  if (name === null) return []
  const known = names.get(name)
  if (known && isIn(known, minor)) return []
  const at = { path, source: `https://kubernetes.io/docs/reference/command-line-tools-reference/${program}/` }
  if (known) {
    const isGone = known.last !== null && compareVersions(minor, known.last) > 0
    const when = isGone
      ? `Kubernetes ${known.last} was the last with the ${what} ${name}`
      : `Kubernetes ${known.first} is the first with the ${what} ${name}`
    const near = isGone || !otherName ? null : suggest(otherName(name), namesIn(names, minor))
    return [
      error('arguments/choice', `${when}, and this is ${minor}: ${program} does not start with it`, {
        hint: near === null ? 'remove it' : `write ${near}`,
        ...at,
      }),
    ]
  }
  const near = suggest(otherName?.(name) ?? name, namesIn(names, minor))
  const isSlip = near !== null && editDistance(name.toLowerCase(), near.toLowerCase()) <= 2
  if (compareVersions(minor, lastListed) > 0 && !isSlip)
    return [
      warning('arguments/choice', `hakube does not know the ${what} ${inQuotes(name)} of --${argument}`, {
        hint: `check its name: ${program} does not start with an unknown one`,
        ...at,
      }),
    ]
  return [
    error(
      'arguments/choice',
      `${inQuotes(name)} is not a value of --${argument}: ${program} does not start with it`,
      {
        hint: near === null ? `remove it: Kubernetes ${minor} has no such ${what}` : `did you mean ${near}?`,
        ...at,
      },
    ),
  ]
}

/** `ECDHE-RSA-AES128-GCM-SHA256` → `TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256` */
function fromOpenssl(name: string): string {
  const [, exchange, cipher = ''] = /^(ECDHE-(?:RSA|ECDSA))-(.*)$/.exec(name) ?? []
  if (exchange === undefined) return name
  return `TLS_${exchange}_WITH_${cipher.replace(/^AES(\d+)/, 'AES_$1')}`.replaceAll('-', '_')
}

/** `apps/v1=true`, `v1`, `batch/v1/jobs=false` (pkg/server/resourceconfig and pkg/server/options/api_enablement.go of k8s.io/apiserver). */
function apiVersionOf(item: string): string | null {
  const [key = ''] = item.split('=', 1)
  if (/^api\/(?:all|ga|beta|alpha|legacy)$/.test(key)) return null
  return key.split('/').slice(0, 2).join('/')
}
