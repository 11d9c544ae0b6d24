import { describe, expect, it } from 'vitest'
import { hardwareText } from '../../src/commands/status/action.ts'
import type { Machine } from '../../src/commands/running-server.ts'

const machine = (name: string, hardware: Machine['hardware']): Machine => ({
  mac: '52-54-00-aa-bb-01',
  name,
  role: 'worker',
  address: '10.10.10.11',
  state: 'idle',
  failed: null,
  output: null,
  since: null,
  until: null,
  lastHeard: null,
  commit: null,
  hardware,
  awaited: 'nothing',
})
const rack = (...machines: Machine[]) => ({
  time: '2026-11-21T12:00:00.000Z',
  machines,
  unknown: [],
  followed: null,
})

describe('hakube status --hardware', () => {
  it('shows what machines reported, or that none did', () => {
    const time = '2026-11-21T11:00:00.000Z'
    const facts = {
      macs: ['52-54-00-aa-bb-01', '52-54-00-aa-bb-02'],
      manufacturer: 'Dell Inc.',
      product: 'PowerEdge R650',
      serial: 'ABC123',
      firmware: 'efi',
      architecture: 'x86_64',
      processor: 'Intel(R) Xeon(R) Gold 5318Y CPU @ 2.10GHz',
      memory: 262_144,
    }
    const from = '10.10.10.11'
    expect(
      hardwareText(
        rack(
          machine('worker-1', { time, from, facts }),
          machine('worker-2', null),
          machine('worker-3', { time, from, facts: {} }),
        ),
      ),
    ).toMatchInlineSnapshot(`
      "worker-1: 2026-11-21T11:00:00.000Z from 10.10.10.11
        Dell Inc., PowerEdge R650, serial ABC123, efi, x86_64, Intel(R) Xeon(R) Gold 5318Y CPU @ 2.10GHz, 262144 MiB of memory
        network interfaces: 52:54:00:aa:bb:01, 52:54:00:aa:bb:02
      worker-3: 2026-11-21T11:00:00.000Z from 10.10.10.11
        nothing else reported
        network interfaces: none reported
      "
    `)
    expect(hardwareText(rack(machine('worker-2', null)))).toBe(
      'no machine has sent a hardware report from its boot menu\n',
    )
  })
})
