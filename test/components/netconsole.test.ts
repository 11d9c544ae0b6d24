import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { assemble } from '../../src/assembly/assemble.ts'
import type { Cluster } from '../../src/cluster/cluster.ts'
import { components } from '../../src/components/index.ts'
import { render } from '../../src/templates/template.ts'
import { quote } from '../../src/text/quote.ts'
import { exampleCluster } from '../example.ts'

/* What hakube-netconsole writes into configfs. test/rack/one-machine.rack.test.ts has a real kernel that panics. */

const plain: Host = {
  addresses: '10.10.10.5      STREAM 10.10.10.5\n10.10.10.5      DGRAM\n',
  route: String.raw`10.10.10.5 dev bond0.20 src 10.10.10.11 uid 0 \    cache `,
  neighbour: '10.10.10.5 dev bond0.20 lladdr 52:54:00:aa:bb:05 REACHABLE',
}

type Host = {
  addresses?: string
  route?: string
  neighbour?: string
  target?: Readonly<Record<string, string>>
  module?: false
}

const off = {
  enabled: '0',
  dev_name: 'eth0',
  local_ip: '0.0.0.0',
  remote_ip: '0.0.0.0',
  remote_port: '6666',
  remote_mac: 'ff:ff:ff:ff:ff:ff',
}
const on = {
  enabled: '1',
  dev_name: 'bond0.20',
  local_ip: '10.10.10.11',
  remote_ip: '10.10.10.5',
  remote_port: '514',
  remote_mac: '52:54:00:aa:bb:05',
}

/** Runs the program on a host. @returns what it said, and the files of its target in configfs */
function run(host: Host) {
  const directory = mkdtempSync(join(tmpdir(), 'hakube-netconsole-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  const at = (name: string): string => join(directory, name)
  mkdirSync(at('netconsole/hakube'), { recursive: true })
  mkdirSync(at('bin'))
  const { addresses, route, neighbour } = { ...plain, ...host }
  for (const [name, value] of Object.entries(host.target ?? off))
    writeFileSync(at(`netconsole/hakube/${name}`), `${value}\n`)
  const programs = {
    modprobe: host.module === false ? 'exit 1' : 'test "$1" = netconsole',
    getent: addresses === '' ? 'exit 2' : `printf %s ${quote(addresses ?? '')}`,
    ip: `case $2 in route) printf '%s\\n' ${quote(route ?? '')} ;; *) printf '%s\\n' ${quote(neighbour ?? '')} ;; esac`,
    sleep: 'exit 0',
    uname: 'echo 6.1.0',
  }
  for (const [name, text] of Object.entries(programs)) {
    writeFileSync(at(`bin/${name}`), `#!/bin/bash\n${text}\n`)
    chmodSync(at(`bin/${name}`), 0o755)
  }
  writeFileSync(at('kmsg'), '')
  const data = { host: quote('10.10.10.5'), port: 514 }
  const script = render('cloud-init/netconsole/netconsole.ejs', data)
    .text.replaceAll('/sys/kernel/config', directory)
    .replaceAll('/dev/kmsg', at('kmsg'))
    // Nothing is sent from the machine of the test.
    .replaceAll('/dev/udp/', '/dev/null/')
  const { status, stdout, stderr } = spawnSync('bash', ['-c', script], {
    encoding: 'utf8',
    env: { ...process.env, PATH: `${at('bin')}:${process.env['PATH'] ?? ''}` },
  })
  const target = Object.fromEntries(
    Object.keys(off).map((name) => [name, readFileSync(at(`netconsole/hakube/${name}`), 'utf8').trim()]),
  )
  return { status, said: `${stdout}${stderr}`.trim(), target, kernel: readFileSync(at('kmsg'), 'utf8') }
}

/** The units of netconsole on a machine. */
const unitsOf = (syslog: Cluster['syslog']): string[] => {
  const cluster = { ...exampleCluster(), syslog }
  return assemble(components, cluster, cluster.machines[0]!)
    .units.map(({ name }) => name)
    .filter((name) => name.includes('netconsole'))
}

describe('netconsole', () => {
  it('sends to a server in the same network', () => {
    expect(run({})).toEqual({
      status: 0,
      said: '',
      target: on,
      kernel: '<5>hakube: netconsole sends the messages of this kernel to 10.10.10.5\n',
    })
  })

  it.each([
    [
      'a gateway',
      '10.10.10.5 via 10.20.0.1 dev eth0 src 10.20.0.11 uid 0',
      '10.20.0.1 dev eth0 lladdr 00:00:5e:00:01:33 STALE',
      { dev_name: 'eth0', local_ip: '10.20.0.11', remote_mac: '00:00:5e:00:01:33' },
    ],
    [
      'an IPv6 gateway of an IPv4 route',
      '10.10.10.5 via inet6 fe80::1 dev eth0 src 10.20.0.11 uid 0',
      'fe80::1 dev eth0 lladdr 52:54:00:00:00:01 router REACHABLE',
      { dev_name: 'eth0', local_ip: '10.20.0.11', remote_mac: '52:54:00:00:00:01' },
    ],
    [
      'IPv6',
      'fd00::5 from :: dev eth0 proto kernel src fd00::11 metric 256 pref medium',
      'fd00::5 dev eth0 lladdr 52:54:00:00:00:05 DELAY',
      { dev_name: 'eth0', local_ip: 'fd00::11', remote_ip: 'fd00::5', remote_mac: '52:54:00:00:00:05' },
    ],
  ])('sends by %s', (by, route, neighbour, target) => {
    const lookedUp = by === 'IPv6' ? { addresses: 'fd00::5 STREAM x\n' } : {}
    expect(run({ ...lookedUp, route, neighbour })).toMatchObject({
      status: 0,
      said: '',
      target: { ...on, ...target },
    })
  })

  it('changes nothing that is as it has to be', () => {
    expect(run({ target: on })).toEqual({ status: 0, said: '', target: on, kernel: '' })
  })

  it('follows a server that was replaced', () => {
    expect(run({ target: { ...on, remote_mac: '52:54:00:aa:bb:99' } })).toMatchObject({
      status: 0,
      target: on,
    })
  })

  it('begins again where the interface was gone in between', () => {
    expect(run({ target: { ...on, enabled: '0' } })).toMatchObject({ status: 0, target: on })
  })

  it('sends nothing on the server itself', () => {
    expect(run({ route: 'local 10.10.10.5 dev lo src 10.10.10.5 uid 0' })).toEqual({
      status: 0,
      said: 'netconsole: 10.10.10.5 is this machine: nothing to send',
      target: off,
      kernel: '',
    })
  })

  it.each([
    ['the kernel 6.1.0 has no module netconsole', { module: false }],
    ['10.10.10.5 cannot be looked up', { addresses: '' }],
    ['no MAC address of 10.10.10.5 on bond0.20', { neighbour: '10.10.10.5 dev bond0.20 FAILED' }],
  ] satisfies [string, Host][])('says that %s', (said, host) => {
    expect(run(host)).toEqual({ status: 1, said: `netconsole: ${said}`, target: off, kernel: '' })
  })

  it('is for machines of a profile that asks for it', () => {
    expect(unitsOf(null)).toEqual([])
    expect(unitsOf({ host: '10.10.10.1', port: 514, kernel: false })).toEqual([])
    expect(unitsOf({ host: '10.10.10.1', port: 514, kernel: true })).toEqual(['hakube-netconsole.timer'])
  })
})
