import type { Program } from '../../distributions/arguments/index.ts'
import { readWebAddress } from '../../text/web-address.ts'
import { argumentPlaces } from './component-arguments.ts'
import { asDiagnostics, type Conflict, isOff, type ValueOf } from './conflict.ts'
import { parseGoDuration } from '../../text/duration.ts'
import type { Rule } from './rule.ts'

type Check = { name: string; wrong: (value: ValueOf) => Conflict | null }

const election: readonly Check[] = [
  { name: 'leader-elect-lease-duration', wrong: leases },
  { name: 'leader-elect-renew-deadline', wrong: leases },
  { name: 'leader-elect-retry-period', wrong: leases },
]

const authenticationPage =
  'https://kubernetes.io/docs/reference/access-authn-authz/authentication/#openid-connect-tokens'

/** Control-plane arguments that require each other. */
const checks: Readonly<Partial<Record<Program, readonly Check[]>>> = {
  'kube-apiserver': [
    {
      name: 'oidc-issuer-url',
      wrong: (value) => {
        const url = readWebAddress(value('oidc-issuer-url'))
        if (url?.protocol !== 'https:')
          return {
            message: 'the API server accepts only an issuer with https',
            hint: 'write https://…',
            source: authenticationPage,
          }
        return value('oidc-client-id') === ''
          ? {
              message: 'the API server does not start with oidc-issuer-url and no oidc-client-id',
              hint: 'also write oidc-client-id: the audience of the tokens',
              source: authenticationPage,
            }
          : null
      },
    },
    ...['oidc-client-id'].map((name) => ({
      name,
      wrong: (value: ValueOf) =>
        value('oidc-issuer-url') === ''
          ? {
              message: `${name} needs oidc-issuer-url`,
              hint: 'also write oidc-issuer-url, or remove it',
              source: authenticationPage,
            }
          : null,
    })),
  ],
  'kube-controller-manager': election,
  'kube-scheduler': election,
}

/** NewLeaderElector of client-go, tools/leaderelection; the defaults are those of component-base/config/v1alpha1. */
function leases(value: ValueOf): Conflict | null {
  if (isOff(value('leader-elect'))) return null
  const [lease, deadline, retry] = [
    ['leader-elect-lease-duration', '15s'],
    ['leader-elect-renew-deadline', '10s'],
    ['leader-elect-retry-period', '2s'],
  ].map(([name = '', usual = '']) => parseGoDuration(value(name) || usual))
  if (lease === null || deadline === null || retry === null) return null
  if (lease === undefined || deadline === undefined || retry === undefined) return null
  const source = 'https://pkg.go.dev/k8s.io/client-go/tools/leaderelection#LeaderElectionConfig'
  if (lease <= deadline)
    return {
      message: `leader-elect-lease-duration (${lease}s) must be longer than leader-elect-renew-deadline (${deadline}s)`,
      hint: 'write both: the defaults are 15s and 10s',
      source,
    }
  return deadline <= retry * 1.2
    ? {
        message: `leader-elect-renew-deadline (${deadline}s) must be longer than 1.2 times leader-elect-retry-period (${retry}s)`,
        hint: 'write both: the defaults are 10s and 2s',
        source,
      }
    : null
}

/** Arguments that contradict or require another one; the first match of a list is reported. */
export const argumentPairRules: Rule = ({ profile }) =>
  [...argumentPlaces(profile)].flatMap(({ program, path, list }) => {
    const valueOf: ValueOf = (name) => list[name] ?? ''
    const told = new Set<string>()
    return (checks[program] ?? []).flatMap(({ name, wrong }) => {
      if (valueOf(name) === '') return []
      const conflict = wrong(valueOf)
      if (conflict === null || told.has(conflict.message)) return []
      told.add(conflict.message)
      return asDiagnostics(conflict, [...path, name])
    })
  })
