import { describe, expect, it } from 'vitest'
import { knownArguments, type Program } from '../../../src/distributions/arguments/index.ts'
import { kubernetesReleases } from '../../../src/distributions/kubernetes.ts'
import { ownArguments } from '../../../src/profile/rules/own-arguments.ts'
import { parseProfile } from '../../../src/profile/load.ts'
import { good, mistakes, replace } from '../mistakes.ts'

const fields: readonly [Program, string][] = [
  ['kube-apiserver', 'apiServerArguments'],
  ['kube-controller-manager', 'controllerManagerArguments'],
  ['kube-scheduler', 'schedulerArguments'],
]

const check = (lines: string, version = '1.36.4'): string =>
  mistakes(['version: "1.36.4"\n', `version: "${version}"\n${lines}`])

const kubelet = (lines: string): string =>
  mistakes(['kubernetes:\n', `kubeletArguments: ${lines}\nkubernetes:\n`])

const codesIn = (lines: string, version: string): string[] =>
  parseProfile(replace(good, ['version: "1.36.4"\n', `version: "${version}"\n${lines}`]), 'profile.yaml')
    .diagnostics.map(({ code }) => code)
    .filter((code) => /^arguments\/(?:unknown|release|type)$/.test(code))

const numberOf = (text: string) => Number(text.slice(2))

/** Gone ones that old advice tells of. */
const oldAdvice = new Set([
  'pod-eviction-timeout',
  'enable-taint-manager',
  'insecure-port',
  'insecure-bind-address',
])

/** A value that each type reads. */
const right = {
  bool: 'true',
  int: '1',
  float: '0.5',
  duration: '1m',
  ip: '10.0.0.1',
  list: 'a',
  switches: 'A=true',
  string: 'a',
}
const wrongOnes = { bool: 'yes', int: 'x', float: 'x', duration: '60', ip: 'x', switches: 'A' }

