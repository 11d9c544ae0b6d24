import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { ipxeBootScript } from '../../src/boot/ipxe.ts'
import type { Cluster } from '../../src/cluster/cluster.ts'
import { resolveWithoutSecrets } from '../../src/cluster/resolve.ts'
import { installerOf } from '../../src/installers/index.ts'
import { parseProfile } from '../../src/profile/load.ts'
import { anacondaSyslog, debianSyslog } from '../../src/installers/syslog.ts'
import { exampleCluster, exampleFile, exampleProfile } from '../example.ts'

const clusterWith = (syslogPort?: number, server = 'http://10.10.10.5:8080'): Cluster => ({
  ...exampleCluster(),
  ...resolveWithoutSecrets(
    { ...exampleProfile(), server, ...(syslogPort === undefined ? {} : { syslogPort }) },
    new Map(),
  ),
})

const argumentsOf = (cluster: Cluster): string[] =>
  cluster.machines
    .slice(0, 1)
    .flatMap((machine) => installerOf(machine).kernelArguments(cluster, machine))
    .map(({ name, value }) => `${name}=${value}`)

describe('syslogPort', () => {
  it('tells Anaconda where to send its log, and nobody where it is not in the profile', () => {
    const without = argumentsOf(clusterWith())
    expect(argumentsOf(clusterWith(5514)).filter((each) => !without.includes(each))).toEqual([
      'inst.syslog=10.10.10.5:5514',
    ])
    expect(without.filter((each) => each.includes('syslog'))).toEqual([])
  })

  it('is written as each installer reads it, in both families', () => {
    const v6 = clusterWith(514, 'http://[fd00::5]:8080')
    expect(anacondaSyslog(v6)).toEqual([{ name: 'inst.syslog', value: '[fd00::5]:514' }])
    expect(debianSyslog(v6)).toEqual([
      { name: 'log_host', value: 'fd00::5' },
      { name: 'log_port', value: '514' },
    ])
    expect([anacondaSyslog(clusterWith()), debianSyslog(clusterWith())]).toEqual([[], []])
  })

  it('tells iPXE with port 514 alone, which is the only one that it knows', () => {
    expect(ipxeBootScript(clusterWith(514))).toBe(
      ipxeBootScript(clusterWith()).replace(/^set base .*\n/m, (line) => `${line}set syslog 10.10.10.5 ||\n`),
    )
    expect(ipxeBootScript(clusterWith(5514))).toBe(ipxeBootScript(clusterWith()))
  })

  it.each([
    ['server: http://10.10.10.5:5514\nsyslogPort: 5514', 1],
    ['server: http://10.10.10.5\nsyslogPort: 80', 1],
    ['server: http://10.10.10.5:8080\nsyslogPort: 8443\nsecrets: { deliveryPort: 8443 }', 1],
    [
      'server: http://10.10.10.5:8080\nsyslogPort: 8443\nsecrets: { delivery: inline, deliveryPort: 8443 }',
      0,
    ],
    [
      'server: http://10.10.10.5:8080\nsyslogPort: 8444\nsecrets: { delivery: enrolled, deliveryPort: 8444 }',
      1,
    ],
    ['server: http://10.10.10.5:8080\nsyslogPort: 8443', 0],
  ])('is a port of its own: %s', (lines, mistakes) => {
    const text = readFileSync(exampleFile('external-load-balancers'), 'utf8').replace(/^server: .*/m, lines)
    const found = parseProfile(text, 'profile.yaml').diagnostics
    expect(found.filter(({ code }) => code === 'server/syslog-port')).toHaveLength(mistakes)
  })
})
