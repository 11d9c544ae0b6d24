import { describe, expect, it } from 'vitest'
import { knownArguments, type Program } from '../../../src/distributions/arguments/index.ts'
import { argumentRanges } from '../../../src/profile/rules/argument-ranges.ts'
import { mistakes } from '../mistakes.ts'

const fields: Readonly<Record<Program, string>> = {
  'kube-apiserver': 'apiServerArguments',
  'kube-controller-manager': 'controllerManagerArguments',
  'kube-scheduler': 'schedulerArguments',
  kubelet: 'kubeletArguments',
}

const given = (program: Program, list: Readonly<Record<string, string>>, version = '1.36.4'): string => {
  const text = JSON.stringify(list)
  return program === 'kubelet'
    ? mistakes(
        ['version: "1.36.4"', `version: "${version}"`],
        ['users:', `kubeletArguments: ${text}\nusers:`],
      )
    : mistakes(['version: "1.36.4"', `version: "${version}"\n  ${fields[program]}: ${text}`])
}
const codes = (text: string): string[] =>
  [...text.matchAll(/error\[([^\]]*)\]/g)].map(([, code = '']) => code)

/** What both releases lack is not looked at. */
const releaseOf = (program: Program, name: string): string => {
  const last = knownArguments[program].get(name)?.last ?? null
  return last === null ? '1.36.4' : `${last}.0`
}

const members = Object.entries(argumentRanges).flatMap(([program, names]) =>
  Object.entries(names).map(([name, range]) => ({ program: program as Program, name, ...range })),
)

describe('numbers of arguments', () => {
  it('are reported with the range if they are out of range', () => {
    expect(given('kubelet', { 'image-gc-high-threshold': '101', 'max-pods': '0' })).toMatchInlineSnapshot(`
      "profile.yaml:45:46: error[arguments/range]: 101 is out of range for --image-gc-high-threshold, so kubelet would not work [$.kubeletArguments.image-gc-high-threshold]
         45 | kubeletArguments: {"image-gc-high-threshold":"101","max-pods":"0"}
            |                                              ^^^^^
        hint: write a number from 0 to 100
        source: https://kubernetes.io/docs/reference/command-line-tools-reference/kubelet/

      profile.yaml:45:63: error[arguments/range]: 0 is out of range for --max-pods, so kubelet would not work [$.kubeletArguments.max-pods]
         45 | kubeletArguments: {"image-gc-high-threshold":"101","max-pods":"0"}
            |                                                               ^^^
        hint: write a number of 1 or more
        source: https://kubernetes.io/docs/reference/command-line-tools-reference/kubelet/
      "
    `)
  })
  it.each(members)('$program --$name from $from to $to', ({ program, name, from, to }) => {
    const judge = (value: number): string[] =>
      codes(given(program, { [name]: String(value) }, releaseOf(program, name)))
    expect(knownArguments[program].has(name)).toBe(true)
    expect(judge(from - 1)).toContain('arguments/range')
    expect(judge(from)).not.toContain('arguments/range')
    const over = to === Infinity ? [] : judge(to + 1)
    expect(over.includes('arguments/range')).toBe(to !== Infinity)
  })
})

describe('arguments that go together', () => {
  it.each<[Program, Record<string, string>, string | null]>([
    [
      'kubelet',
      { 'image-gc-high-threshold': '70' },
      'image-gc-low-threshold (80) must be less than image-gc-high-threshold (70)',
    ],
    [
      'kubelet',
      { 'image-gc-low-threshold': '85' },
      'image-gc-low-threshold (85) must be less than image-gc-high-threshold (85)',
    ],
    ['kubelet', { 'image-gc-high-threshold': '70', 'image-gc-low-threshold': '60' }, null],
    ['kube-apiserver', { 'oidc-issuer-url': 'https://x.example.com' }, 'no oidc-client-id'],
    ['kube-apiserver', { 'oidc-client-id': 'a' }, 'oidc-client-id needs oidc-issuer-url'],
    [
      'kube-apiserver',
      { 'oidc-issuer-url': 'http://x.example.com', 'oidc-client-id': 'a' },
      'only an issuer with https',
    ],
    [
      'kube-apiserver',
      { 'oidc-issuer-url': 'https://x.example.com', 'oidc-client-id': 'a', 'oidc-groups-claim': 'g' },
      null,
    ],
    [
      'kube-scheduler',
      { 'leader-elect-lease-duration': '10s' },
      'leader-elect-lease-duration (10s) must be longer',
    ],
    [
      'kube-controller-manager',
      { 'leader-elect-renew-deadline': '1m' },
      'leader-elect-lease-duration (15s) must be longer',
    ],
    ['kube-scheduler', { 'leader-elect-retry-period': '9s' }, 'must be longer than 1.2 times'],
    [
      'kube-scheduler',
      {
        'leader-elect-lease-duration': '1m',
        'leader-elect-renew-deadline': '40s',
        'leader-elect-retry-period': '5s',
      },
      null,
    ],
  ])('%s %j', (program, list, message) => {
    const text = given(program, list)
    expect(message === null ? text : text.includes(message)).toBe(message === null ? '' : true)
  })
  it('cause one message for a contradiction', () => {
    const text = given('kube-scheduler', {
      'leader-elect-lease-duration': '5s',
      'leader-elect-renew-deadline': '6s',
    })
    expect(codes(text)).toEqual(['arguments/conflict'])
  })
  it('include both files of a certificate by name', () => {
    expect(given('kube-apiserver', { 'tls-sni-cert-key': '/etc/a.crt,/etc/a.key:x.example.com' }))
      .toMatchInlineSnapshot(`
      "profile.yaml:45:43: error[arguments/file]: kube-apiserver runs in a static pod, into which /etc/a.crt and /etc/a.key are not mounted [$.kubernetes.apiServerArguments.tls-sni-cert-key]
         45 |   apiServerArguments: {"tls-sni-cert-key":"/etc/a.crt,/etc/a.key:x.example.com"}
            |                                           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        hint: also write kubernetes.apiServerFiles: [{path: /etc/a.crt, source: files/a.crt}, {path: /etc/a.key, source: files/a.key}]: hakube writes the files before kubeadm runs, and mounts them; give a key secret: true
        source: https://kubernetes.io/docs/setup/production-environment/tools/kubeadm/control-plane-flags/
      "
    `)
    expect(
      given('kube-apiserver', { 'tls-sni-cert-key': '/etc/kubernetes/pki/a.crt,/etc/kubernetes/pki/a.key' }),
    ).toBe('')
  })
})
