import { describe, expect, it } from 'vitest'
import { macs } from '../site/files.ts'
import { operate, post } from './operated.ts'
import { ask } from './serve.ts'

type Family = { type: string; help: string; samples: Map<string, number> }

/**
 * Reads metrics as Prometheus does, strictly: https://prometheus.io/docs/instrumenting/exposition_formats/
 *
 * @returns families of metrics with their samples, by what stands in front of the value
 */
export function readMetrics(text: string): Map<string, Family> {
  const families = new Map<string, Family>()
  if (!text.endsWith('\n')) throw new Error('the last line does not end')
  for (const line of text.slice(0, -1).split('\n')) {
    if (line === '') continue
    const [, what, of = '', rest = ''] = /^# (HELP|TYPE) ([a-zA-Z_:][\w:]*) (.*)$/.exec(line) ?? []
    if (what === 'HELP') {
      if (families.has(of)) throw new Error(`${of} comes twice`)
      families.set(of, { type: '', help: rest, samples: new Map() })
      continue
    }
    if (what === 'TYPE') {
      families.get(of)!.type = rest
      continue
    }
    const sample = /^([a-zA-Z_:][\w:]*)(\{(?:[a-zA-Z_]\w*="(?:[^"\\\n]|\\[\\n"])*",?)*\})? (\S+)$/.exec(line)
    const value = Number(sample?.[3] === 'Nan' ? 'NaN' : sample?.[3])
    if (!sample) throw new Error(`not a sample: ${line}`)
    const [, name = '', labels = ''] = sample
    const family = families.get(name) ?? families.get(name.replace(/_(?:sum|count|bucket)$/, ''))
    if (!family) throw new Error(`${name} has no HELP`)
    if (family.samples.has(name + labels)) throw new Error(`${name}${labels} comes twice`)
    family.samples.set(name + labels, value)
  }
  return families
}

/** hakube's own samples. */
async function own(port: number): Promise<Record<string, number>> {
  const { status, headers, body } = await ask(port, '/metrics')
  expect({ status, type: headers['content-type'] }).toEqual({
    status: 200,
    type: 'text/plain; version=0.0.4; charset=utf-8',
  })
  return Object.fromEntries(
    [...readMetrics(body)].flatMap(([name, { samples }]) => (name.startsWith('hakube_') ? [...samples] : [])),
  )
}

