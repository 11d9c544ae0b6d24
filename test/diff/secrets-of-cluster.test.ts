import { describe, expect, it } from 'vitest'
import { compareClusters } from '../../src/diff/compare.ts'
import { maskFor, secretValues } from '../../src/diff/mask.ts'
import type { Cluster } from '../../src/cluster/cluster.ts'
import type { Profile } from '../../src/profile/schema.ts'
import { changedCluster } from '../components/host.ts'
import { testSecrets } from '../example.ts'
import { pemBlock } from '../support/pem.ts'

const pem = (text: string) => `${pemBlock('PRIVATE KEY', `${text}first`, `${text}second`)}\n`
const pair = (text: string) => ({ certificate: `certificate of ${text}`, key: pem(text) })
const base = changedCluster(({ users }) => Object.assign(users[0]!, { passwordHash: '$6$salt$hash' }))
const cluster: Cluster = {
  ...base,
  mirrors: {
    ...base.mirrors,
    logins: {
      'docker.io': { username: 'pull', passwordSecret: 'registry' },
      'quay.io': { username: 'pull', passwordSecret: 'gone' },
    },
  },
  secrets: {
    ephemeral: false,
    authorities: { kubernetes: pair('kubernetes'), frontProxy: pair('frontProxy'), etcd: pair('etcd') },
    machines: { 'w-1': { 'etcd-client': pair('client') } },
    server: pair('server'),
    enrolment: { serverAuthority: pair('enrolServer'), machineAuthority: pair('enrolMachines') },
    serviceAccount: { publicKey: 'public', privateKey: pem('account') },
    bootstrapToken: 'abcdef.0123456789abcdef',
    certificateKey: 'certificate-key',
    keepalivedPassword: 'tiny',
    conntrackdKey: ' conntrackd-key\n',
    encryptionKeys: ['encryption-1', 'encryption-2'],
    own: { registry: 'my "own" word' },
  },
}

describe('the secrets of a cluster', () => {
  const keys = [
    'kubernetes',
    'frontProxy',
    'etcd',
    'client',
    'server',
    'enrolServer',
    'enrolMachines',
    'account',
  ]
  const others = [
    'abcdef.0123456789abcdef',
    'abcdef',
    '0123456789abcdef',
    'certificate-key',
    ' conntrackd-key\n',
    'encryption-1',
    'encryption-2',
    '$6$salt$hash',
    'my "own" word',
    String.raw`my \"own\" word`,
    btoa('pull:my "own" word'),
  ]

  it('are keys, whole and by line, tokens with their parts, hashes, and the user’s own, also in base64', () => {
    const wanted = [
      ...keys.flatMap((name) => [pem(name).trim(), btoa(pem(name)), `${name}first`, `${name}second`]),
      ...others.flatMap((text) => [text.trim(), btoa(text)]),
    ]
    // Not the password of four characters, which would be found everywhere, and nothing that everyone may know.
    expect([...secretValues(cluster)].toSorted()).toEqual(wanted.toSorted())
  })
})

describe('a mask', () => {
  it('prefers the longest of several secrets with the same beginning, and continues after it', () => {
    const mask = maskFor(['secret', 'secret-long', 'second'])
    expect(mask(null, 'secret-longer secretsecond secre', 'known').after).toBe(
      '<secret>er <secret><secret> secre',
    )
  })

  it('changes nothing if there is no secret', () => {
    expect(maskFor([])('one', 'two', 'known')).toEqual({ before: 'one', after: 'two' })
  })

  it('reports no change if the texts are equal', () => {
    const mask = maskFor(['secret-one', 'secret-two'])
    expect(mask('secret-one', 'secret-one', 'known').after).toBe('<secret>')
    expect(mask('secret-one', 'secret-two', 'known').after).toBe('<secret, changed>')
    expect(mask('secret-one secret-two', 'secret-two secret-one', 'known').after).toBe(
      '<secret> <secret>\n<secret, changed>\n',
    )
  })
})

const worker = 'sample-kube-worker-001'

