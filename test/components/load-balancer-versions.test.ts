import { describe, expect, it } from 'vitest'
import type { Cluster } from '../../src/cluster/cluster.ts'
import { compareVersions } from '../../src/text/versions.ts'
import { mistakes } from '../profile/mistakes.ts'
import { assembleBalancer, fileOf, inStaticPods, ofBothFamilies } from './balancers.ts'
import {
  haproxyVersions,
  keepalivedVersions,
  withImage,
  withOwnPackage,
  withPackages,
} from './load-balancer-versions.ts'

/*
 * What each version of haproxy and keepalived is given, and which ones are refused. That the real programs read it is another test's
 * business, for those that can be had.
 */

/** Directives by the release that they came with: configuration.txt of each release, and haproxy.com/blog/announcing-haproxy-*. */
const haproxySince: readonly [directive: RegExp, version: string][] = [
  [/^ *log stderr format short/m, '1.9'],
  [/^ *default-server .*check-sni/m, '1.8'],
  [/^ *http-check send /m, '2.2'],
  [/^ *fd-hard-limit /m, '2.6'],
]

/** `install_keyword` in the sources of acassen/keepalived, at the tags of each release; parameters: replace_param in lib/parser.c. */
const keepalivedSince: readonly [directive: RegExp, version: string][] = [
  [/^ *vrrp_check_unicast_src$/m, '1.2.20'],
  [/^ *(?:script_user|enable_script_security)/m, '1.3.0'],
  [/^ *init_fail$/m, '1.3.5'],
  [/\$INTERFACE$/m, '1.4.0'],
  [/^ *check_unicast_src$/m, '2.1.0'],
  [/^ *max_auto_priority /m, '2.1.0'],
]

const without = (text: string): string => text.replaceAll(/^ *#.*\n/gm, '')

/** Directives in the text that a version does not know. */
const unknown = (text: string, since: readonly [RegExp, string][], version: string): string[] =>
  since
    .filter(([directive, first]) => directive.test(without(text)) && compareVersions(version, first) < 0)
    .map(([directive]) => String(directive))

/** Names of two proxies, which 3.3 refuses to be the same (3.2 warns). */
function repeatedNames(text: string): string[] {
  const names = [...text.matchAll(/^(?:frontend|backend|listen) (\S+)/gm)].map(([, name = '']) => name)
  expect(names.length).toBeGreaterThan(2)
  return names.filter((name, index) => names.indexOf(name) !== index)
}

const haproxyOf = (cluster: Cluster) => fileOf(assembleBalancer(cluster), '/etc/haproxy/haproxy.cfg')
const keepalivedOf = (cluster: Cluster) =>
  fileOf(assembleBalancer(cluster), '/etc/keepalived/keepalived.conf')

const isAtLeast = (oldest: string) => (version: string) => compareVersions(version, oldest) >= 0
const codes = (text: string) => [...text.matchAll(/(?:error|warning)\[([^\]]+)\]/g)].map(([, code]) => code)

const ownPackage = (version: string) =>
  mistakes([
    'loadBalancing:\n',
    `loadBalancing:\n  haproxyPackage: { path: haproxy.rpm, sha256: ${'a'.repeat(64)}, version: "${version}" }\n`,
  ])
const pods = (images: string) =>
  mistakes(
    ['role: load-balancer', 'role: worker'],
    ['role: load-balancer', 'role: worker'],
    ['loadBalancing:\n', `loadBalancing:\n  placement: static-pod\n  images: ${images}\n`],
  )
const image = (name: string) => pods(`{ haproxy: "${name}", keepalived: registry.example.com/vrrp:7 }`)

