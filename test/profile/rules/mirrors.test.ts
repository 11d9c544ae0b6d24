import { generateKeyPairSync } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parseProfile } from '../../../src/profile/load.ts'
import { good, mistakesWith, replace } from '../mistakes.ts'

const certificate = (name: string): string =>
  readFileSync(new URL(`../../fixtures/trust/${name}.crt`, import.meta.url), 'utf8')

const stands =
  'write the host as in image names, e.g. docker.io or registry.k8s.io, or _default for all others'
const mistakesOf = (text: string) => parseProfile(good + text, 'profile.yaml').diagnostics

const docker = (address: string): string =>
  mistakesWith(`containerRuntime: {name: docker}\nmirrors:\n  images:\n    docker.io: ${address}\n`)

/** Codes and messages of a mirror of docker.io. */
const said = (image: string, more = ''): string[] =>
  parseProfile(
    replace(good, ['machines:\n', `mirrors:\n  images:\n    docker.io: ${image}\n${more}machines:\n`]),
    'profile.yaml',
  )
    .diagnostics.filter(({ code }) => /^mirrors\/|^secrets\/own|^schema\//.test(code))
    .map(({ code, message }) => `${code}: ${message}`)

/** What two mirrors of images with logins are told. */
const withTwoLogins = (address: string, login: string): string[] =>
  mistakesOf(
    'mirrors:\n  images:\n    docker.io: {url: "https://registry.example.com/hub", username: pull, passwordSecret: registry}\n' +
      `    quay.io: {url: "${address}", ${login}}\n`,
  ).map(({ code, message, related }) => `${code}: ${message} ${JSON.stringify(related ?? [])}`)

/** What Docker is told of a registry with a CA. */
const withOwnRegistry = (address: string) =>
  mistakesWith(
    'containerRuntime: {name: docker, criDockerd: {path: a.tgz, sha256: "' +
      `${'0'.repeat(64)}"}}\nmirrors:\n  images:\n    registry.example.com: {url: "${address}", ca: {source: root.crt}}\n`,
    new Map([['root.crt', certificate('root')]]),
  )

describe('mirrors', () => {
  it('reports registries that are not registry names', () => {
    expect(
      mistakesWith(
        'mirrors:\n  images:\n    "..": http://10.10.10.5\n    a/b: http://10.10.10.5\n    _default: http://10.10.10.5\n',
      ),
    ).toMatchInlineSnapshot(`
      "profile.yaml:51:5: error[mirrors/registry]: ".." is not a registry name [$.mirrors.images[".."]]
         51 |     "..": http://10.10.10.5
            |     ^^^^
        hint: write the host as in image names, e.g. docker.io or registry.k8s.io, or _default for all others

      profile.yaml:52:5: error[mirrors/registry]: "a/b" is not a registry name [$.mirrors.images["a/b"]]
         52 |     a/b: http://10.10.10.5
            |     ^^^
        hint: write the host as in image names, e.g. docker.io or registry.k8s.io, or _default for all others
      "
    `)
  })
  it('reports addresses with control characters, which URL ignores', () => {
    expect(mistakesWith('mirrors:\n  kubernetes: "https://mirror.example.com/\\e"\n')).toMatchInlineSnapshot(`
      "profile.yaml:50:15: error[mirrors/malformed]: "https://mirror.example.com/\\u001b" is not a web address [$.mirrors.kubernetes]
         50 |   kubernetes: "https://mirror.example.com/\\e"
            |               ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        hint: write http://… or https://…
      "
    `)
  })
  it('reports mirrors that are not base URLs', () => {
    expect(
      mistakesWith(
        'mirrors:\n  distribution: mirror.example.com\n  kubernetes: https://mirror.example.com/k8s?x=1\n  images:\n    "https://docker.io": http://10.10.10.5:5000\n',
      ),
    ).toMatchInlineSnapshot(`
      "profile.yaml:50:17: error[mirrors/malformed]: "mirror.example.com" is not a web address [$.mirrors.distribution]
         50 |   distribution: mirror.example.com
            |                 ^^^^^^^^^^^^^^^^^^
        hint: write http://mirror.example.com or https://mirror.example.com

      profile.yaml:51:15: error[mirrors/malformed]: "https://mirror.example.com/k8s?x=1" has a query, a fragment or credentials [$.mirrors.kubernetes]
         51 |   kubernetes: https://mirror.example.com/k8s?x=1
            |               ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        hint: write https://mirror.example.com/k8s

      profile.yaml:53:5: error[mirrors/registry]: "https://docker.io" is not a registry name [$.mirrors.images["https://docker.io"]]
         53 |     "https://docker.io": http://10.10.10.5:5000
            |     ^^^^^^^^^^^^^^^^^^^
        hint: write docker.io, as image names begin
      "
    `)
  })
  it('accepts for Docker a mirror with scheme, host and port, and rejects one with a path', () => {
    for (const address of [
      'http://10.10.10.5:5000',
      'https://10.10.10.5:5000/',
      'https://mirror.example.com',
    ])
      expect(docker(address)).not.toContain('mirrors/')
    expect(docker('https://mirror.example.com/docker')).toMatchInlineSnapshot(`
      "profile.yaml:49:26: error[container-runtime/no-cri-dockerd]: the kubelet 1.36 does not talk to Docker directly: it needs cri-dockerd [$.containerRuntime.name]
         49 | containerRuntime: {name: docker}
            |                          ^^^^^^
        hint: set criDockerd with path and sha256 of a release from https://github.com/Mirantis/cri-dockerd/releases
        source: https://kubernetes.io/blog/2022/02/17/dockershim-faq/

      profile.yaml:52:16: error[mirrors/docker-path]: Docker does not support a mirror with a path [$.mirrors.images["docker.io"]]
         52 |     docker.io: https://mirror.example.com/docker
            |                ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        hint: write only scheme, host and port
        source: https://github.com/moby/moby/blob/master/daemon/pkg/registry/config.go
      "
    `)
  })

  it.each([
    ['docker.io', null],
    ['registry.k8s.io', null],
    ['_default', null],
    ['localhost', null],
    ['10.10.10.5:5000', null],
    ['registry.example.com:65535', null],
    ['https://docker.io', 'write docker.io, as image names begin'],
    ['oci://registry.example.com:5000/x', 'write registry.example.com:5000, as image names begin'],
    ['docker.io/library', 'write docker.io, as image names begin'],
    ['10.10.10.5:99999', stands],
    ['10.10.10.300', stands],
    ['[fd00::7]:5000', stands],
    ['a..b', stands],
    ['..', stands],
    ['-a', stands],
    ['a b', stands],
    ['', stands],
  ])('the registry %j: %s', (registry, hint) => {
    const profile = mistakesOf(`mirrors:\n  images:\n    ${JSON.stringify(registry)}: http://10.10.10.5\n`)
    expect(profile.filter(({ code }) => code === 'mirrors/registry').map((each) => each.hint)).toEqual(
      hint === null ? [] : [hint],
    )
  })

  it.each([
    ['http://10.10.10.5', null],
    ['https://mirror.example.com:8443/rocky/', null],
    ['http://[fd00::7]:8080/rocky', null],
    ['mirror.example.com', 'write http://mirror.example.com or https://mirror.example.com'],
    ['10.10.10.5:8080/rocky', 'write http://10.10.10.5:8080/rocky or https://10.10.10.5:8080/rocky'],
    [
      'rsync://mirror.example.com/rocky',
      'write http://mirror.example.com/rocky or https://mirror.example.com/rocky',
    ],
    ['http://10.10.10.5/rocky?x=1', 'write http://10.10.10.5/rocky'],
    ['http://10.10.10.5/rocky#top', 'write http://10.10.10.5/rocky'],
    ['http://me@10.10.10.5/rocky', 'write http://10.10.10.5/rocky'],
    ['http://10.10.10.5:99999', 'write http://… or https://…'],
    ['http://10.10.10.300', 'write http://… or https://…'],
    ['http://', 'write http://… or https://…'],
    ['/srv/mirror', 'write http://… or https://…'],
    ['http://10.10.10.5/$(id)', 'write http://… or https://…'],
  ])('the mirror %j: %s', (address, hint) => {
    const found = mistakesOf(`mirrors:\n  distribution: ${JSON.stringify(address)}\n`)
    expect(found.filter(({ code }) => code === 'mirrors/malformed').map((each) => each.hint)).toEqual(
      hint === null ? [] : [hint],
    )
  })

  it('checks logins to registry mirrors', () => {
    const login = 'username: pull, passwordSecret: registry'
    expect(said(`{url: "https://registry.example.com", ${login}}`)).toEqual([])
    expect(said('{url: "https://registry.example.com"}')).toEqual([])
    expect([
      ...said(`{url: "http://registry.example.com", ${login}}`),
      ...said('{url: "https://registry.example.com", username: pull}'),
      ...said('{url: "https://registry.example.com", passwordSecret: registry}'),
      ...said('{url: "https://registry.example.com", username: "a:b", passwordSecret: "P4ss word"}'),
      ...said('{url: "https://registry.example.com", username: pull, password: hunter2}'),
      ...said(`{url: "https://registry.example.com", ${login}}`, 'containerRuntime: {name: docker}\n'),
    ]).toMatchInlineSnapshot(`
      [
        "mirrors/clear-password: the password goes over the network in clear text",
        "mirrors/login: this mirror has username, but no passwordSecret",
        "mirrors/login: this mirror has passwordSecret, but no username",
        "mirrors/login: the user has a colon or a control character",
        "secrets/own-name: this is not the name of a secret",
        "schema/unknown-key: unknown key "password"",
        "mirrors/login: Docker cannot log in to a mirror",
      ]
    `)
  })

  it('checks CAs of a mirror like those in trust', () => {
    const told = (ca: string, address = 'https://registry.example.com', key = '') =>
      mistakesWith(
        `mirrors:\n  images:\n    docker.io: {url: "${address}", ca: ${ca}}\n`,
        new Map([
          ['root.crt', certificate('root')],
          ['key.crt', key],
          ['server.crt', certificate('server')],
          ['text.crt', 'see https://pki.example.com\n'],
          ['twice.crt', certificate('root') + certificate('root')],
        ]),
      )
    expect(told('{source: root.crt}')).toBe('')
    expect(
      ['{}', '{source: server.crt}', '{source: text.crt}', '{source: twice.crt}', '{source: none.crt}']
        .map((ca) => told(ca))
        .join(''),
    ).toMatchInlineSnapshot(`
      "profile.yaml:51:58: error[trust/text]: this entry has neither content nor source [$.mirrors.images["docker.io"].ca]
         51 |     docker.io: {url: "https://registry.example.com", ca: {}}
            |                                                          ^^
        hint: write source: with the name of a file next to the profile, or content: | and the certificate below it
      server.crt:1:1: error[trust/authority]: CN=mirror.example.com is not a CA, so it cannot verify other certificates [$.mirrors.images["docker.io"].ca.source]
          1 | -----BEGIN CERTIFICATE-----
            | ^^^^^^^^^^^^^^^^^^^^^^^^^^^
        hint: write the certificate of the CA that issued it, O=Example, CN=Example Root CA, instead
        source: https://www.rfc-editor.org/rfc/rfc5280#section-4.2.1.9
      profile.yaml:51:67: error[trust/certificate]: this is not a certificate in PEM [$.mirrors.images["docker.io"].ca.source]
         51 |     docker.io: {url: "https://registry.example.com", ca: {source: text.crt}}
            |                                                                   ^^^^^^^^
        hint: write all of it, from -----BEGIN CERTIFICATE----- to -----END CERTIFICATE-----; openssl x509 -inform der -in FILE converts one from DER
      twice.crt:13:1: error[trust/duplicate]: the certificate of O=Example, CN=Example Root CA is in this list twice [$.mirrors.images["docker.io"].ca.source]
         13 | -----BEGIN CERTIFICATE-----
            | ^^^^^^^^^^^^^^^^^^^^^^^^^^^
        hint: keep one of the two
        profile.yaml:51:67: first used here
      "
    `)
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
    const key = String(privateKey.export({ type: 'pkcs8', format: 'pem' }))
    const withKey = told('{source: key.crt}', 'https://registry.example.com', certificate('root') + key)
    expect(withKey.match(/error\[.*?\]/g)).toEqual(['error[secrets/key-in-clear]'])
    expect(withKey).not.toContain(key.split('\n')[1])
    expect(told('{source: root.crt}', 'http://registry.example.com')).toMatchInlineSnapshot(`
      "profile.yaml:51:53: error[mirrors/authority]: the mirror uses http:, which has no certificates [$.mirrors.images["docker.io"].ca]
         51 |     docker.io: {url: "http://registry.example.com", ca: {source: root.crt}}
            |                                                     ^^
        hint: write https:// in url, or remove ca
        profile.yaml:51:22: the address of the mirror
      "
    `)
  })

  it('accepts a CA for a registry that Docker reaches directly', () => {
    expect(withOwnRegistry('https://registry.example.com')).toBe('')
    expect(withOwnRegistry('https://mirror.example.com')).toContain('warning[mirrors/docker]')
  })

  it('allows one login for each host, which mirrors of several registries may share', () => {
    const other = 'username: push, passwordSecret: registry'
    expect(
      withTwoLogins('https://registry.example.com/quay', 'username: pull, passwordSecret: registry'),
    ).toEqual([])
    expect(withTwoLogins('https://registry.example.com:5000/quay', other)).toEqual([])
    expect(withTwoLogins('https://REGISTRY.example.com/quay', other)).toMatchInlineSnapshot(`
      [
        "mirrors/login: another mirror on registry.example.com has another login, and container runtimes keep one for each host [{"path":["mirrors","images","docker.io","username"],"message":"the other login"}]",
      ]
    `)
    expect(
      withTwoLogins('https://registry.example.com', 'username: pull, passwordSecret: quay'),
    ).toHaveLength(1)
  })
})
