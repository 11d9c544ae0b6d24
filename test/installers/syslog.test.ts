import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { ipxeBootScript } from '../../src/boot/ipxe.ts'
import type { Cluster } from '../../src/cluster/cluster.ts'
import { resolveWithoutSecrets } from '../../src/cluster/resolve.ts'
import { installerOf } from '../../src/installers/index.ts'
import { parseProfile } from '../../src/profile/load.ts'
import { anacondaSyslog, debianSyslog } from '../../src/installers/syslog.ts'
import { assemble } from '../../src/assembly/assemble.ts'
import { machineFiles } from '../../src/assembly/first-boot.ts'
import { components } from '../../src/components/index.ts'
import { textOf } from '../../src/templates/template.ts'
import { autoinstallObject } from '../../src/installers/autoinstall.ts'
import { cloudConfig } from '../../src/seeds/cloud-init.ts'
import { exampleCluster, exampleFile, exampleProfile, noKernelArguments } from '../example.ts'
import { Autoinstall } from '../schemas/autoinstall.ts'

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

/** What the seeds of the first two machines say of reporting: for cloud-init, for Ubuntu's installer. */
const reported = (cluster: Cluster): unknown[][] =>
  cluster.machines.slice(0, 2).map((machine) => {
    const config = cloudConfig(cluster, machine, [], [])
    const autoinstall: Record<string, unknown> = autoinstallObject(
      cluster,
      machine,
      config,
      noKernelArguments,
    ).autoinstall
    return [config.settings['reporting'], autoinstall['reporting']]
  })

/** The functions that the first boot shares. */
function libraryOf(cluster: Cluster): string {
  const assembly = assemble(components, cluster, cluster.machines[0]!)
  return textOf(machineFiles(cluster, assembly).find(({ path }) => path.endsWith('/library'))!.content)
}

const hook = (mac: string): object => ({
  hakube: {
    type: 'webhook',
    endpoint: `http://10.10.10.5:8080/api/v1/machines/${mac}/progress`,
    timeout: 3,
  },
})

describe('syslogPort', () => {
  it('tells Anaconda where to send its log, and changes nothing if the profile does not set it', () => {
    const without = argumentsOf(clusterWith())
    expect(argumentsOf(clusterWith(5514)).filter((each) => !without.includes(each))).toEqual([
      'inst.syslog=10.10.10.5:5514',
    ])
    expect(without.filter((each) => each.includes('syslog'))).toEqual([])
  })

  it('is written in the syntax of each installer, for both families', () => {
    const v6 = clusterWith(514, 'http://[fd00::5]:8080')
    expect(anacondaSyslog(v6)).toEqual([{ name: 'inst.syslog', value: '[fd00::5]:514' }])
    expect(debianSyslog(v6)).toEqual([
      { name: 'log_host', value: 'fd00::5' },
      { name: 'log_port', value: '514' },
    ])
    expect([anacondaSyslog(clusterWith()), debianSyslog(clusterWith())]).toEqual([[], []])
  })

  it('makes cloud-init and Ubuntu’s installer report over HTTP, each under the first MAC address of its machine', () => {
    const one = hook('52-54-00-aa-bb-01')
    const other = hook('52-54-00-aa-bb-02')
    expect(reported(clusterWith(5514))).toEqual([
      [one, one],
      [other, other],
    ])
    const none = [undefined, undefined]
    expect(reported(clusterWith())).toEqual([none, none])
  })

  it('makes the first boot send its lines with logger as well', () => {
    const without = libraryOf(clusterWith())
    expect(without).not.toContain('logger')
    const added = libraryOf(clusterWith(5514))
      .split('\n')
      .filter((line) => !without.split('\n').includes(line))
    expect(added).toEqual([
      '  # For `hakube logs`. It is sent once, and a name that cannot be looked up holds nothing up.',
      '  timeout 2 logger --udp --server 10.10.10.5 --port 5514 --tag hakube -- "$*" </dev/null >/dev/null 2>&1 9>&- || true',
    ])
  })

  it('is valid for Ubuntu’s installer', () => {
    const [[, own] = []] = reported(clusterWith(5514))
    expect(Autoinstall.shape.reporting.safeParse(own)).toMatchObject({ success: true })
    expect(
      Autoinstall.shape.reporting.safeParse({ hakube: { type: 'webhook', endpoint: 'x', password: 'y' } }),
    ).toMatchObject({ success: false })
  })

  it('enables syslog in iPXE only with port 514, the only one that it supports', () => {
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
  ])('must be a separate port: %s', (lines, mistakes) => {
    const text = readFileSync(exampleFile('external-load-balancers'), 'utf8').replace(/^server: .*/m, lines)
    const found = parseProfile(text, 'profile.yaml').diagnostics
    expect(found.filter(({ code }) => code === 'server/syslog-port')).toHaveLength(mistakes)
  })
})