describe('haproxy', () => {
  it.each(haproxyVersions.filter(isAtLeast('2.0')))(
    '%s as a package of the distribution or the profile gets only supported settings',
    (version) => {
      const texts = [withPackages({ haproxyVersion: version }), withOwnPackage(version)].map(haproxyOf)
      expect(texts[0]).toBe(texts[1])
      expect(unknown(texts[0]!, haproxySince, version)).toEqual([])
      expect(repeatedNames(texts[0]!)).toEqual([])
    },
  )
  it.each(haproxyVersions.filter(isAtLeast('2.6')))(
    '%s in a static pod gets only supported settings',
    (version) => {
      const text = haproxyOf(withImage(version))
      expect(unknown(text, haproxySince, version)).toEqual([])
      expect(repeatedNames(text)).toEqual([])
    },
  )
  it('would get unsupported settings as an image before 2.6', () => {
    expect(unknown(haproxyOf(withImage('2.4')), haproxySince, '2.4')).toEqual([String(haproxySince[3]![0])])
  })

  it.each(haproxyVersions)('%s as a package is refused before 2.0', (version) => {
    const expected = isAtLeast('2.0')(version) ? [] : ['load-balancing/old-haproxy']
    expect(codes(ownPackage(`${version}.7`))).toEqual(expected)
  })

  it.each(haproxyVersions)('%s as an image is refused before 2.6', (version) => {
    const names = [
      `docker.io/library/haproxy:${version}`,
      `haproxy:${version}.3-alpine`,
      `registry.example.com:5000/mirror/haproxytech/haproxy-debian:v${version}`,
      `haproxy:${version}@sha256:${'a'.repeat(64)}`,
    ]
    for (const name of names)
      expect([name, ...codes(image(name))]).toEqual([
        name,
        ...(isAtLeast('2.6')(version) ? [] : ['load-balancing/old-image']),
      ])
  })
  it.each([
    'haproxy:lts',
    'haproxy:3',
    'registry.example.com/lb:1.0',
    `haproxy@sha256:${'a'.repeat(64)}`,
    'haproxy:20240101.1.2.3',
  ])('%s does not show its version', (name) => {
    expect(codes(image(name)).filter((code) => code !== 'load-balancing/image-unpinned')).toEqual([])
  })
  it('suggests which image to use', () => {
    expect(image('docker.io/library/haproxy:2.4')).toMatchInlineSnapshot(`
      "profile.yaml:40:22: error[load-balancing/old-image]: docker.io/library/haproxy:2.4: haproxy 2.4 is too old for hakube's static pods, which need 2.6 or later [$.loadBalancing.images.haproxy]
         40 |   images: { haproxy: "docker.io/library/haproxy:2.4", keepalived: registry.example.com/vrrp:7 }
            |                      ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        hint: use docker.io/library/haproxy:3.2.6, or another one from 2.6
        source: https://docs.haproxy.org/2.6/configuration.html#3.2-fd-hard-limit
      "
    `)
  })
  it.each([
    ['osixia/keepalived:1.3.9', ['old-advice/keepalived-image', 'load-balancing/old-keepalived-image']],
    ['registry.example.com/keepalived:1.0', ['load-balancing/old-keepalived-image']],
    ['registry.example.com/keepalived:1.4.0', []],
    ['registry.example.com/keepalived:2.0.20', []],
    ['registry.example.com/keepalived:2.3.4-r1', []],
    ['registry.example.com/vrrp:1.0', []],
  ])('the image of keepalived %s gives %j', (name, expected) => {
    expect(codes(pods(`{ keepalived: "${name}" }`))).toEqual(expected)
  })
})

describe('keepalived', () => {
  // 1.3 is CentOS 7's 1.3.5, the oldest.
  it.each(keepalivedVersions)('%s as a package gets only supported settings', (version) => {
    const text = keepalivedOf(withPackages({ keepalivedVersion: version }))
    expect(unknown(text, keepalivedSince, version === '1.3' ? '1.3.5' : `${version}.0`)).toEqual([])
    expect(/^ *vrrp_check_unicast_src$/m.test(text)).toBe(true)
    expect(/^ *max_auto_priority -1$/m.test(text)).toBe(isAtLeast('2.1')(version))
  })
  it('in a static pod gets settings that all releases from 1.4 on support', () => {
    expect(unknown(keepalivedOf(inStaticPods()), keepalivedSince, '1.4.0')).toEqual([])
  })
  it('alone does not check the addresses of peers', () => {
    const cluster = ofBothFamilies()
    const alone = { ...cluster, balancers: cluster.balancers.slice(0, 1) }
    expect(keepalivedOf(alone)).not.toMatch('check_unicast_src')
  })
})
