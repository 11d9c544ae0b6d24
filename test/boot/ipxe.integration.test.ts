import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { expect, it, onTestFinished } from 'vitest'
import { assetsToBoot } from '../../src/boot/booted-files.ts'
import { bootScripts, machineBootFiles } from '../../src/boot/index.ts'
import { ipxeMachineScript } from '../../src/boot/ipxe.ts'
import type { Cluster, Machine } from '../../src/cluster/cluster.ts'
import type { SiteFile } from '../../src/templates/site-file.ts'
import { factsOf } from '../../src/server/machine-facts.ts'
import { exampleCluster } from '../example.ts'
import { describeWith } from '../prerequisites.ts'

/*
 * Real iPXE, from the network cards of a virtual machine. QEMU's user network answers DHCP itself and takes 10.0.2.2 for this
 * machine's loopback, so that nothing needs root and nothing leaves this machine.
 */

/** What iPXE said of the machine. */
const queries = new Set<string>()

/** Serves the files on the loopback while `body` runs, and notes what was asked for. */
async function serving<Result>(
  filesFor: (address: string) => readonly SiteFile[],
  body: (
    address: string,
    requests: readonly string[],
    /** Takes files away whose path begins so; all of them are a server that is not there. */
    hide: (prefix: string | null) => void,
    files: () => readonly SiteFile[],
  ) => Promise<Result>,
): Promise<Result> {
  const requests: string[] = []
  queries.clear()
  let files: readonly SiteFile[] = []
  let hidden: string | null = null
  const server = createServer((request, response) => {
    if (hidden === '') {
      request.socket.destroy()
      return
    }
    const [path = '', query] = (request.url ?? '').split('?')
    const isHidden = hidden !== null && path.startsWith(`/${hidden}`)
    const file = isHidden ? undefined : files.find((file) => `/${file.path}` === path)
    requests.push(`${path} ${file ? 200 : 404}`)
    if (query !== undefined) queries.add(query)
    response.writeHead(file ? 200 : 404).end(file?.body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = `http://10.0.2.2:${(server.address() as AddressInfo).port}`
  files = filesFor(address)
  try {
    return await body(
      address,
      requests,
      (prefix) => (hidden = prefix),
      () => files,
    )
  } finally {
    server.closeAllConnections()
    server.close()
  }
}

/** Last words of a script before it boots from disk. */
const end = 'Booting from disk in 30 s, or on any key.'

/** Last words before it asks again. */
const again = 'Next try in 30 s; any key boots from disk.'

/** What the firmware says of the machine: also what means something in a URL. (iPXE leaves & as it is.) */
const smbios = [
  '-uuid',
  '12345678-9abc-4def-8123-456789abcdef',
  '-smbios',
  'type=1,manufacturer=Rack "Makers" Ltd.,product=X 1,serial=A#B? %C',
]

/** Boots a machine with these cards. Returns what hakube's scripts wrote to its screen, up to and with the text `until`. */
async function screen(
  script: string,
  macs: readonly string[],
  until: string,
  {
    tftp,
    shown,
  }: { tftp?: string; /** True: that is enough. */ shown?: (text: string) => boolean | void } = {},
): Promise<string[]> {
  const directory = tftp === undefined ? '' : `,tftp=${tftp}`
  const cards = macs.flatMap((mac, index) => [
    '-netdev',
    `user,id=n${index}${directory},bootfile=${script}`,
    '-device',
    `e1000,netdev=n${index},mac=${mac}${index === 0 ? ',bootindex=0' : ''}`,
  ])
  const machine = ['-machine', 'pc,accel=tcg,graphics=off', '-m', '256', '-nodefaults', '-display', 'none']
  const process = spawn('qemu-system-x86_64', [
    ...machine,
    '-serial',
    'stdio',
    '-no-reboot',
    ...smbios,
    ...cards,
  ])
  const stop = () => process.kill('SIGKILL')
  const limit = setTimeout(stop, 200_000)
  let text = ''
  for await (const chunk of process.stdout) {
    text += String(chunk)
    if (shown?.(text) === true || text.includes(until)) stop()
  }
  clearTimeout(limit)
  const whole = text.includes(until) ? text.slice(0, text.indexOf(until) + until.length) : text
  const lines = stripVTControlCharacters(whole).split(/[\r\n]+/)
  // iPXE wipes the prompt away with spaces and goes on in the same line.
  return lines
    .filter((line) => line.startsWith('hakube: '))
    .map((line) => line.replace(/ {2,}.*$/, '').trimEnd())
}

/** Scripts that do not wait. */
const quick = (files: SiteFile[]): SiteFile[] =>
  files.map((file) => ({
    ...file,
    body: Buffer.from(
      file.body
        .toString()
        .replaceAll('--timeout 30000', '--timeout 500')
        .replace('${tries} 20', '${tries} 3'),
    ),
  }))

const iPxeOnly = (cluster: Cluster, declared: readonly string[]): SiteFile[] => {
  const machine = machineOf(cluster)
  return machine.macs.map((mac) => ({
    path: `ipxe/${mac}`,
    secret: false,
    contentType: 'text/plain',
    body: Buffer.from(ipxeMachineScript(cluster, machine, mac, declared)),
  }))
}

/** What is below assets/: any image that iPXE knows may stand in for the kernel. */
const standIns = (cluster: Cluster): SiteFile[] =>
  assetsToBoot(cluster, cluster.machines[0]!).map(({ path }) => ({
    path: `assets/${path}`,
    secret: false,
    contentType: 'text/plain',
    body: Buffer.from('#!ipxe\n'),
  }))

/** Scripts that show what they would boot, with the command line of the kernel, instead of booting it. */
const showing = (files: SiteFile[]): SiteFile[] =>
  files.map((file) => ({
    ...file,
    body: Buffer.from(
      file.body.toString().replace('boot || goto failed\n', 'imgstat\necho hakube: that was all\n'),
    ),
  }))

/** What iPXE could take for something of its own. */
const hostile = [
  'ds=nocloud-net;s=http://10.10.10.5:8080/seed/52-54-00-aa-bb-01/',
  "a='b'",
  'a#b',
  'a=#b',
  'a=$b',
  'a=$',
  'a={b}',
  'a||b',
  'a&&b',
  'a=b\\',
  '---',
  '--name=x',
]

const at = (server: string): Cluster => ({ ...exampleCluster(), server })
const machineOf = (cluster: Cluster): Machine => ({
  ...cluster.machines[0]!,
  macs: ['52-54-00-aa-bb-01', '52-54-00-aa-cc-01'],
})

describeWith({ linux: true, programs: ['qemu-system-x86_64'] }, 'boot scripts in real iPXE', () => {
  it('tell an unknown machine what to do, and ask again', async () => {
    const [shown, requests] = await serving(
      (server) => bootScripts(at(server)),
      async (address, requests) => {
        const script = `${address}/boot.ipxe`
        const lines = await screen(script, ['52:54:00:00:00:01', '52:54:00:00:00:02'], again)
        return [lines.map((line) => line.replaceAll(address, 'SERVER')), requests]
      },
    )
    expect(shown).toMatchInlineSnapshot(`
      [
        "hakube: cluster sample, server SERVER",
        "hakube: this machine is not in the profile of cluster sample.",
        "hakube: The server knows none of its network interfaces:",
        "hakube: interface 0 has the MAC address 52:54:00:00:00:01",
        "hakube: interface 1 has the MAC address 52:54:00:00:00:02",
        "hakube: If it belongs to the cluster, add one of these addresses to",
        "hakube: "machines" in the profile, and reload the server (SIGHUP).",
        "hakube: Nothing was changed. Next try in 30 s; any key boots from disk.",
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
    expect([...queries].map((query) => factsOf(`/?${query}`))).toEqual([
      {
        macs: ['52-54-00-00-00-01', '52-54-00-00-00-02'],
        uuid: '12345678-9abc-4def-8123-456789abcdef',
        serial: 'A#B? %C',
        manufacturer: 'Rack "Makers" Ltd.',
        product: 'X 1',
        firmware: 'pcbios',
        architecture: expect.stringMatching(/^(i386|x86_64)$/),
      },
    ])
  })

  it('find a machine by its second card, and report a missing kernel', async () => {
    const [shown, requests] = await serving(
      (server) => [...bootScripts(at(server)), ...machineBootFiles(at(server), machineOf(at(server)), [])],
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
        "hakube: Its files must be in the server's assets directory:",
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

  it('pass the kernel arguments unchanged', async () => {
    const mac = '52:54:00:aa:bb:01'
    let seen = ''
    await serving(
      (server) => [
        ...bootScripts(at(server)),
        // Arguments with quotes, which no profile may have, are for iPXE alone: GRUB refuses them.
        ...showing(iPxeOnly(at(server), hostile)),
        ...standIns(at(server)),
      ],
      (address) =>
        screen(`${address}/boot.ipxe`, [mac], 'hakube: that was all', {
          shown: (text) => void (seen = text),
        }),
    )
    // The firmware breaks lines after 80 characters.
    const lines = stripVTControlCharacters(seen).replaceAll(/[\r\n]/g, '')
    const [, got = ''] = /vmlinuz : \d+ bytes \[script\] \[SELECTED\] "(.*)"initrd\.img : /.exec(lines) ?? []
    const words = got.split(' ')
    expect(words.slice(words.indexOf(hostile[0]!))).toEqual([...hostile, 'BOOTIF=01-52-54-00-aa-bb-01'])
    expect(words.slice(0, 2)).toEqual(['initrd=initrd.img', expect.stringMatching(/^inst\.ks=http:/)])
  })

  it('report that the server does not answer', async () => {
    // The script comes from elsewhere, as by TFTP; nothing listens on port 1.
    const shown = await serving(
      () => bootScripts(at('http://10.0.2.2:1')),
      (address) => screen(`${address}/boot.ipxe`, ['52:54:00:00:00:01'], again),
    )
    expect(shown).toMatchInlineSnapshot(`
      [
        "hakube: cluster sample, server http://10.0.2.2:1",
        "hakube: the server http://10.0.2.2:1 does not respond.",
        "hakube: This machine has the address 10.0.2.15. Check that "hakube serve"",
        "hakube: is running and that no firewall blocks it.",
        "hakube: Nothing was changed. Next try in 30 s; any key boots from disk.",
      ]
    `)
  })

  it('start a machine that was unknown when it was switched on, as soon as the profile has it', async () => {
    const mac = '52:54:00:aa:bb:01'
    const shown = await serving(
      (server) => [...bootScripts(at(server)), ...machineBootFiles(at(server), machineOf(at(server)), [])],
      async (address, _requests, hide) => {
        hide('ipxe/')
        return screen(`${address}/boot.ipxe`, [mac], 'this machine is sample-haproxy-001', {
          shown: (text) => {
            if (text.includes(again)) hide(null)
          },
        })
      },
    )
    expect(shown.map((line) => line.replace(/http:\S+/, 'SERVER'))).toMatchInlineSnapshot(`
      [
        "hakube: cluster sample, server SERVER",
        "hakube: this machine is not in the profile of cluster sample.",
        "hakube: The server knows none of its network interfaces:",
        "hakube: interface 0 has the MAC address 52:54:00:aa:bb:01",
        "hakube: If it belongs to the cluster, add one of these addresses to",
        "hakube: "machines" in the profile, and reload the server (SIGHUP).",
        "hakube: Nothing was changed. Next try in 30 s; any key boots from disk.",
        "hakube: cluster sample, server SERVER",
        "hakube: this machine is sample-haproxy-001",
      ]
    `)
  })

  it('wait beside the loaders for a server that comes later', async () => {
    const tftp = mkdtempSync(join(tmpdir(), 'hakube-tftp-'))
    onTestFinished(() => rmSync(tftp, { recursive: true, force: true }))
    const [shown, requests] = await serving(
      (server) => bootScripts(at(server)),
      async (_address, requests, hide, files) => {
        writeFileSync(
          join(tftp, 'hakube.ipxe'),
          files().find(({ path }) => path === 'hakube.ipxe')?.body ?? '',
        )
        // As a server that is not there: it ends each connection at once.
        hide('')
        const lines = await screen('hakube.ipxe', ['52:54:00:00:00:01'], 'is not in the profile', {
          tftp,
          shown: (text) => {
            if (text.includes('Next try')) hide(null)
          },
        })
        return [lines, requests]
      },
    )
    expect(shown.map((line) => line.replace(/http:\S+/, 'SERVER'))).toMatchInlineSnapshot(`
      [
        "hakube: cluster sample: the server SERVER does not respond yet.",
        "hakube: This machine has the address 10.0.2.15",
        "hakube: and the MAC address 52:54:00:00:00:01",
        "hakube: Next try in 30 s; any key boots from disk.",
        "hakube: cluster sample, server SERVER",
        "hakube: this machine is not in the profile",
      ]
    `)
    expect(requests[0]).toBe('/boot.ipxe 200')
  })

  it('keep asking the server if there is no disk to boot from', async () => {
    let disks = 0
    const shown = await serving(
      (server) => quick(bootScripts(at(server))),
      (address) =>
        screen(`${address}/boot.ipxe`, ['52:54:00:00:00:01'], 'never shown', {
          shown: (text) => {
            disks = text.split('this machine has no bootable disk').length - 1
            return disks >= 2
          },
        }),
    )
    expect(shown.filter((line) => line.includes('no bootable disk')).length).toBeGreaterThanOrEqual(2)
    expect(shown.filter((line) => line.includes('Next try')).length).toBeGreaterThanOrEqual(4)
  })
})
