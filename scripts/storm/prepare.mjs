// The directory that a storm needs: assets, a profile and the bundle of its secrets.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Small ones: how long large ones take depends on the network (docs/operations.md). */
export function writeAssets(directory) {
  const assets = join(directory, 'assets/rocky-9-amd64')
  mkdirSync(assets, { recursive: true })
  mkdirSync(join(directory, 'secrets'))
  writeFileSync(join(assets, 'vmlinuz'), Buffer.alloc(64 * 1024, 1))
  writeFileSync(join(assets, 'initrd.img'), Buffer.alloc(256 * 1024, 2))
}

/** The machines of a profile of profileOf (bench/profile.mjs), each with a neighbour. */
export function machinesOf(profile) {
  const all = [...profile.matchAll(/name: ([^,\n]+),.* mac: "([^"]+)", address: ([\d.]+)/g)]
  return all.map(([, name, mac, address], index) => ({
    name,
    mac: mac.replaceAll(':', '-'),
    address,
    neighbour: all[(index + 1) % all.length][2].replaceAll(':', '-'),
  }))
}