describe('known arguments', () => {
  it('are suggested for misspelt ones, which are errors', () => {
    expect(kubelet('{max-pod: "200"}')).toMatchInlineSnapshot(`
      "profile.yaml:43:20: error[arguments/unknown]: kubelet has no argument --max-pod [$.kubeletArguments.max-pod]
         43 | kubeletArguments: {max-pod: "200"}
            |                    ^^^^^^^
        hint: did you mean max-pods?
        source: https://kubernetes.io/docs/reference/command-line-tools-reference/kubelet/
      "
    `)
  })

  it('are complete for known releases, so other names are errors, and warnings in later releases', () => {
    expect(check('  apiServerArguments: {purple-elephants: "1"}\n', '1.31.14')).toMatchInlineSnapshot(`
      "profile.yaml:44:12: warning[kubernetes/end-of-life]: Kubernetes 1.31 has had no security updates since 2025-11-11 [$.kubernetes.version]
         44 |   version: "1.31.14"
            |            ^^^^^^^^^
        hint: use "1.37.1"
        source: https://kubernetes.io/releases/

      profile.yaml:45:24: error[arguments/unknown]: kube-apiserver has no argument --purple-elephants [$.kubernetes.apiServerArguments.purple-elephants]
         45 |   apiServerArguments: {purple-elephants: "1"}
            |                        ^^^^^^^^^^^^^^^^
        hint: write a name that kube-apiserver --help of 1.31 prints
        source: https://kubernetes.io/docs/reference/command-line-tools-reference/kube-apiserver/
      "
    `)
    expect(check('  apiServerArguments: {purple-elephants: "1"}\n')).toMatchInlineSnapshot(`
      "profile.yaml:45:24: warning[arguments/unknown]: hakube does not know the argument --purple-elephants of kube-apiserver [$.kubernetes.apiServerArguments.purple-elephants]
         45 |   apiServerArguments: {purple-elephants: "1"}
            |                        ^^^^^^^^^^^^^^^^
        hint: write a name that kube-apiserver --help of 1.36 prints; kube-apiserver does not start with an unknown argument
        source: https://kubernetes.io/docs/reference/command-line-tools-reference/kube-apiserver/
      "
    `)
  })

  it('have the first and last release in the message about a missing one', () => {
    expect(
      check(
        '  schedulerArguments: {policy-config-file: /x}\n  controllerManagerArguments: {pod-eviction-timeout: 30s}\n  apiServerArguments: {tls-curve-preferences: X25519}\n',
        '1.35.2',
      ),
    ).toMatchInlineSnapshot(`
      "profile.yaml:45:24: error[arguments/release]: kube-scheduler has had no --policy-config-file since Kubernetes 1.22, and this is 1.35 [$.kubernetes.schedulerArguments.policy-config-file]
         45 |   schedulerArguments: {policy-config-file: /x}
            |                        ^^^^^^^^^^^^^^^^^^
        hint: remove it
        source: https://kubernetes.io/docs/reference/command-line-tools-reference/kube-scheduler/

      profile.yaml:46:32: error[old-advice/pod-eviction-timeout]: since Kubernetes 1.27, the controller manager does not start with --pod-eviction-timeout [$.kubernetes.controllerManagerArguments.pod-eviction-timeout]
         46 |   controllerManagerArguments: {pod-eviction-timeout: 30s}
            |                                ^^^^^^^^^^^^^^^^^^^^
        hint: remove it; write default-not-ready-toleration-seconds and default-unreachable-toleration-seconds under kubernetes.apiServerArguments
        source: https://github.com/kubernetes/kubernetes/pull/115840

      profile.yaml:47:24: error[arguments/release]: kube-apiserver has --tls-curve-preferences only from Kubernetes 1.36, and this is 1.35 [$.kubernetes.apiServerArguments.tls-curve-preferences]
         47 |   apiServerArguments: {tls-curve-preferences: X25519}
            |                        ^^^^^^^^^^^^^^^^^^^^^
        hint: remove it
        source: https://kubernetes.io/docs/reference/command-line-tools-reference/kube-apiserver/
      "
    `)
  })

  it('are an error with a value of the wrong type, with the expected type', () => {
    expect(
      check(
        '  apiServerArguments: {event-ttl: 60, profiling: "yes", max-requests-inflight: many, goaway-chance: often}\n  controllerManagerArguments: {bind-address: all}\n',
      ),
    ).toMatchInlineSnapshot(`
      "profile.yaml:45:35: error[arguments/type]: "60" is not a valid value of --event-ttl, so kube-apiserver would not start [$.kubernetes.apiServerArguments.event-ttl]
         45 |   apiServerArguments: {event-ttl: 60, profiling: "yes", max-requests-inflight: many, goaway-chance: often}
            |                                   ^^
        hint: write a duration with its unit, e.g. 90s, 5m or 1h30m
        source: https://kubernetes.io/docs/reference/command-line-tools-reference/kube-apiserver/

      profile.yaml:45:50: error[arguments/type]: "yes" is not a valid value of --profiling, so kube-apiserver would not start [$.kubernetes.apiServerArguments.profiling]
         45 |   apiServerArguments: {event-ttl: 60, profiling: "yes", max-requests-inflight: many, goaway-chance: often}
            |                                                  ^^^^^
        hint: write "true" or "false"
        source: https://kubernetes.io/docs/reference/command-line-tools-reference/kube-apiserver/

      profile.yaml:45:80: error[arguments/type]: "many" is not a valid value of --max-requests-inflight, so kube-apiserver would not start [$.kubernetes.apiServerArguments.max-requests-inflight]
         45 |   apiServerArguments: {event-ttl: 60, profiling: "yes", max-requests-inflight: many, goaway-chance: often}
            |                                                                                ^^^^
        hint: write a whole number
        source: https://kubernetes.io/docs/reference/command-line-tools-reference/kube-apiserver/

      profile.yaml:45:101: error[arguments/type]: "often" is not a valid value of --goaway-chance, so kube-apiserver would not start [$.kubernetes.apiServerArguments.goaway-chance]
         45 |   apiServerArguments: {event-ttl: 60, profiling: "yes", max-requests-inflight: many, goaway-chance: often}
            |                                                                                                     ^^^^^
        hint: write a number
        source: https://kubernetes.io/docs/reference/command-line-tools-reference/kube-apiserver/

      profile.yaml:46:46: error[arguments/type]: "all" is not a valid value of --bind-address, so kube-controller-manager would not start [$.kubernetes.controllerManagerArguments.bind-address]
         46 |   controllerManagerArguments: {bind-address: all}
            |                                              ^^^
        hint: write an IP address
        source: https://kubernetes.io/docs/reference/command-line-tools-reference/kube-controller-manager/
      "
    `)
  })

  it('accept numbers and booleans without quotes', () => {
    expect(
      check(
        '  apiServerArguments: {profiling: false, max-requests-inflight: 800, authorization-mode: "Node,RBAC"}\n',
      ),
    ).toBe('')
  })

  it.each(fields)(
    'are accepted only in their releases, and only with values of their type: %s',
    (program, field) => {
      const wrong: string[] = []
      const names = [...knownArguments[program]].filter(
        ([name]) => !Object.hasOwn(ownArguments[program], name),
      )
      for (const { minor, lastPatch } of kubernetesReleases) {
        const has = ({ first, last }: { first: string | null; last: string | null }) =>
          numberOf(minor) >= numberOf(first ?? '1.0') && numberOf(minor) <= numberOf(last ?? '1.99')
        const lines = (values: readonly (readonly [string, string])[]) =>
          `  ${field}: {${values.map(([name, value]) => `${name}: ${JSON.stringify(value)}`).join(', ')}}\n`
        const version = `${minor}.${lastPatch}`
        const goodOnes = names.map(([name, { type }]) => [name, right[type]] as const)
        const gone = names.filter(([name, known]) => !has(known) && !oldAdvice.has(name)).length
        const found = codesIn(lines(goodOnes), version)
        if (found.length !== gone || found.some((code) => code !== 'arguments/release'))
          wrong.push(`${minor}: ${found.length}, not ${gone}`)
        const badOnes = names.flatMap(([name, known]) =>
          has(known) && known.type in wrongOnes
            ? [[name, wrongOnes[known.type as keyof typeof wrongOnes]] as const]
            : [],
        )
        const types = codesIn(lines(badOnes), version).filter((code) => code === 'arguments/type')
        if (types.length !== badOnes.length)
          wrong.push(`${minor}: ${types.length} types, not ${badOnes.length}`)
      }
      expect(wrong).toEqual([])
    },
  )
})
