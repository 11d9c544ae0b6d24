import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeWith } from '../prerequisites.ts'
import { readByAll, rightNetworks } from './network-readers.ts'

let directory = ''
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'hakube-networks-'))
})
afterAll(() => {
  rmSync(directory, { recursive: true })
})

const seed = Number(process.env['HAKUBE_SEED'] ?? 2)

describeWith({ programs: ['netplan', 'cloud-init', 'nmcli'] }, 'hundreds of random networks', () => {
  it(`are read by netplan, cloud-init and NetworkManager if check accepts them (HAKUBE_SEED=${seed})`, () => {
    const networks = rightNetworks(5000, seed)
    expect(networks.length).toBeGreaterThan(50)
    for (const network of networks.slice(0, 200)) {
      try {
        readByAll(directory, network)
      } catch (cause) {
        throw new Error(JSON.stringify(network), { cause })
      }
    }
  })
})
