import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { error } from '../../diagnostics/diagnostic.ts'
import { printable } from '../../diagnostics/excerpt.ts'
import { Refusal, refusal } from '../../diagnostics/refusal.ts'
import { isSystemError } from '../../files/system-error.ts'
import type { ServedSite } from '../../server/served-site.ts'
import { bodyOf } from '../../server/shared-bodies.ts'
import { fillTftp, loadersIn } from './tftp.ts'

/** dnsmasq beside the server: DHCP with every machine's reservation, or beside another DHCP server, and TFTP. */
export type Dnsmasq = {
  /** The network interface on which it listens. */
  network: string
  /** Restarts dnsmasq with the configuration of another site. */
  replaceSite(site: ServedSite): Promise<void>
  /** Stops dnsmasq. */
  close(): Promise<void>
}

export type DnsmasqOptions = {
  /** The network interface on which it listens. */
  network: string
  /** Only says what to boot; another server of the network gives addresses. */
  proxy?: boolean
  assets: string | null
  environment: Readonly<Record<string, string | undefined>>
  /** Receives one line, without a line feed. */
  log: (line: string) => void
  /** Milliseconds after which it is restarted when it ends. */
  pause?: number
}

/** Milliseconds within which dnsmasq must report that it runs. */
const startTime = 10_000

const failed = (network: string, reason: string, hint: string): Refusal =>
  new Refusal([error('serve/dnsmasq', `cannot run dnsmasq on ${network}: ${reason}`, { hint })])

/** One dnsmasq has one network, and the configuration of a site is for the network of its cluster. */
export const dnsmasqOfOne = (network: string): Refusal =>
  refusal('serve/several', `--with-dnsmasq ${network} is for the machines of one profile`, {
    hint: 'leave it out, and configure your DHCP server with hakube dhcp PROFILE for each of them',
  })

/** A remedy for an error message of dnsmasq. */
function hintFor(text: string): string {
  if (/in use/i.test(text))
    return 'another DHCP or TFTP server runs on this machine: stop it, or leave out --with-dnsmasq'
  if (/permission|not permitted/i.test(text)) return 'run hakube serve as root, for the ports 67 and 69'
  return 'see the output of dnsmasq above'
}

/** A running dnsmasq. `ended` settles with its last output. */
type Running = { child: ChildProcess; ended: Promise<string> }

/**
 * Starts it, and waits until it reports that it runs.
 *
 * @throws Refusal when it does not
 */
async function run(configuration: string, { network, environment, log }: DnsmasqOptions): Promise<Running> {
  // Debian installs it in /usr/sbin, which is not in every user's PATH.
  const env = { ...environment, PATH: `${environment['PATH'] ?? ''}:/usr/local/sbin:/usr/sbin:/sbin` }
  const words = ['--keep-in-foreground', `--conf-file=${configuration}`, `--interface=${network}`]
  // All addresses are reserved, so leases need not be stored. It must not disturb other DHCP and DNS servers on this machine.
  words.push(
    '--except-interface=lo',
    '--bind-interfaces',
    '--leasefile-ro',
    '--pid-file=',
    '--log-facility=-',
  )
  const child = spawn('dnsmasq', words, { env, stdio: ['ignore', 'ignore', 'pipe'] })
  let last = ''
  return new Promise((settle, refuse) => {
    const giveUp = (reason: string): void => refuse(failed(network, printable(reason), hintFor(reason)))
    const timer = setTimeout(() => {
      child.kill('SIGKILL')
      giveUp(`it has not started within ${startTime / 1000} s`)
    }, startTime)
    const ended = new Promise<string>((end) => {
      child.once('close', (status, signal) => {
        clearTimeout(timer)
        const words = last === '' ? `it ended with ${signal ?? `status ${status}`}` : last
        end(words)
        giveUp(words)
      })
    })
    child.once('error', (fault) => {
      clearTimeout(timer)
      refuse(
        isSystemError(fault) && fault.code === 'ENOENT'
          ? failed(
              network,
              'the program dnsmasq is not installed',
              'install it, e.g. apt-get install dnsmasq-base',
            )
          : fault,
      )
    })
    child.stderr.setEncoding('utf8')
    let rest = ''
    child.stderr.on('data', (text: string) => {
      const lines = (rest + text).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) {
        if (line.trim() === '') continue
        last = line.replace(/^dnsmasq: /, '').trim()
        log(line.startsWith('dnsmasq') ? line : `dnsmasq: ${line}`)
        if (!/\bstarted\b/.test(line)) continue
        clearTimeout(timer)
        settle({ child, ended })
      }
    })
  })
}

/**
 * Starts dnsmasq with the configuration of the site, restarts it when it ends, and stops it when it is closed.
 *
 * @throws Refusal when it is not installed, its ports are in use, or the network interface does not exist
 */
export async function startDnsmasq(site: ServedSite, options: DnsmasqOptions): Promise<Dnsmasq> {
  const { network, log, proxy = false, pause = 5000 } = options
  const path = `dhcp/${proxy ? 'dnsmasq-proxy' : 'dnsmasq'}.conf`
  const assets = options.assets === null ? null : resolve(options.assets)
  const tftp = mkdtempSync(join(tmpdir(), 'hakube-tftp-'))
  // The configuration lists all machines, so only root can read it; dnsmasq reads it as root.
  const own = mkdtempSync(join(tmpdir(), 'hakube-dnsmasq-'))
  const configuration = join(own, 'dnsmasq.conf')
  let closing = false
  let running: Running | null = null
  let timer: NodeJS.Timeout | null = null

  const configure = (to: ServedSite): void => {
    const file = to.files.get(path)
    const text = file && bodyOf(file.pieces).toString()
    if (text === undefined)
      throw failed(network, `the site has no ${path}`, 'render it with this version of hakube')
    writeFileSync(configuration, text.replace(/^tftp-root=.*$/m, `tftp-root=${tftp}`))
    for (const name of fillTftp(tftp, to, loadersIn(text), assets))
      log(`hakube: warning: TFTP does not have ${name}: put it below the assets, or install the package ipxe`)
  }
  const watch = (started: Running): void => {
    running = started
    void started.ended.then((words) => {
      if (closing || running !== started) return
      log(`hakube: warning: dnsmasq ended: ${printable(words)}; it is started again in ${pause / 1000} s`)
      timer = setTimeout(again, pause)
    })
  }
  const again = (): void => {
    timer = null
    run(configuration, options).then(watch, (fault: unknown) => {
      if (closing) return
      log(
        `hakube: warning: ${fault instanceof Refusal ? (fault.diagnostics[0]?.message ?? '') : String(fault)}`,
      )
      timer = setTimeout(again, pause)
    })
  }
  const end = async (): Promise<void> => {
    if (timer !== null) clearTimeout(timer)
    timer = null
    const ending = running
    running = null
    ending?.child.kill('SIGTERM')
    await ending?.ended
  }
  const remove = (): void => {
    for (const directory of [tftp, own]) rmSync(directory, { recursive: true, force: true })
  }

  try {
    configure(site)
    watch(await run(configuration, options))
  } catch (fault) {
    remove()
    throw fault
  }
  return {
    network,
    async replaceSite(to) {
      configure(to)
      await end()
      if (closing) return
      try {
        watch(await run(configuration, options))
      } catch (fault) {
        if (!closing) timer = setTimeout(again, pause)
        throw fault
      }
    },
    async close() {
      closing = true
      await end()
      remove()
    },
  }
}
