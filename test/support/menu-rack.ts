import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { onTestFinished } from 'vitest'
import type { BootMenu } from '../../src/cluster/cluster.ts'
import { prepareSite } from '../../src/server/served-site.ts'
import { siteFiles } from '../../src/site/build.ts'
import { machinesByMac } from '../../src/site/manifest.ts'
import { exampleCluster } from '../example.ts'
import { operate, post } from '../server/operated.ts'
import { bootableDisk } from './bootable-disk.ts'

/*
 * The boot menu in real iPXE on a serial console, with the real server and simulated key presses. In QEMU's user network, 10.0.2.2 is
 * the loopback of this machine.
 */

/** What to type when a text appears on the screen; each once, in this order. */
type Typed = readonly (readonly [shown: string, keys: string])[]

/** Switches the machine on, from the network first. @returns what was on its screen, until one of the texts */
async function powerOn(
  script: string,
  mac: string,
  disk: string,
  typed: Typed,
  until: readonly string[],
  memory: number,
): Promise<string> {
  const child = spawn('qemu-system-x86_64', [
    '-machine',
    'pc,accel=tcg,graphics=off',
    '-cpu',
    'max',
    '-m',
    String(memory),
    '-nodefaults',
    '-display',
    'none',
    '-netdev',
    `user,id=n0,bootfile=${script}`,
    '-device',
    `e1000,netdev=n0,mac=${mac},bootindex=0`,
    '-smbios',
    'type=1,manufacturer=Rack "Makers" Ltd.,product=X 1,serial=A#B? %C',
    '-uuid',
    '12345678-9abc-4def-8123-456789abcdef',
    '-drive',
    `file=${disk},format=raw,if=ide`,
    '-serial',
    'stdio',
    '-no-reboot',
  ])
  const limit = setTimeout(() => child.kill('SIGKILL'), 400_000)
  let [text, from] = ['', 0]
  const left = [...typed]
  for await (const chunk of child.stdout) {
    text += stripVTControlCharacters(String(chunk))
    const next = left[0]
    if (next && text.includes(next[0], from)) {
      from = text.length
      child.stdin.write(next[1])
      left.shift()
    }
    if (left.length === 0 && until.some((words) => text.includes(words, from))) child.kill('SIGKILL')
  }
  clearTimeout(limit)
  return text
}

export const key = 'press any key within 5 s for a menu'
export const opened = 'Send a hardware report'
export const loading = 'could not be loaded or started'

/** A machine of the example with a disk that starts, on a network with the server. @param assets what is below assets/ */
export async function menuRack(
  changes: Partial<BootMenu> = {},
  { assets, memory = 256 }: { assets?: string; memory?: number } = {},
) {
  const { port, server, clock, keeper } = await operate(
    undefined,
    undefined,
    undefined,
    assets === undefined ? {} : { assets },
  )
  const base = exampleCluster()
  const [first] = base.machines.map((machine) => ({
    ...machine,
    firmware: 'bios' as const,
    console: 'ttyS0,115200',
  }))
  if (!first) throw new Error('the example has a machine')
  const bootMenu = { timeout: 5, rescue: true, memoryTest: { bios: null, uefi: null }, ...changes }
  const cluster = { ...base, server: `http://10.0.2.2:${port}`, bootMenu, machines: [first] }
  server.replaceSite(prepareSite(machinesByMac(cluster.machines), siteFiles(cluster)))
  const directory = mkdtempSync(join(tmpdir(), 'hakube-menu-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  const disk = join(directory, 'disk')
  writeFileSync(disk, bootableDisk())
  const { macs, name } = first
  const [mac] = macs
  return {
    mac,
    name,
    keeper,
    arm: () => post(port, '/api/v1/arm', JSON.stringify({ machines: [name] })),
    /** The requests of the machine. */
    asked: () =>
      keeper
        .history(mac)
        .flatMap((event) => (event.type === 'fetched' ? [`${event.what} ${event.status}`] : [])),
    boot: (typed: Typed, ...until: string[]) => {
      clock.pass(30)
      return powerOn(`${cluster.server}/boot.ipxe`, mac.replaceAll('-', ':'), disk, typed, until, memory)
    },
  }
}
