import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { expect, it, onTestFinished } from 'vitest'
import { ipxeLocalDisk } from '../../src/boot/local-disk.ts'
import { prepareSite } from '../../src/server/served-site.ts'
import { siteFiles } from '../../src/site/build.ts'
import { machinesByMac } from '../../src/site/manifest.ts'
import { exampleCluster } from '../example.ts'
import { describeWith } from '../prerequisites.ts'
import { operate, post } from '../server/operated.ts'
import { ask } from '../server/serve.ts'
import { bootableDisk, onDisk } from '../support/bootable-disk.ts'

/*
 * A machine that asks the network first at each boot, as most do: real iPXE from its network interface, the real server, and a disk
 * whose boot sector says so on the serial line. QEMU's user network takes 10.0.2.2 for the loopback of this machine.
 */

/** Switches the machine on, from the network first. What hakube said on its screen, until one of the texts. */
async function powerOn(
  script: string,
  mac: string,
  disk: string,
  until: readonly string[],
): Promise<string[]> {
  const machine = ['-machine', 'pc,accel=tcg,graphics=off', '-m', '256', '-nodefaults', '-display', 'none']
  const network = ['-netdev', `user,id=n0,bootfile=${script}`]
  const card = ['-device', `e1000,netdev=n0,mac=${mac},bootindex=0`]
  const drive = ['-drive', `file=${disk},format=raw,if=ide`]
  const words = [...machine, ...network, ...card, ...drive, '-serial', 'stdio', '-no-reboot']
  const child = spawn('qemu-system-x86_64', words)
  const limit = setTimeout(() => child.kill('SIGKILL'), 200_000)
  let text = ''
  for await (const chunk of child.stdout) {
    text += String(chunk)
    if (until.some((words) => text.includes(words))) child.kill('SIGKILL')
  }
  clearTimeout(limit)
  return stripVTControlCharacters(text)
    .split(/[\r\n]+/)
    .filter((line) => line.startsWith('hakube: '))
    .map((line) => line.replace(/ {2,}.*$/, '').trimEnd())
}

/** Without what the script for all machines says. */
const own = (lines: readonly string[]): string[] =>
  lines.filter((shown) => !shown.startsWith('hakube: cluster '))

describeWith(
  { linux: true, programs: ['qemu-system-x86_64'] },
  'a machine that always boots from the network',
  () => {
    it('is installed once for each arming, and starts its disk at all other times', async () => {
      const { port, server, clock } = await operate()
      const base = exampleCluster()
      const [first] = base.machines
      if (!first) throw new Error('the example has a machine')
      const cluster = { ...base, server: `http://10.0.2.2:${port}` }
      server.replaceSite(prepareSite(machinesByMac(cluster.machines), siteFiles(cluster)))
      const directory = mkdtempSync(join(tmpdir(), 'hakube-disk-'))
      onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
      const disk = join(directory, 'disk')
      writeFileSync(disk, bootableDisk())
      const boot = (...until: string[]) =>
        powerOn(`${cluster.server}/boot.ipxe`, first.macs[0].replaceAll('-', ':'), disk, until)
      const { name } = first
      const fromDisk = (why: string): string[] => [
        `hakube: ${name} boots from its disk:`,
        `hakube: ${why}.`,
        'hakube: Nothing was changed. To install it:',
        `hakube: hakube arm PROFILE ${name}`,
        onDisk,
      ]

      expect(own(await boot(onDisk))).toEqual(fromDisk('it is not armed'))
      await post(port, '/api/v1/arm', JSON.stringify({ machines: [name] }))
      // There is no kernel: this is as far as it comes.
      expect(await boot('ERASES the disk')).toContainEqual(expect.stringContaining('ERASES the disk'))
      expect((await ask(port, `/kickstart/${first.macs[0]}.ks`)).status).toBe(200)
      clock.pass(30)
      expect(own(await boot(onDisk))).toEqual(fromDisk('its installation has already begun'))
    })

    it('asks the server again if no disk boots, so that it need not be switched off to be armed', () => {
      expect(ipxeLocalDisk('worker-1', 'it is not armed')).toContain(
        'prompt --timeout 30000 ||\nisset ${base} && chain --autofree --replace ${base}/boot.ipxe ||\n',
      )
    })
  },
)
