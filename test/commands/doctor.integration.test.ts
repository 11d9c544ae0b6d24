import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { exampleFile } from '../example.ts'
import { describeWith } from '../prerequisites.ts'
import { openNetwork, type NamespacedMachine, type Network } from '../support/namespaces.ts'
import { dhcpWords } from '../support/dhcp-client.ts'
import { until } from '../support/processes.ts'
import { hakube, program } from './hakube.ts'

/** DHCP is spoken only where there is no card but the test's own. */
const onlyInside = ['bash', '-c', '[ "$(ls /sys/class/net | tr "\\n" " ")" = "eth0 lo " ] && exec "$@"', '-']

const directory = mkdtempSync(join(tmpdir(), 'hakube-doctor-'))
const profile = join(directory, 'profile.yaml')
const tftp = join(directory, 'tftp')
const assets = join(directory, 'assets')
let network: Network | null = null
let server: NamespacedMachine
let other: NamespacedMachine
let host: NamespacedMachine

const files = (root: string, texts: Readonly<Record<string, string>>): void => {
  for (const [path, text] of Object.entries(texts)) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
}

/** Starts a DHCP and TFTP server with a configuration; what is returned ends it. */
async function dnsmasq(machine: NamespacedMachine, configuration: string): Promise<() => Promise<void>> {
  await machine.put('/etc/dnsmasq-test.conf', configuration.replace('/srv/tftp', tftp))
  const running = machine.start([
    ...onlyInside,
    'dnsmasq',
    '--keep-in-foreground',
    '--conf-file=/etc/dnsmasq-test.conf',
    '--interface=eth0',
    '--leasefile-ro',
    '--pid-file=',
    '--log-facility=-',
    '--user=root',
  ])
  await until('dnsmasq runs', 120, () => (/started/.test(running.output()) ? true : null), running.output)
  return async () => {
    const ended = new Promise((resolve) => running.once('close', resolve))
    await machine.ask(['pkill', '-x', 'dnsmasq'])
    await ended
  }
}

/** `hakube serve`, on the server. */
async function serve(): Promise<() => Promise<void>> {
  const state = mkdtempSync(join(directory, 'state-'))
  const words = ['serve', profile, '--ephemeral-secrets', '--listen', '10.10.10.1:8080', '--state', state]
  const running = server.start([process.execPath, program, ...words, '--assets', assets])
  await until('the server', 120, () => (/hakube serves/.test(running.output()) ? true : null), running.output)
  return async () => {
    const ended = new Promise((resolve) => running.once('close', resolve))
    await server.ask(['pkill', '-TERM', '-f', '--', '--state'])
    await ended
  }
}

const doctor = (machine = host, ...words: string[]) =>
  machine.run([...onlyInside, process.execPath, program, 'doctor', profile, '--wait', '2s', ...words])

let good = ''
let assetNames: string[] = []

beforeAll(async () => {
  const text = readFileSync(exampleFile('rack-test'), 'utf8')
    // One of each firmware.
    .replace('    address: 10.10.10.16\n', '    address: 10.10.10.16\n    firmware: uefi\n')
  writeFileSync(profile, text)
  for (const file of ['undionly.kpxe', 'ipxe.efi']) {
    mkdirSync(tftp, { recursive: true })
    copyFileSync(join('/usr/lib/ipxe', file), join(tftp, file))
  }
  const site = join(directory, 'site')
  hakube(['render', profile, '--out', site, '--ephemeral-secrets'])
  for (const file of ['hakube.ipxe', 'autoexec.ipxe']) copyFileSync(join(site, file), join(tftp, file))
  const { stdout } = hakube(['assets', profile, '--dir', assets, '--dry-run'])
  assetNames = stdout.split('\n').flatMap((line) => line.split('  ')[0] || [])
  files(assets, Object.fromEntries(assetNames.map((name) => [name, 'a file\n'])))
  copyFileSync('/usr/lib/ipxe/ipxe.efi', join(assets, 'ipxe.efi'))
  for (const root of [directory, tftp]) chmodSync(root, 0o755)
  good = hakube(['dhcp', profile]).stdout
  network = await openNetwork()
  server = await network.machine('server')
  await server.connect({ name: 'eth0', addresses: ['10.10.10.1/24'] })
  other = await network.machine('other')
  await other.connect({ name: 'eth0', addresses: ['10.10.10.2/24'] })
  host = await network.machine('host')
  await host.connect({ name: 'eth0', addresses: ['10.10.10.9/24'] })
})
afterAll(async () => {
  await network?.close()
  rmSync(directory, { recursive: true, force: true })
})

