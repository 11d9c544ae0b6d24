import { spawn } from 'node:child_process'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { stripVTControlCharacters } from 'node:util'
import { expect, it } from 'vitest'
import { bootScript, machineBootFiles } from '../../src/boot/index.ts'
import type { Cluster, Machine } from '../../src/cluster/cluster.ts'
import type { SiteFile } from '../../src/templates/site-file.ts'
import { exampleCluster } from '../example.ts'
import { describeWith } from '../prerequisites.ts'

/*
 * Real iPXE, from the network cards of a virtual machine. QEMU's user network answers DHCP itself and takes 10.0.2.2 for this
 * machine's loopback, so that nothing needs root and nothing leaves this machine.
 */

/** Serves the files on the loopback while `body` runs, and notes what was asked for. */
async function serving<Result>(
  filesFor: (address: string) => readonly SiteFile[],
  body: (address: string, requests: readonly string[]) => Promise<Result>,
): Promise<Result> {
  const requests: string[] = []
  let files: readonly SiteFile[] = []
  const server = createServer((request, response) => {
    const file = files.find(({ path }) => `/${path}` === request.url)
    requests.push(`${request.url} ${file ? 200 : 404}`)
    response.writeHead(file ? 200 : 404).end(file?.body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = `http://10.0.2.2:${(server.address() as AddressInfo).port}`
  files = filesFor(address)
  try {
    return await body(address, requests)
  } finally {
    server.closeAllConnections()
    server.close()
  }
}

/** Last words of a script before it boots from disk. */
const end = 'Booting from disk in 30 s, or on any key.'

/** Boots a machine with these cards. Returns what hakube's scripts wrote to its screen, up to and with the text `until`. */
async function screen(script: string, macs: readonly string[], until: string): Promise<string[]> {
  const cards = macs.flatMap((mac, index) => [
    '-netdev',
    `user,id=n${index},bootfile=${script}`,
    '-device',
    `e1000,netdev=n${index},mac=${mac}${index === 0 ? ',bootindex=0' : ''}`,
  ])
  const machine = ['-machine', 'pc,accel=tcg,graphics=off', '-m', '256', '-nodefaults', '-display', 'none']
  const process = spawn('qemu-system-x86_64', [...machine, '-serial', 'stdio', '-no-reboot', ...cards])
  const stop = () => process.kill('SIGKILL')
  const limit = setTimeout(stop, 100_000)
  let text = ''
  for await (const chunk of process.stdout) {
    text += String(chunk)
    if (text.includes(until)) stop()
  }
  clearTimeout(limit)
  const lines = stripVTControlCharacters(text).split(/[\r\n]+/)
  // iPXE wipes the prompt away with spaces and goes on in the same line.
  return lines
    .filter((line) => line.startsWith('hakube: '))
    .map((line) => line.replace(/ {2,}.*$/, '').trimEnd())
}

const at = (server: string): Cluster => ({ ...exampleCluster(), server })
const machineOf = (cluster: Cluster): Machine => ({
  ...cluster.machines[0]!,
  macs: ['52-54-00-aa-bb-01', '52-54-00-aa-cc-01'],
})

describeWith({ linux: true, programs: ['qemu-system-x86_64'] }, 'boot scripts in real iPXE', () => {
  it('tell an unknown machine what to do, and boot it from disk', async () => {
    const [shown, requests] = await serving(
      (server) => [bootScript(at(server))],
      async (address, requests) => {
        const script = `${address}/boot.ipxe`
        const lines = await screen(script, ['52:54:00:00:00:01', '52:54:00:00:00:02'], end)
        return [lines.map((line) => line.replaceAll(address, 'SERVER')), requests]
      },
    )
    expect(shown).toMatchInlineSnapshot(`
      [
        "hakube: cluster sample, server SERVER",
        "hakube: this machine is not in the profile of cluster sample.",
        "hakube: The server knows none of its network cards:",
        "hakube: card 0 has the MAC address 52:54:00:00:00:01",
        "hakube: card 1 has the MAC address 52:54:00:00:00:02",
        "hakube: If it belongs to the cluster, write one of these addresses into",
        "hakube: "machines" of the profile, render it, and start this machine again.",
        "hakube: Nothing was changed. Booting from disk in 30 s, or on any key.",
      ]
    `)
    expect(requests).toMatchInlineSnapshot(`
      [
        "/boot.ipxe 200",
        "/boot.ipxe 200",
        "/ipxe/52-54-00-00-00-01 404",
        "/ipxe/52-54-00-00-00-01 404",
        "/ipxe/52-54-00-00-00-02 404",
      ]
    `)
  })

  it('find a machine by its second card, and say when its kernel is missing', async () => {
    const [shown, requests] = await serving(
      (server) => [bootScript(at(server)), ...machineBootFiles(at(server), machineOf(at(server)), [])],
      async (address, requests) => {
        const script = `${address}/boot.ipxe`
        const lines = await screen(script, ['52:54:00:00:00:01', '52:54:00:aa:cc:01'], end)
        return [lines.map((line) => line.replaceAll(address, 'SERVER')), requests]
      },
    )
    expect(shown).toMatchInlineSnapshot(`
      [
        "hakube: cluster sample, server SERVER",
        "hakube: this machine is sample-haproxy-001, load-balancer, 10.10.10.11",
        "hakube: installs Rocky Linux 9 and ERASES the disk /dev/sda",
        "hakube: press any key within 5 s to boot from disk instead                                                          SERVER/assets/rocky-9-amd64/vmlinuz... No such file or directory",
        "hakube: Rocky Linux 9 could not be loaded or started.",
        "hakube: Its files must be in the folder of the server's assets:",
        "hakube: Nothing was changed. Booting from disk in 30 s, or on any key.",
      ]
    `)
    expect(requests).toMatchInlineSnapshot(`
      [
        "/boot.ipxe 200",
        "/boot.ipxe 200",
        "/ipxe/52-54-00-00-00-01 404",
        "/ipxe/52-54-00-00-00-01 404",
        "/ipxe/52-54-00-aa-cc-01 200",
        "/assets/rocky-9-amd64/vmlinuz 404",
      ]
    `)
  })

  it('say when the server does not answer', async () => {
    // The script comes from elsewhere, as by TFTP; nothing listens on port 1.
    const shown = await serving(
      () => [bootScript(at('http://10.0.2.2:1'))],
      (address) => screen(`${address}/boot.ipxe`, ['52:54:00:00:00:01'], end),
    )
    expect(shown).toMatchInlineSnapshot(`
      [
        "hakube: cluster sample, server http://10.0.2.2:1",
        "hakube: the server http://10.0.2.2:1 does not answer.",
        "hakube: This machine has the address 10.0.2.15. Look whether "hakube serve"",
        "hakube: runs and no firewall is in between, then start this machine again.",
        "hakube: Nothing was changed. Booting from disk in 30 s, or on any key.",
      ]
    `)
  })
})