describe('metrics', () => {
  it('count machines by state, and answers', async () => {
    const { port } = await operate()
    await post(port, '/api/v1/arm', JSON.stringify({ machines: ['lb1'] }))
    await ask(port, `/ipxe/${macs.one}`)
    await ask(port, `/ipxe/${macs.other}`)
    await ask(port, `/seed/${macs.other}/user-data`)
    await ask(port, '/ipxe/52-54-00-ff-ff-01')
    await ask(port, '/boot.ipxe')
    await ask(port, '/healthz')
    const { hakube_http_connections: connections, ...samples } = await own(port)
    expect(connections).toBeGreaterThanOrEqual(1)
    expect(samples).toEqual({
      'hakube_machines{state="idle"}': 1,
      'hakube_machines{state="armed"}': 0,
      'hakube_machines{state="booting"}': 1,
      'hakube_machines{state="installing"}': 0,
      'hakube_machines{state="installed"}': 0,
      'hakube_machines{state="configuring"}': 0,
      'hakube_machines{state="ready"}': 0,
      hakube_machines_failed: 0,
      hakube_machines_enrolled: 0,
      hakube_machines_unknown: 1,
      hakube_alarms: 0,
      'hakube_http_requests_total{kind="api",status="200"}': 1,
      'hakube_http_requests_total{kind="boot-script",status="200"}': 1,
      'hakube_http_requests_total{kind="disk",status="200"}': 1,
      'hakube_http_requests_total{kind="answers",status="403"}': 1,
      'hakube_http_requests_total{kind="unknown",status="404"}': 1,
      'hakube_http_requests_total{kind="site-file",status="200"}': 1,
      'hakube_http_requests_total{kind="health",status="200"}': 1,
      'hakube_http_response_bytes_total{kind="api"}': expect.any(Number),
      'hakube_http_response_bytes_total{kind="boot-script"}': '#!ipxe\necho lb1\n'.length,
      'hakube_http_response_bytes_total{kind="disk"}': expect.any(Number),
      'hakube_http_response_bytes_total{kind="answers"}': expect.any(Number),
      'hakube_http_response_bytes_total{kind="unknown"}': 'not found\n'.length,
      'hakube_http_response_bytes_total{kind="site-file"}': '#!ipxe\n'.length,
      'hakube_http_response_bytes_total{kind="health"}': 'ok\n'.length,
      hakube_http_aborted_total: 0,
      hakube_http_connections_refused_total: 0,
      hakube_state_writable: 1,
      hakube_site_loaded_timestamp_seconds: Date.parse('2026-11-21T12:00:00Z') / 1000,
      hakube_last_reload_successful: 1,
      'hakube_build_info{version="",profile="",commit=""}': 1,
    })
  })

  it('have the same labels, whatever an attacker requests', async () => {
    const { port, clock } = await operate()
    await own(port)
    clock.pass(1)
    const before = Object.keys(await own(port))
    for (const path of [
      '/x',
      '/metrics"',
      '/%22%0a',
      '/api/v1/"',
      '/ipxe/evil',
      `/${'y'.repeat(300)}`,
      '/assets/x',
    ])
      for (const method of ['GET', 'HEAD', 'DELETE']) await ask(port, path, { method })
    clock.pass(1)
    const added = Object.keys(await own(port)).filter((name) => !before.includes(name))
    expect(added.filter((name) => name.includes('requests')).toSorted()).toEqual([
      'hakube_http_requests_total{kind="api",status="401"}',
      'hakube_http_requests_total{kind="asset",status="404"}',
      'hakube_http_requests_total{kind="unknown",status="400"}',
      'hakube_http_requests_total{kind="unknown",status="404"}',
      'hakube_http_requests_total{kind="unknown",status="405"}',
    ])
  })

  it('are counted once a second, however many clients request them', async () => {
    const { port, clock, server } = await operate()
    const ofMany = await Promise.all(Array.from({ length: 20 }, () => ask(port, '/metrics')))
    expect(new Set(ofMany.map(({ body }) => body)).size).toBe(1)
    server.keptSite('a mistake')
    clock.pass(0.999 / 60)
    expect((await own(port))['hakube_last_reload_successful']).toBe(1)
    clock.pass(0.002 / 60)
    expect((await own(port))['hakube_last_reload_successful']).toBe(0)
    // The clock is set back.
    server.keptSite(null)
    clock.pass(-60)
    expect((await own(port))['hakube_last_reload_successful']).toBe(1)
  })

  it('contain the process metrics that Prometheus expects from every exporter', async () => {
    const { port } = await operate()
    const families = readMetrics((await ask(port, '/metrics')).body)
    for (const name of [
      'process_cpu_seconds_total',
      'process_resident_memory_bytes',
      'process_start_time_seconds',
    ])
      expect(families.get(name)?.samples.get(name)).toBeGreaterThan(0)
    for (const { type, help } of families.values()) {
      expect(help).not.toBe('')
      expect(['counter', 'gauge', 'histogram', 'summary']).toContain(type)
    }
  })

  it('show a failed reload, and a later one that succeeds', async () => {
    const { port, server } = await operate()
    server.keptSite('rack.yaml:3:1 has a mistake')
    expect((await own(port))['hakube_last_reload_successful']).toBe(0)
    expect(await ask(port, '/readyz')).toMatchObject({
      status: 200,
      body: 'ready\nThe last reload failed, so the last good site is served.\n',
    })
  })
})

describe('readiness', () => {
  it('is reported while the state can be stored', async () => {
    let isFull = true
    const { port } = await operate({
      wrap: (file) => ({
        write: (...words) => {
          if (isFull) throw Object.assign(new Error('full'), { code: 'ENOSPC', errno: -28, syscall: 'write' })
          return file.write(...words)
        },
        datasync: () => file.datasync(),
        truncate: (length) => file.truncate(length),
        close: () => file.close(),
      }),
    })
    expect(await ask(port, '/readyz')).toMatchObject({ status: 200, body: 'ready\n' })
    await post(port, '/api/v1/arm', JSON.stringify({ machines: 'all' }))
    expect(await ask(port, '/readyz')).toMatchObject({
      status: 503,
      body: 'not ready\nThe server cannot store its state: no machine can be armed and no installation starts.\n',
    })
    expect((await own(port))['hakube_state_writable']).toBe(0)
    expect((await ask(port, '/healthz')).status).toBe(200)
    isFull = false
    await post(port, '/api/v1/arm', JSON.stringify({ machines: 'all' }))
    expect((await ask(port, '/readyz')).status).toBe(200)
  })
})