/** chronyd that leaves the clock of this machine alone. */
async function timeServer(): Promise<() => Promise<void>> {
  await server.put('/etc/chrony-test.conf', 'local stratum 5\nallow 10.10.10.0/24\ncmdport 0\n')
  const running = server.start([
    ...onlyInside,
    'chronyd',
    '-x',
    '-d',
    '-u',
    'root',
    '-f',
    '/etc/chrony-test.conf',
  ])
  await until('chronyd runs', 120, () => (/starting/.test(running.output()) ? true : null), running.output)
  return async () => {
    const ended = new Promise((resolve) => running.once('close', resolve))
    await server.ask(['pkill', '-x', 'chronyd'])
    await ended
  }
}

/** Code and message of each. */
const summaries = (json: string): string[] =>
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  (JSON.parse(json.replaceAll(directory, 'DIR')) as { code: string; message: string }[]).map(
    ({ code, message }) => `${code}: ${message}`,
  )

/** Without what dnsmasq says about boot files. */
const withoutBoot = (text: string): string => text.replaceAll(/^dhcp-(boot|option-force)=.*\n/gm, '')

describeWith(
  { root: true, linux: true, programs: ['chronyd', 'dnsmasq', 'ip', 'pgrep', 'python3', 'busybox'] },
  'hakube doctor',
  () => {
    it('reports that nothing answers, and what is missing', async () => {
      expect(await doctor()).toMatchInlineSnapshot(`
        {
          "status": 1,
          "stderr": "hakube: 2 errors and 1 warning
        ",
          "stdout": "error[doctor/no-offer]: no DHCP server answers any machine in 10.10.10.0/24
          hint: start one, or look for what is between it and this host: VLANs, a switch that blocks DHCP, a firewall; hakube dhcp PROFILE prints the configuration

        error[doctor/no-server]: http://10.10.10.1:8080 does not serve boot.ipxe: connection refused (ECONNREFUSED)
          hint: start hakube serve with the address that server of the profile names, and allow it in the firewall

        warning[doctor/time-server]: the time server 10.10.10.1 does not answer this host
          hint: machines wait for the time at their first boot: set network.timeServers to servers that they can reach
        ",
        }
      `)
    })

    it('refuses to run in a network without machines', async () => {
      expect(await doctor(host, '--interface', 'lo')).toMatchInlineSnapshot(`
        {
          "status": 1,
          "stderr": "error[doctor/not-in-network]: the network interface lo of this host has no address in 10.10.10.0/24, the network of the machines
          hint: run hakube doctor on the server, or on another host in that network
        ",
          "stdout": "",
        }
      `)
    })

    describe('when everything runs', () => {
      const ends: (() => Promise<void>)[] = []
      const run = async (machine: NamespacedMachine, configuration: string): Promise<void> => {
        ends.push(await dnsmasq(machine, configuration))
      }
      const always: (() => Promise<void>)[] = []
      beforeAll(async () => {
        always.push(await serve(), await timeServer())
      })
      afterEach(async () => {
        for (const end of ends.splice(0)) await end()
      })
      afterAll(async () => {
        for (const end of always) await end()
      })

      /** What is said of a network in which each machine finds all it needs. */
      const nothingWrong = {
        status: 0,
        stderr: 'hakube: nothing is wrong\n',
        stdout: `ok: DHCP: 3 machines would get the addresses of the profile
ok: balancer (52:54:00:00:00:11) as BIOS: loads tftp://10.10.10.1/undionly.kpxe
ok: worker (52:54:00:00:00:16) as UEFI (x86-64): loads tftp://10.10.10.1/ipxe.efi
ok: worker (52:54:00:00:00:16) as UEFI HTTP boot (x86-64): loads http://10.10.10.1:8080/assets/ipxe.efi
ok: balancer (52:54:00:00:00:11) as iPXE on BIOS: finds tftp://10.10.10.1/hakube.ipxe
ok: worker (52:54:00:00:00:16) as iPXE on UEFI (x86-64): finds tftp://10.10.10.1/hakube.ipxe
ok: http://10.10.10.1:8080 knows 3 machines and has 3 files that they fetch
ok: 10.10.10.1 has the time
`,
      }

      it('finds nothing wrong, and reports what machines would load', async () => {
        await run(server, good)
        expect(await doctor()).toEqual(nothingWrong)
      })

      it('finds nothing wrong with a proxy beside a server that assigns addresses', async () => {
        await run(server, withoutBoot(good))
        await run(other, hakube(['dhcp', profile, '--format', 'dnsmasq-proxy']).stdout)
        expect(await doctor()).toEqual(nothingWrong)
      })

      it('finds a second server, with other addresses and another router', async () => {
        await run(server, good)
        await run(
          other,
          good
            .replace('10.10.10.11,', '10.10.10.99,')
            .replace('option:router,10.10.10.1', 'option:router,10.10.10.254'),
        )
        expect(await doctor()).toMatchInlineSnapshot(`
          {
            "status": 1,
            "stderr": "hakube: 2 errors and 1 warning
          ",
            "stdout": "ok: balancer (52:54:00:00:00:11) as BIOS: loads tftp://10.10.10.1/undionly.kpxe
          ok: worker (52:54:00:00:00:16) as UEFI (x86-64): loads tftp://10.10.10.1/ipxe.efi
          ok: worker (52:54:00:00:00:16) as UEFI HTTP boot (x86-64): loads http://10.10.10.1:8080/assets/ipxe.efi
          ok: balancer (52:54:00:00:00:11) as iPXE on BIOS: finds tftp://10.10.10.1/hakube.ipxe
          ok: worker (52:54:00:00:00:16) as iPXE on UEFI (x86-64): finds tftp://10.10.10.1/hakube.ipxe
          ok: http://10.10.10.1:8080 knows 3 machines and has 3 files that they fetch
          ok: 10.10.10.1 has the time
          error[doctor/several-servers]: balancer, control-plane, worker: several DHCP servers offer addresses: 10.10.10.1, 10.10.10.2; the machine takes whichever is first
            hint: stop all but one, or keep the others from answering these machines

          error[doctor/other-address]: balancer: 10.10.10.2 offers 10.10.10.99, the profile says 10.10.10.11
            hint: reserve 10.10.10.11 for 52:54:00:00:00:11; hakube dhcp PROFILE prints the configuration

          warning[doctor/other-network]: balancer, control-plane, worker: 10.10.10.2 gives the router 10.10.10.254, the profile says 10.10.10.1
            hint: correct the DHCP server, or network.gateway of the profile; hakube dhcp PROFILE prints the configuration
          ",
          }
        `)
      })

      describe('while machines are switched on', () => {
        let client: NamespacedMachine
        beforeAll(async () => {
          if (!network) throw new Error('no network')
          client = await network.machine('client')
          await client.connect({ name: 'eth0', addresses: [] })
          await client.ask(['ip', 'link', 'set', 'eth0', 'address', '52:54:00:00:00:11'])
        })

        /** Has a machine of the profile ask in the network, and doctor listen to it. */
        async function listening(program: string, words: readonly string[]) {
          const asking = client.start([program, ...words])
          const ended = new Promise((resolve) => asking.once('close', resolve))
          const { stdout } = await doctor(host, '--listen', '10s')
          await client.ask(['pkill', '-KILL', '-x', program])
          await ended
          return stdout.split('\n').filter((line) => /: heard|doctor\/no-request/.test(line))
        }
        const [python = '', ...firmware] = dhcpWords({
          mac: '52:54:00:00:00:11',
          architecture: 0,
          all: true,
          seconds: 600,
        })

        it('finds one that ignores proxies', async () => {
          await run(server, withoutBoot(good))
          await run(other, hakube(['dhcp', profile, '--format', 'dnsmasq-proxy']).stdout)
          expect(await listening(python, firmware)).toEqual([
            'ok: heard 1 DHCP client, of the profile: balancer',
            'error[doctor/no-request]: balancer: it got offers (from 10.10.10.1, 10.10.10.2) and requests none',
          ])
        })

        it('finds one that accepts no offer of the server', async () => {
          await run(server, good)
          expect(await listening(python, firmware)).toEqual([
            'ok: heard 1 DHCP client, of the profile: balancer',
            'error[doctor/no-request]: balancer: it got offers (from 10.10.10.1) and requests none',
          ])
        })

        it('finds nothing wrong with one that accepts an address', async () => {
          await run(server, good)
          // It asks for an address again and again.
          const ask =
            'while :; do busybox udhcpc -i eth0 -f -q -n -s /bin/true -V PXEClient:Arch:00000 -B; sleep 1; done'
          expect(await listening('bash', ['-c', ask])).toEqual([
            'ok: heard 1 DHCP client, of the profile: balancer',
          ])
        })
      })

      it('finds a proxy that offers nothing', async () => {
        await run(server, good)
        await run(
          other,
          'port=0\ndhcp-range=10.10.10.0,proxy,255.255.255.0\npxe-service=x86PC,"other",0\npxe-service=X86-64_EFI,"other",0\n',
        )
        const { stdout } = await doctor()
        expect(stdout.split('\n').filter((line) => line.includes('doctor/'))).toEqual([
          'warning[doctor/empty-offer]: balancer, control-plane, worker: 10.10.10.2 offers neither an address nor a boot file',
        ])
      })

      it('finds offers without a boot file, and a machine that the server does not know', async () => {
        await run(server, withoutBoot(good).replace(/^dhcp-host=.*worker\n/m, ''))
        expect(await doctor()).toMatchInlineSnapshot(`
          {
            "status": 1,
            "stderr": "hakube: 2 errors
          ",
            "stdout": "ok: http://10.10.10.1:8080 knows 3 machines and has 3 files that they fetch
          ok: 10.10.10.1 has the time
          error[doctor/no-boot-file]: balancer, control-plane: offers name no boot file for BIOS (from 10.10.10.1)
            hint: let the DHCP server name the loader for architecture 0 (option 93), or add a proxy; hakube dhcp PROFILE prints the configuration

          error[doctor/no-offer]: worker: no DHCP server offers an address
            hint: start one in 10.10.10.0/24 that knows the MAC address of the machine; hakube dhcp PROFILE prints the configuration
          ",
          }
        `)
      })

      it('finds a proxy without a server that assigns addresses', async () => {
        await run(other, hakube(['dhcp', profile, '--format', 'dnsmasq-proxy']).stdout)
        expect(await doctor()).toMatchInlineSnapshot(`
          {
            "status": 1,
            "stderr": "hakube: 2 errors
          ",
            "stdout": "ok: worker (52:54:00:00:00:16) as UEFI HTTP boot (x86-64): loads http://10.10.10.1:8080/assets/ipxe.efi
          ok: http://10.10.10.1:8080 knows 3 machines and has 3 files that they fetch
          ok: 10.10.10.1 has the time
          error[doctor/no-address]: balancer, control-plane, worker: only a proxy answers (10.10.10.2), which gives no addresses
            hint: enter the machine in the DHCP server that gives addresses; hakube dhcp PROFILE --format table lists all

          error[doctor/not-loaded]: no TFTP server answers at 10.10.10.1, where DHCP sends machines
            hint: start it there, or correct the address in the DHCP server (next-server)
          ",
          }
        `)
      })

      it('finds a wrong next-server, a loader for BIOS on UEFI, and HTTP boot that the firmware ignores', async () => {
        await run(
          server,
          good
            .replace(/undionly.kpxe,,10.10.10.1$/m, 'undionly.kpxe,,10.10.10.77')
            .replace('tag:x64,ipxe.efi', 'tag:x64,undionly.kpxe')
            .replace(/^dhcp-option-force=.*\n/m, ''),
        )
        expect(await doctor()).toMatchInlineSnapshot(`
          {
            "status": 1,
            "stderr": "hakube: 3 errors
          ",
            "stdout": "ok: DHCP: 3 machines would get the addresses of the profile
          ok: worker (52:54:00:00:00:16) as UEFI HTTP boot (x86-64): loads http://10.10.10.1:8080/assets/ipxe.efi
          ok: balancer (52:54:00:00:00:11) as iPXE on BIOS: finds tftp://10.10.10.1/hakube.ipxe
          ok: worker (52:54:00:00:00:16) as iPXE on UEFI (x86-64): finds tftp://10.10.10.1/hakube.ipxe
          ok: http://10.10.10.1:8080 knows 3 machines and has 3 files that they fetch
          ok: 10.10.10.1 has the time
          error[doctor/not-loaded]: no TFTP server answers at 10.10.10.77, where DHCP sends machines
            hint: start it there, or correct the address in the DHCP server (next-server)

          error[doctor/wrong-loader]: tftp://10.10.10.1/undionly.kpxe is not a program for UEFI (x86-64)
            hint: put the loader for this firmware there; docs/boot.md lists which

          error[doctor/vendor-class]: worker: 10.10.10.1 names http://10.10.10.1:8080/assets/ipxe.efi for UEFI HTTP boot (x86-64) without option 60 HTTPClient: the firmware ignores the offer
            hint: send option 60 with the value HTTPClient to these clients; hakube dhcp PROFILE prints the configuration
          ",
          }
        `)
      })

      it('finds a loader that is missing, a loop, a script of another profile, and missing and empty assets', async () => {
        renameSync(join(tftp, 'ipxe.efi'), join(tftp, 'elsewhere.efi'))
        renameSync(join(tftp, 'hakube.ipxe'), join(tftp, 'kept.ipxe'))
        writeFileSync(join(tftp, 'hakube.ipxe'), '#!ipxe\nchain http://10.10.10.3/boot.ipxe\n')
        const [first = '', second = ''] = assetNames
        renameSync(join(assets, first), join(assets, 'away'))
        writeFileSync(join(assets, second), '')
        await run(
          server,
          good
            .replace('tag:ipxe,hakube.ipxe', 'tag:ipxe,tag:x64,hakube.ipxe')
            .replace('tag:!ipxe,tag:bios', 'tag:bios'),
        )
        const { status, stdout } = await doctor(host, '--format', 'json')
        renameSync(join(tftp, 'elsewhere.efi'), join(tftp, 'ipxe.efi'))
        renameSync(join(tftp, 'kept.ipxe'), join(tftp, 'hakube.ipxe'))
        renameSync(join(assets, 'away'), join(assets, first))
        writeFileSync(join(assets, second), 'a file\n')
        expect({ status, found: summaries(stdout) }).toMatchInlineSnapshot(`
          {
            "found": [
              "doctor/not-loaded: cannot load tftp://10.10.10.1/ipxe.efi: it says: file DIR/tftp/ipxe.efi not found for 10.10.10.9",
              "doctor/loader-loop: iPXE on BIOS is told to load undionly.kpxe again, in an endless loop",
              "doctor/other-script: tftp://10.10.10.1/hakube.ipxe is not the script of this profile",
              "doctor/missing-file: machines will ask for http://10.10.10.1:8080/assets/debian-12-amd64/vmlinuz (kernel): status 404",
              "doctor/missing-file: machines will ask for http://10.10.10.1:8080/assets/debian-12-amd64/initrd.img (initrd): it is empty",
            ],
            "status": 1,
          }
        `)
      })
    })
  },
)
