import { describe, expect, it } from 'vitest'
import { isIn, namesIn } from '../../../src/distributions/arguments/releases.ts'
import {
  admissionPlugins,
  apiVersions,
  cipherSuites,
  controllers,
} from '../../../src/distributions/arguments/values.ts'
import { kubernetesReleases } from '../../../src/distributions/kubernetes.ts'
import { mistakes } from '../mistakes.ts'

const given = (field: string, value: string, version = '1.36.4'): string =>
  mistakes(
    field === 'kubeletArguments' || field.startsWith('kubelet:')
      ? ['users:', `kubeletArguments: {${field.slice(8)}: ${JSON.stringify(value)}}\nusers:`]
      : [
          'version: "1.36.4"',
          `version: "${version}"\n  ${field.replace(':', ': {')}: ${JSON.stringify(value)}}`,
        ],
  )
/** The messages with their hints. */
const told = (text: string): string[] =>
  [...text.matchAll(/((?:error|warning)\[arguments\/.*?) \[\$.*\n(?:.*\n){2} *hint: (.*)/g)].map(
    ([, message, hint]) => `${message}; ${hint}`,
  )

describe('names in arguments', () => {
  it('are rejected if no release has them, with a complete message', () => {
    expect(given('controllerManagerArguments:controllers', '*,bootstrapsigner,tokencleaner,-tll'))
      .toMatchInlineSnapshot(`
      "profile.yaml:45:45: error[arguments/choice]: "tll" is not a value of --controllers: kube-controller-manager does not start with it [$.kubernetes.controllerManagerArguments.controllers]
         45 |   controllerManagerArguments: {controllers: "*,bootstrapsigner,tokencleaner,-tll"}
            |                                             ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        hint: did you mean ttl?
        source: https://kubernetes.io/docs/reference/command-line-tools-reference/kube-controller-manager/
      "
    `)
  })
  it.each([
    ['apiServerArguments:enable-admission-plugins', 'NodeRestriction,PodSecurityPolicyy', '1.36.4'],
    ['apiServerArguments:disable-admission-plugins', 'PersistentVolumeLabel', '1.36.4'],
    ['apiServerArguments:enable-admission-plugins', 'PodSecurity', '1.20.15'],
    ['apiServerArguments:enable-admission-plugins', 'SomethingNew', '1.37.1'],
    ['apiServerArguments:runtime-config', 'batch/v2alpha1=true', '1.36.4'],
    ['apiServerArguments:runtime-config', 'app/v1=true', '1.36.4'],
    ['apiServerArguments:runtime-config', 'api/alfa=true', '1.36.4'],
    ['apiServerArguments:runtime-config', 'resource.k8s.io/v1beta2=true', '1.30.14'],
    ['apiServerArguments:runtime-config', 'api/all=false,v1=true', '1.36.4'],
    ['apiServerArguments:runtime-config', 'apps/v1=0', '1.36.4'],
    ['apiServerArguments:disable-admission-plugins', 'ServiceAccount', '1.36.4'],
    ['apiServerArguments:enable-admission-plugins', 'AlwaysDeny', '1.36.4'],
    ['apiServerArguments:tls-cipher-suites', 'ECDHE-RSA-AES128-GCM-SHA256', '1.36.4'],
    ['apiServerArguments:tls-cipher-suites', 'TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384', '1.36.4'],
    ['schedulerArguments:tls-cipher-suites', 'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA265', '1.36.4'],
    ['kubelet:tls-cipher-suites', 'TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305', '1.36.4'],
    [
      'controllerManagerArguments:controllers',
      '*,bootstrap-signer-controller,token-cleaner-controller',
      '1.27.16',
    ],
    [
      'controllerManagerArguments:controllers',
      '*,bootstrapsigner,tokencleaner,service-cidr-controller',
      '1.28.15',
    ],
  ])('%s: %s in %s is reported', (field, value, version) => {
    expect(told(given(field, value, version))).toMatchSnapshot()
  })
  it.each([
    ['apiServerArguments:enable-admission-plugins', 'NodeRestriction,PodNodeSelector,AlwaysPullImages'],
    [
      'apiServerArguments:runtime-config',
      'api/alpha=true,v1=true,resource.k8s.io/v1beta1=true,batch/v1/jobs=true',
    ],
    ['apiServerArguments:runtime-config', 'apiextensions.k8s.io/v1=true,api/beta=false'],
    [
      'apiServerArguments:tls-cipher-suites',
      'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384',
    ],
    [
      'controllerManagerArguments:controllers',
      '*,bootstrap-signer-controller,token-cleaner-controller,-ttl-after-finished-controller',
    ],
    ['controllerManagerArguments:controllers', '*,bootstrapsigner,tokencleaner,-ttl'],
  ])('%s: %s is accepted', (field, value) => {
    expect(told(given(field, value))).toEqual([])
  })
})

describe('lists with spaces', () => {
  it('are rejected, because a program treats the spaces as part of the names', () => {
    expect(given('apiServerArguments:enable-admission-plugins', 'NodeRestriction, PodNodeSelector'))
      .toMatchInlineSnapshot(`
        "profile.yaml:45:50: error[arguments/value]: the list of enable-admission-plugins has spaces, which kube-apiserver treats as part of the items [$.kubernetes.apiServerArguments.enable-admission-plugins]
           45 |   apiServerArguments: {enable-admission-plugins: "NodeRestriction, PodNodeSelector"}
              |                                                  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
          hint: write NodeRestriction,PodNodeSelector
        "
      `)
  })
  it.each([
    ['controllerManagerArguments:controllers', '*, bootstrapsigner,tokencleaner'],
    ['apiServerArguments:tls-cipher-suites', ' TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256'],
    ['apiServerArguments:authorization-mode', 'Node ,RBAC'],
  ])('%s: %j', (field, value) => {
    expect(given(field, value)).toContain('has spaces')
  })
  it('are accepted if the program trims them', () => {
    expect(given('apiServerArguments:runtime-config', 'api/beta=true, batch/v1=true')).toBe('')
  })
})

/** A run tells of 50 problems at most. */
const chunks = <T>(list: readonly T[]): T[][] =>
  Array.from({ length: Math.ceil(list.length / 40) }, (_, index) => list.slice(index * 40, index * 40 + 40))

const lists = [
  ['controllers', 'controllerManagerArguments:controllers', controllers, (name: string) => `-${name}`],
  [
    'admission plugins',
    'apiServerArguments:disable-admission-plugins',
    admissionPlugins,
    (name: string) => name,
  ],
  ['API versions', 'apiServerArguments:runtime-config', apiVersions, (name: string) => `${name}=true`],
  ['cipher suites', 'apiServerArguments:tls-cipher-suites', cipherSuites, (name: string) => name],
] as const

describe.each(lists)('every one of the %s', (_, field, names, write) => {
  it('is checked for every release', () => {
    for (const { minor, lastPatch } of kubernetesReleases)
      for (const some of chunks([...names])) {
        const text = given(field, some.map(([name]) => write(name)).join(','), `${minor}.${lastPatch}`)
        const said = [
          ...text.matchAll(/error\[arguments\/choice\]: .* with the [\w ]+? ([\w./-]+), and this is/g),
        ]
        expect(said.map(([, name]) => name)).toEqual(
          some.filter(([, releases]) => !isIn(releases, minor)).map(([name]) => name),
        )
      }
  })
  it('is an error with a letter missing', () => {
    const misspelt = namesIn(names, '1.36')
      .map((name) => `${name.slice(0, -2)}${name.slice(-1)}`)
      .filter((name) => !names.has(name) && name.length < 56)
    for (const some of chunks(misspelt)) {
      const text = given(field, some.map(write).join(','))
      const said = [...text.matchAll(/error\[arguments\/choice\]: "([^"]*)" is not a value/g)]
      expect(said.map(([, name]) => name)).toEqual(some)
    }
  })
})