/** The diff of a file on that machine. */
const diffs = (
  path: string,
  ...changes: [before: (profile: Profile) => void, after: (profile: Profile) => void]
) => {
  const [before, after] = changes.map((change) => changedCluster(change))
  const { machines } = compareClusters(before!, after!, { full: true })
  return machines.find(({ machine }) => machine === worker)?.files.find((each) => each.path === path)?.diff
}
const own = (rest: object) => (profile: Profile) => {
  for (const machine of profile.machines)
    if (machine.name === worker) machine.files = [{ path: '/etc/own', content: 'one\n', ...rest }]
}

const lines = (text: string) => Array.from({ length: 3000 }, (_, index) => `${text} ${index}\n`).join('')

const around = (word: string) => `1\n2\n3\n4\n5\n${word}\n7\n8\n9\n10\n`

describe('a unified diff', () => {
  it('shows the mode of a file if it changes, and the text only if that differs', () => {
    expect(diffs('/etc/own', own({}), own({ mode: '0600' }))).toBe(
      'old mode 0644 root:root\nnew mode 0600 root:root\n',
    )
    expect(diffs('/etc/own', own({}), own({ owner: 'ops:ops', content: 'two\n' }))).toBe(
      'old mode 0644 root:root\nnew mode 0644 ops:ops\n--- a/etc/own\n+++ b/etc/own\n@@ -1,1 +1,1 @@\n-one\n+two\n',
    )
  })

  it('compares with nothing for a new file, and for a removed one', () => {
    expect(diffs('/etc/own', () => undefined, own({}))).toBe(
      '--- /dev/null\n+++ b/etc/own\n@@ -0,0 +1,1 @@\n+one\n',
    )
    expect(diffs('/etc/own', own({}), () => undefined)).toBe(
      '--- a/etc/own\n+++ /dev/null\n@@ -1,1 +0,0 @@\n-one\n',
    )
  })

  it('shows no text of a file that is secret before or after', () => {
    expect(diffs('/etc/own', own({ secret: true }), own({ content: 'two\n', mode: '0600' }))).toBe(
      '--- a/etc/own\n+++ b/etc/own\n@@ -1,1 +1,1 @@\n-<secret>\n+<secret, changed>\n',
    )
    expect(diffs('/etc/own', own({ mode: '0600' }), own({ secret: true, content: 'two\n' }))).not.toMatch(
      /one|two/,
    )
  })

  it('shows no secret of the cluster in a file that is not secret', () => {
    const { bootstrapToken } = testSecrets
    expect(
      diffs(
        '/etc/own',
        own({ content: `a\njoin with ${bootstrapToken}\n` }),
        own({ content: `b\njoin with ${bootstrapToken}\n` }),
      ),
    ).toBe('--- a/etc/own\n+++ b/etc/own\n@@ -1,2 +1,2 @@\n-a\n+b\n join with <secret>\n')
  })

  it('gives up if too many lines differ', () => {
    expect(diffs('/etc/own', own({ content: lines('a') }), own({ content: lines('b') }))).toBe(
      '/etc/own: more than 4000 lines differ\n',
    )
    expect(diffs('/etc/own', () => undefined, own({ content: lines('a').repeat(2) }))).toBe(
      '/etc/own: more than 4000 lines differ\n',
    )
  })

  it('shows three lines around a change', () => {
    expect(diffs('/etc/own', own({ content: around('a') }), own({ content: around('b') }))).toBe(
      '--- a/etc/own\n+++ b/etc/own\n@@ -3,7 +3,7 @@\n 3\n 4\n 5\n-a\n+b\n 7\n 8\n 9\n',
    )
  })
})

it('files of machines are in the order of machines and paths', () => {
  const [before, after] = [
    changedCluster(() => undefined),
    changedCluster((profile) => {
      profile.files = [
        { path: '/z', content: '' },
        { path: '/a', content: '' },
      ]
      profile.server = 'http://10.10.10.7'
    }),
  ]
  const [machine] = compareClusters(before, after, { full: false }).machines
  const places = machine!.files.map(({ where, path }) => `${where} ${path}`)
  expect(places).toEqual(places.toSorted())
  expect(places.length).toBeGreaterThan(5)
})
