import { describe, expect, it } from 'vitest'
import { dhcpdString, dhcpdWord } from '../../src/boot/dhcp/dhcpd.ts'
import { dnsmasqValue } from '../../src/boot/dhcp/dnsmasq.ts'
import { dhcpConfiguration, dhcpFiles, dhcpFormats } from '../../src/boot/dhcp/index.ts'
import { routerosOption, routerosString } from '../../src/boot/dhcp/routeros.ts'
import { csvField } from '../../src/boot/dhcp/table.ts'
import { dhcpPlan } from '../../src/boot/dhcp/plan.ts'
import type { Cluster } from '../../src/cluster/cluster.ts'
import { exampleCluster } from '../example.ts'
import { networkCluster, networkProfile, ubuntu2404 } from '../network-profile.ts'
import { hostileCluster } from './hostile-cluster.ts'

const onlyUefi = (): Cluster => {
  const cluster = hostileCluster()
  return { ...cluster, machines: cluster.machines.map((machine) => ({ ...machine, firmware: 'uefi' })) }
}

describe('the configuration of DHCP servers', () => {
  it.each(dhcpFormats)(
    'has every machine, loader and option of a cluster of both architectures: %s',
    async (format) => {
      await expect(dhcpConfiguration(hostileCluster(), format)).toMatchFileSnapshot(
        `../fixtures/dhcp/${format}.txt`,
      )
    },
  )

  it.each(dhcpFormats)(
    'omits what a cluster does not have (arm64, a search domain, IPv4 name servers): %s',
    async (format) => {
      const cluster = exampleCluster('rack-test')
      const network = { ...cluster.network, nameServers: ['fd00::1'], searchDomain: null }
      await expect(dhcpConfiguration({ ...cluster, network }, format)).toMatchFileSnapshot(
        `../fixtures/dhcp/bare/${format}.txt`,
      )
    },
  )

  it('names the machines that it omits: those of other subnets, and those whose boot network is not that of their address', () => {
    const several = networkCluster(
      networkProfile(
        ubuntu2404,
        'subnets: [{subnet: 10.1.16.0/24, gateway: 10.1.16.1}]\nvlans: {v10: {id: 10, link: card0}}\nbridges: {br0: {interfaces: [v10]}}',
      )
        .replace('address: 10.1.0.14', 'address: 10.1.16.14')
        .replace(
          'address: 10.1.0.13',
          'address: 10.1.0.13\n    network: {interface: v10, bridges: {br0: {interfaces: [card1]}}}',
        )
        .replace('address: 10.1.0.12', 'address: 10.1.0.12\n    network: {interface: br0}'),
    )
    expect(dhcpPlan(several).machines.map(({ name }) => name)).toEqual(['control-1'])
    expect(dhcpConfiguration(several, 'dnsmasq').match(/^# .*/gm)).toMatchInlineSnapshot(`
      [
        "# Written by hakube for dnsmasq as DHCP and TFTP server: the machines of the cluster sample.",
        "# TFTP on 10.1.0.5 must serve: undionly.kpxe, ipxe.efi, hakube.ipxe.",
        "# A machine that is not in the profile gets no address from here.",
        "# Not served, because this is for 10.1.0.0/24 only: control-2 (its address is on br0, which is tagged), control-3 (its address is on v10, which is tagged), worker-1 (it is in 10.1.16.0/24).",
        "# Their networks need a DHCP server that gives them an address from which they reach http://10.1.0.5:8080, and the same boot files.",
      ]
    `)
  })

  it('lets Kea find reservations by address as soon as one machine has two of them', () => {
    const cluster = exampleCluster('rack-test')
    const unique = (machines: typeof cluster.machines) =>
      JSON.parse(dhcpConfiguration({ ...cluster, machines }, 'kea').replace(/^\s*\/\/.*$/gm, '')).Dhcp4[
        'ip-reservations-unique'
      ]
    const [first, ...others] = cluster.machines
    const twice = { ...first!, macs: ['52-54-00-00-00-11', '52-54-00-00-01-11'] as const }
    expect([unique(cluster.machines), unique([...others, twice])]).toEqual([true, false])
  })

  it.each([
    ['bios', 'amd64', 'undionly.kpxe'],
    ['uefi', 'amd64', 'ipxe.efi'],
    ['uefi', 'arm64', 'ipxe-arm64.efi'],
  ] as const)(
    'names the boot loader of each firmware in the table: %s, %s',
    (firmware, architecture, file) => {
      const cluster = exampleCluster('rack-test')
      const machines = cluster.machines.map((machine) => ({ ...machine, firmware, architecture }))
      const [, ...rows] = dhcpConfiguration({ ...cluster, machines }, 'table')
        .trim()
        .split('\n')
      expect(rows.map((row) => row.split(',')[9])).toEqual(machines.map(() => file))
    },
  )

  it.each(dhcpFormats)('has no rule for iPXE if iPXE 2.0 finds its script by itself: %s', async (format) => {
    await expect(dhcpConfiguration(onlyUefi(), format, 'ipxe-2')).toMatchFileSnapshot(
      `../fixtures/dhcp/ipxe-2/${format}.txt`,
    )
  })

  it.each(dhcpFormats)('keeps the rule for iPXE if machines have BIOS: %s', (format) => {
    const hostile = hostileCluster()
    const [first, ...others] = hostile.machines
    const cluster: Cluster = { ...hostile, machines: [{ ...first!, firmware: 'bios' }, ...others] }
    expect(dhcpConfiguration(cluster, format, 'ipxe-2')).toBe(dhcpConfiguration(cluster, format))
  })

  it.each(dhcpFormats)('names shim for Secure Boot: %s', async (format) => {
    await expect(dhcpConfiguration(hostileCluster(), format, 'shim')).toMatchFileSnapshot(
      `../fixtures/dhcp/shim/${format}.txt`,
    )
  })

  it('is not made for machines in an IPv6 network', () => {
    const cluster = exampleCluster()
    const network = { ...cluster.network, subnet: 'fd00::/64' }
    expect(() => dhcpConfiguration({ ...cluster, network }, 'table')).toThrow(
      'fd00::/64 is not an IPv4 network',
    )
  })

  it('is in the site, one file for each server, and is not secret', () => {
    expect(dhcpFiles(exampleCluster()).map(({ path, secret }) => ({ path, secret }))).toEqual(
      [
        'dnsmasq.conf',
        'dnsmasq-proxy.conf',
        'kea-dhcp4.json',
        'dhcpd.conf',
        'routeros.rsc',
        'machines.csv',
      ].map((file) => ({ path: `dhcp/${file}`, secret: false })),
    )
  })

  it('contains the TFTP server if the profile has a host name as its server', () => {
    const cluster = { ...exampleCluster(), server: 'http://boot.example.com:8080' }
    expect(dhcpConfiguration(cluster, 'dnsmasq')).toContain(',undionly.kpxe,,boot.example.com\n')
    expect(dhcpConfiguration(cluster, 'dhcpd')).toContain('next-server boot.example.com;')
    const kea = dhcpConfiguration(cluster, 'kea')
    expect(kea).not.toContain('next-server')
    expect(kea.match(/"tftp-server-name",\n\s*"data": "boot.example.com"/g)).toHaveLength(3)
  })
})

describe('quoting', () => {
  it.each([
    ['plain-1.example', 'plain-1.example'],
    ['', '""'],
    ['a b', '"a b"'],
    ['a,b', '"a,b"'],
    ['#a', '"#a"'],
    ['a"b\\c', String.raw`"a\"b\\c"`],
  ])('of dnsmasq: %j', (text, quoted) => {
    expect(dnsmasqValue(text)).toBe(quoted)
  })

  it('of dnsmasq refuses a line break', () => {
    expect(() => dnsmasqValue('a\ndhcp-script=/x')).toThrow('cannot hold a control character')
  })

  it.each([
    ['plain', '"plain"'],
    ['a"; }', String.raw`"a\"; }"`],
    ['a\\b', String.raw`"a\\b"`],
    ['a\nb', String.raw`"a\012b"`],
    ['é', String.raw`"\303\251"`],
    ['~ \u007f', String.raw`"~ \177"`],
  ])('of dhcpd: %j', (text, quoted) => {
    expect(dhcpdString(text)).toBe(quoted)
  })

  it('of dhcpd refuses a word that would be more than one', () => {
    expect(dhcpdWord('worker-1.example')).toBe('worker-1.example')
    for (const text of ['', 'a b', 'a;', 'a{', '-a', 'a"'])
      expect(() => dhcpdWord(text)).toThrow('is not a word')
  })

  it.each([
    ['plain', '"plain"'],
    ['a"b', String.raw`"a\22b"`],
    ['$x', String.raw`"\24x"`],
    ['a\\b', String.raw`"a\5Cb"`],
    ['a?\n', String.raw`"a\3F\0A"`],
    ['é', String.raw`"\C3\A9"`],
  ])('of RouterOS: %j', (text, quoted) => {
    expect(routerosString(text)).toBe(quoted)
  })

  it('of RouterOS refuses an apostrophe in an option', () => {
    expect(routerosOption('a"b')).toBe(String.raw`"s'a\22b'"`)
    expect(() => routerosOption("a'b")).toThrow('cannot hold an apostrophe')
  })

  it.each([
    ['plain', 'plain'],
    ['a,b', '"a,b"'],
    ['a"b', '"a""b"'],
    ['a\nb', '"a\nb"'],
  ])('of a table: %j', (text, quoted) => {
    expect(csvField(text)).toBe(quoted)
  })
})
