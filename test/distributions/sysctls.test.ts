import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { keysInCommon, numberOf, setsSysctl } from '../../src/distributions/sysctls/aliases.ts'
import { findSysctls, hasSysctl, knownSysctls } from '../../src/distributions/sysctls/known.ts'
import { nearSysctl } from '../../src/distributions/sysctls/near.ts'

const keys = [...knownSysctls].map(({ key }) => key)
const known = (key: string) => findSysctls(key)[0]!

describe('kernel settings that hakube knows', () => {
  it('are each in one list, and found by name', () => {
    expect(keys.length).toBeGreaterThan(950)
    expect(new Set(keys).size).toBe(keys.length)
    for (const key of keys) expect(findSysctls(key)).toEqual([known(key)])
  })

  it('match names of interfaces, and patterns', () => {
    expect(findSysctls('net.ipv4.conf.eth0/100.rp_filter').map(({ key }) => key)).toEqual([
      'net.ipv4.conf.*.rp_filter',
    ])
    expect(findSysctls('net.ipv4.conf.*.rp_filter').map(({ key }) => key)).toEqual([
      'net.ipv4.conf.*.rp_filter',
    ])
    expect(findSysctls('net.*.conf.eth*.accept_redirects').map(({ key }) => key)).toEqual([
      'net.ipv4.conf.*.accept_redirects',
      'net.ipv6.conf.*.accept_redirects',
    ])
    expect(findSysctls('net.ipv4.conf.eth0.rp_filters')).toEqual([])
  })

  it('are recognized with a letter that is wrong, missing, extra or misplaced', () => {
    const long = keys.filter((key) => /\.\w{6,}$/.test(key) && !key.includes('*'))
    const slip = fc.record({
      kind: fc.constantFrom('wrong', 'missing', 'more', 'swapped'),
      at: fc.nat(),
      key: fc.constantFrom(...long),
    })
    fc.assert(
      fc.property(slip, ({ kind, at, key }) => {
        const start = key.lastIndexOf('.') + 1
        const place = start + (at % (key.length - start - 1))
        const [before, letter, next, after] = [
          key.slice(0, place),
          key[place]!,
          key[place + 1]!,
          key.slice(place + 2),
        ]
        const written = {
          wrong: `${before}Q${next}${after}`,
          missing: `${before}${next}${after}`,
          more: `${before}${letter}Q${next}${after}`,
          swapped: `${before}${next}${letter}${after}`,
        }[kind]
        fc.pre(findSysctls(written).length === 0)
        const near = nearSysctl(written)
        expect(near).not.toBeNull()
        expect(findSysctls(near!)).not.toEqual([])
      }),
      { numRuns: 200 },
    )
  })

  it.each([
    ['vm.swapiness', 'vm.swappiness'],
    ['vm.max_map_counts', 'vm.max_map_count'],
    ['net.core.somaxcon', 'net.core.somaxconn'],
    ['net.ipv4.ip_foward', 'net.ipv4.ip_forward'],
    ['net.ipv4.conf.eth0.rp_filtr', 'net.ipv4.conf.eth0.rp_filter'],
    ['net.bridge.bridge_nf_call_iptables', 'net.bridge.bridge-nf-call-iptables'],
    ['fs.file_max', 'fs.file-max'],
    ['kernel.pidmax', 'kernel.pid_max'],
    ['net.ipv4.somaxconn', 'net.core.somaxconn'],
    ['net.ipv4.rp_filter', 'net.ipv4.conf.all.rp_filter'],
    ['net.ipv4.nf_conntrack_max', 'net.nf_conntrack_max'],
    ['fs.max_user_watches', 'fs.epoll.max_user_watches'],
    ['ip_forward', 'net.ipv4.ip_forward'],
    ['swappiness', 'vm.swappiness'],
    ['swapiness', 'vm.swappiness'],
    ['whatever', null],
    ['lnet.debug', null],
    ['kernel.exec-shield', null],
    ['net.ipv4.tcp_abc', null],
  ])('recognize %s as a misspelt %s', (written, meant) => {
    expect(nearSysctl(written)).toBe(meant)
  })

  it.each([
    ['kernel.sched_migration_cost_ns', '5.10', true],
    ['kernel.sched_migration_cost_ns', '5.12', true],
    ['kernel.sched_migration_cost_ns', '5.14', false],
    ['kernel.sched_child_runs_first', '6.1', true],
    ['kernel.sched_child_runs_first', '6.8', null],
    ['kernel.sched_child_runs_first', '6.12', false],
    ['kernel.io_uring_disabled', '6.1', false],
    ['kernel.io_uring_disabled', '6.8', null],
    ['kernel.io_uring_disabled', '6.12', true],
    ['vm.swappiness', '6.1', true],
    ['vm.swappiness', '3.10', null],
  ])('state for %s whether Linux %s has it: %s', (key, kernel, has) => {
    expect(hasSysctl(known(key), kernel, false)).toBe(has)
  })

  it('may exist in an older kernel with backports', () => {
    expect(hasSysctl(known('kernel.io_uring_disabled'), '5.10', true)).toBeNull()
  })
})

describe('names of kernel settings', () => {
  it.each([
    ['net.ipv4.conf.*.forwarding', 'net.ipv4.ip_forward', true],
    ['net.ipv4.conf.eth0.forwarding', 'net.ipv4.ip_forward', true],
    ['net.ipv4.conf.all.mc_forwarding', 'net.ipv4.ip_forward', false],
    ['net.ipv6.conf.all.forwarding', 'net.ipv4.ip_forward', false],
    ['net.nf_conntrack_max', 'net.netfilter.nf_conntrack_max', true],
    ['user.max_inotify_watches', 'fs.inotify.max_user_watches', true],
    ['net.ipv4.conf.eth[01].send_redirects', 'net.ipv4.conf.*.send_redirects', true],
    ['net.*.conf.eth?.send_redirects', 'net.ipv4.conf.*.send_redirects', true],
  ])('%s sets %s: %s', (given, needed, sets) => {
    expect(setsSysctl(given, needed)).toBe(sets)
  })

  it('match a pattern with many stars quickly', () => {
    expect(keysInCommon('*a'.repeat(2000), 'a'.repeat(1999))).toBe(false)
  })

  it.each([
    ['0', 0],
    ['010', 8],
    ['0x1F', 31],
    ['-1', -1],
    ['08', null],
    ['1e3', null],
    ['', null],
  ])('read %s as %s, like the kernel', (text, number) => {
    expect(numberOf(text)).toBe(number)
  })
})
