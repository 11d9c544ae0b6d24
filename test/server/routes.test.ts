import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { findRoute } from '../../src/server/find-route.ts'
import { targetPath } from '../../src/server/target.ts'
import { macs } from '../site/files.ts'
import { exampleSite } from './serve.ts'
import { bodyOf } from '../../src/server/shared-bodies.ts'

const site = exampleSite()

/** What a path leads to, in a word. */
function ask(target: string): string {
  const path = targetPath(target)
  if (typeof path !== 'string') return `400 ${path.bad}`
  const found = findRoute(site, path)
  if (found.kind === 'file' || found.kind === 'machine-file')
    return `${found.machine ?? '-'} ${JSON.stringify(bodyOf(found.file.pieces).toString())}`
  if (found.kind === 'asset') return `asset ${JSON.stringify(found.name)}`
  if (found.kind === 'malformed') return `400 ${found.reason}`
  if (found.kind === 'operation') return `operation ${found.parameter}`
  return found.kind === 'health' ? 'health' : `404 ${found.machine ?? '-'}`
}

describe('the route table', () => {
  it.each([
    ['/boot.ipxe', '- "#!ipxe\\n"'],
    [`/ipxe/${macs.one}`, 'lb1 "#!ipxe\\necho lb1\\n"'],
    [`/ipxe/${macs.second}`, 'lb1 "#!ipxe\\necho lb1, second card\\n"'],
    [`/pxelinux.cfg/01-${macs.one}`, 'lb1 "SAY lb1\\n"'],
    [`/pxelinux.cfg/01-${macs.second}`, 'lb1 "SAY lb1\\n"'],
    [`/seed/${macs.one}/meta-data`, 'lb1 "local-hostname: lb1\\n"'],
    [`/seed/${macs.second}/meta-data`, 'lb1 "local-hostname: lb1\\n"'],
    [`/seed/${macs.other}/meta-data`, 'lb2 "local-hostname: lb2\\n"'],
    [`/seed/${macs.one}/user-data`, 'lb1 "#cloud-config\\n# lb1\\n"'],
    [`/seed/${macs.one}/vendor-data`, 'lb1 "#cloud-config\\n{}\\n"'],
    [`/seed/${macs.one}/network-config`, 'lb1 "version: 2\\n# lb1\\n"'],
    [`/kickstart/${macs.one}.ks`, 'lb1 "# lb1\\n"'],
    [`/preseed/${macs.second}.cfg`, 'lb1 "#_preseed_V1\\n"'],
    ['/healthz', 'health'],
    ['/', 'operation '],
    ['/machines/lb1', 'operation lb1'],
    ['/api/v1/machines/lb1/events', 'operation lb1'],
    ['/assets/rocky/.treeinfo', 'asset "rocky/.treeinfo"'],
  ])('%s', (target, expected) => {
    expect(ask(target)).toBe(expected)
  })

  it.each([
    '52:54:00:aa:bb:01',
    '52-54-00-aa-bb-01',
    '52:54:00:AA:BB:01',
    '52-54-00-AA-BB-01',
    '01-52-54-00-aa-bb-01',
    '01-52-54-00-AA-BB-01',
    '01:52:54:00:aa:bb:01',
    '525400aabb01',
    '525400AABB01',
    '5254.00aa.bb01',
    '52%3A54%3a00:aa:bb:01',
    '%35%32-54-00-aa-bb-01',
  ])('finds a machine by %s on every route', (spelling) => {
    expect(ask(`/ipxe/${spelling}`)).toBe('lb1 "#!ipxe\\necho lb1\\n"')
    expect(ask(`/pxelinux.cfg/${spelling}`)).toBe('lb1 "SAY lb1\\n"')
    expect(ask(`/seed/${spelling}/meta-data`)).toBe('lb1 "local-hostname: lb1\\n"')
    expect(ask(`/seed/${spelling}/user-data`)).toBe('lb1 "#cloud-config\\n# lb1\\n"')
    expect(ask(`/kickstart/${spelling}.ks`)).toBe('lb1 "# lb1\\n"')
    expect(ask(`/preseed/${spelling}.cfg`)).toBe('lb1 "#_preseed_V1\\n"')
  })

  it.each([
    '/ipxe/lb1',
    '/ipxe/52-54-00-aa-bb',
    '/ipxe/52-54-00-aa-bb-01-02',
    '/ipxe/52-54-00-aa-bb-0g',
    '/ipxe/52-54:00-aa-bb-01',
    '/ipxe/ff-ff-ff-ff-ff-ff',
    '/ipxe/default',
    '/pxelinux.cfg/default',
    '/pxelinux.cfg/0A0A0A05',
    '/pxelinux.cfg/b8945908-d6a6-41a9-611d-74a6ab80b83d',
    '/seed/..%2f/user-data'.replace('%2f', ''),
    '/seed/%20/user-data',
    '/kickstart/lb1.ks',
  ])('serves nothing for a malformed identity: %s', (target) => {
    expect(ask(target)).toBe('400 not a MAC address; write e.g. 52-54-00-aa-bb-01')
  })

  it.each([
    '/index.html',
    '/manifest.json',
    '/dhcp/dnsmasq.conf',
    '/dhcp/machines.csv',
    '/ipxe',
    '/ipxe/',
    '/seed/',
    `/seed/${macs.one}`,
    `/seed/${macs.one}/`,
    `/seed/${macs.one}/user-data/`,
    `/seed/${macs.one}/other`,
    `/seed/${macs.one}/../user-data`,
    `//seed/${macs.one}/user-data`,
    `/seed//${macs.one}/user-data`,
    `/seed/${macs.one}//user-data`,
    '/seed//user-data',
    `/kickstart/${macs.one}`,
    '/kickstart/.ks',
    '/boot.ipxe/',
    '/Boot.ipxe',
    '/assets',
    '/ipxe/52-54-00-ff-ff-ff',
    '/seed/52-54-00-ff-ff-ff/user-data',
    '/%2e%2e/%2e%2e/etc/passwd',
    `/seed/${macs.one}%252f..%252fuser-data`,
  ])('serves nothing for an unknown machine or file: %s', (target) => {
    expect(ask(target)).toBe('404 -')
  })

  it.each([
    ['/boot.ipxe?x=1', '- "#!ipxe\\n"'],
    [`/seed/${macs.one}/meta-data?mac=${macs.other}`, 'lb1 "local-hostname: lb1\\n"'],
    ['/boot.ipxe#top', '- "#!ipxe\\n"'],
    ['http://example.org/boot.ipxe', '- "#!ipxe\\n"'],
    ['HTTP://example.org:80/boot.ipxe?a', '- "#!ipxe\\n"'],
    ['http://[fd00::7]:8080/boot.ipxe', '- "#!ipxe\\n"'],
    ['https://user@example.org/boot.ipxe', '- "#!ipxe\\n"'],
    ['http://example.org//boot.ipxe', '404 -'],
    ['http://example.org/x/../boot.ipxe', '404 -'],
    ['http://example.org/x?/boot.ipxe', '404 -'],
    ['http://example.org', '400 the request has no path'],
    ['http://example.org?/boot.ipxe', '400 the request has no path'],
    ['http:///boot.ipxe', '400 the request has no path'],
    ['http:/boot.ipxe', '400 the request has no path'],
    ['http://:80/boot.ipxe', '400 the request has no path'],
    ['http://example.org:99999/boot.ipxe', '400 the request has no path'],
    ['http://[fd00::7/boot.ipxe', '400 the request has no path'],
    ['http://exa\\mple.org/boot.ipxe', '400 the request has no path'],
    ['://example.org/boot.ipxe', '400 the request has no path'],
    ['*', '400 the request has no path'],
    ['', '400 the request has no path'],
    ['boot.ipxe', '400 the request has no path'],
    ['ftp://example.org/boot.ipxe', '400 the request has no path'],
    ['/%', '400 the path has a percent-encoding that is not UTF-8'],
    ['/%zz', '400 the path has a percent-encoding that is not UTF-8'],
    ['/%ff', '400 the path has a percent-encoding that is not UTF-8'],
    ['/assets/%c0%ae%c0%ae/passwd', '400 the path has a percent-encoding that is not UTF-8'],
    ['/assets/x%00.img', '400 the path has control characters'],
    ['/assets/x%0d%0aSet-Cookie:%20a', '400 the path has control characters'],
    ['/boot.ipxe\x00', '400 the path has characters that must be percent-encoded'],
    ['/assets/ä', '400 the path has characters that must be percent-encoded'],
    ['/assets/%C3%A4', 'asset "ä"'],
    ['/assets/..%2f..%2fetc/passwd', 'asset "../../etc/passwd"'],
  ])('parses the target %j', (target, expected) => {
    expect(ask(target)).toBe(expected)
  })

  it('never answers with the file of another machine', () => {
    const odd = exampleSite()
    const files = new Map(odd.files)
    files.set(`ipxe/${macs.other}`, odd.files.get(`ipxe/${macs.one}`)!)
    expect(findRoute({ ...odd, files }, `/ipxe/${macs.other}`)).toEqual({ kind: 'unknown', machine: 'lb2' })
  })

  it('accepts every target without an exception', () => {
    const part = fc.oneof(
      fc.constantFrom(
        '/',
        '//',
        '..',
        '%2e',
        '%2f',
        '%',
        '?',
        '#',
        'seed',
        'ipxe',
        'assets',
        macs.one,
        'user-data',
        '.ks',
        '\0',
        '\\',
      ),
      fc.string({ unit: 'binary', maxLength: 5 }),
    )
    const target = fc.array(part, { maxLength: 8 }).map((parts) => `/${parts.join('')}`)
    const bodies = new Set(site.files.values())
    fc.assert(
      fc.property(target, (text) => {
        const path = targetPath(text)
        const found = typeof path === 'string' ? findRoute(site, path) : null
        return found?.kind !== 'file' || bodies.has(found.file)
      }),
      { numRuns: 2000 },
    )
  })
})
