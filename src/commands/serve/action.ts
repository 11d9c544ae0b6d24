import { activatedSockets } from '../../server/activated.ts'
import { printable } from '../../diagnostics/excerpt.ts'
import { openFilesLimit } from '../../files/open-files.ts'
import type { Served } from '../../pipeline/served.ts'
import { boundedLog } from '../../server/bounded-log.ts'
import { assetDiagnostics, compareAssets, type ComparedAsset } from '../../server/compared-assets.ts'
import { formatDropped } from '../../server/log.ts'
import { fitToOpenFiles } from '../../server/open-files.ts'
import type { ServedSite } from '../../server/served-site.ts'
import { createHeard } from '../../server/syslog/heard.ts'
import { listenSyslog, type SyslogListener } from '../../server/syslog/listener.ts'
import { createSiteServer, type Listening } from '../../server/server.ts'
import { choiceOf, type Command, type Context, exit } from '../context.ts'
import { faultMessage } from '../fault-message.ts'
import { printAssets, privatePaths, skippedAssets } from '../asset-warnings.ts'
import { printMistakes } from '../report.ts'
import { addressOf, atOf, listenSecurely, withPort, wrongAddress } from './addresses.ts'
import { builderOf } from './build.ts'
import { type Dnsmasq, dnsmasqOfOne, startDnsmasq } from './dnsmasq.ts'
import { type Following, startFollowing } from './following.ts'
import { reload, type Running, sizeOf } from './reload.ts'
import { openSource, type OpenedSource } from './repository.ts'
import { resume } from './resume.ts'
import { openServedState, type ServedState } from './state.ts'
import { supervisorOf } from './supervisor.ts'

/** `hakube serve PROFILE|DIR…` */
export const action: Command = async (context) => {
  const { options, stderr } = context
  if (options.flag('proxy-dhcp') && options.text('with-dnsmasq') === null) {
    stderr.write('hakube: --proxy-dhcp needs --with-dnsmasq IFACE\nSee hakube serve --help.\n')
    return exit.usage
  }
  const source = await openSource(context)
  try {
    return await serve(context, source)
  } finally {
    source?.lock.release()
  }
}

async function serve(context: Context, source: OpenedSource | null): Promise<number> {
  const { options, signals, stderr, stdout } = context
  const builder = builderOf(context)
  const following =
    source &&
    (await startFollowing(context, source, (commit) =>
      builder.build({ revision: commit, mirror: source.directory }),
    ))
  const built = following?.built ?? (await builder.build())
  stderr.write(printMistakes([built], stderr.colour))
  if (!built.site) return exit.invalidInput
  const network = options.text('with-dnsmasq')
  if (network !== null && built.clusters.length > 1) throw dnsmasqOfOne(network)
  const assets = options.text('assets')
  const { warning: fewFiles, ...limits } = fitToOpenFiles(openFilesLimit())
  const logFormat = choiceOf(options, 'log', ['text', 'json'])
  const log = boundedLog(stderr, (dropped) => `${formatDropped(dropped, new Date(), logFormat)}\n`)
  const state = await openServedState(context, { ...built, site: built.site }, (sentence) =>
    log(`hakube: warning: ${sentence}\n`),
  )
  const site = await resume(built.site, state.keeper, following?.again ?? null, (sentence) =>
    log(`hakube: ${sentence}\n`),
  ).catch(async (fault: unknown) => {
    await state.close()
    throw fault
  })
  const sockets = activatedSockets(context.environment, process.pid)
  const supervisor = supervisorOf({
    environment: context.environment,
    pid: process.pid,
    log: (line) => log(`${line}\n`),
  })
  const hears = options.text('syslog') !== null || built.syslogPort !== null
  const heard = hears ? createHeard() : null
  heard?.siteIs(site)
  const server = createSiteServer(site, {
    operated: {
      ...state,
      ...(following && source ? followedBy(following, source) : {}),
      ...(heard === null ? {} : { heard }),
    },
    limits,
    log: (line) => log(`${line}\n`),
    logFormat,
    version: context.version,
    fault: (fault) => log(faultMessage(fault, context.version)),
    ...(assets === null
      ? {}
      : { assets, keepOut: [...privatePaths(context, built.loaded), state.privatePath] }),
  })
  let dnsmasq: Dnsmasq | null = null
  let syslog: SyslogListener | null = null
  try {
    const listening = await server.listen(atOf(sockets.http) ?? options.text('listen') ?? '')
    const plain = sockets.http === null ? (options.text('listen') ?? '') : addressOf(listening)
    if (network !== null)
      dnsmasq = await startDnsmasq(site, {
        network,
        proxy: options.flag('proxy-dhcp'),
        assets,
        environment: context.environment,
        log: (line) => log(`${line}\n`),
      })
    const secure = await listenSecurely(context, server, site.enrolling, { plain, given: atOf(sockets.tls) })
    if (heard) {
      syslog = await listenSyslog(heard, options.text('syslog') ?? withPort(plain, built.syslogPort ?? 0))
      stderr.write(`hakube: listening for syslog on port ${syslog.port}, over UDP and TCP\n`)
    }
    await state.announcing.tell(listening.url, built.clusters)
    const armed = state.words(site, context.parameters[0] ?? '')
    stdout.write(greeting(site, built, listening, armed))
    stderr.write(pageNote(state, listening))
    if (fewFiles !== null) stderr.write(`hakube: warning: ${fewFiles}\n`)
    stderr.write(skippedAssets(listening.assets) + wrongAddress(built.server, listening))
    stderr.write(secure)
    stderr.write(aboutAssets(await compareAssets(built.needed, listening.assets, signals.stop), assets))
    const running = { server, url: listening.url, state, dnsmasq, heard }
    await supervisor?.ready(`serving ${built.name} (${sizeOf(site)}) on ${listening.url}`)
    builder.isServing()
    await untilEnd(context, running, following, () => builder.build())
    return exit.success
  } finally {
    await supervisor?.close()
    await dnsmasq?.close()
    await syslog?.close()
    await server.close()
    await state.close()
  }
}

/** Replaces a wildcard address by one that clients can connect to. */
const reachable = (url: string): string =>
  url.replace('//0.0.0.0:', '//127.0.0.1:').replace('//[::]:', '//[::1]:')

/** The address of the page, and the token with which users arm machines there. */
const pageNote = ({ readers, tokenFile }: ServedState, { url }: Listening): string =>
  readers === 'none'
    ? ''
    : `hakube: the page is ${reachable(url)}/${readers === 'local' ? ' on this machine' : ''}; the operator's token is in ${tokenFile}\n`

/** What the API needs to know about a followed repository. */
const followedBy = (following: Following, { secret }: OpenedSource) => ({
  followed: () => following.followed(),
  ...(secret === null ? {} : { webhook: { secret, pushed: () => following.wake() } }),
})

/** Waits until the server is stopped. Each reload signal reads everything again; if the result has errors, the previous site stays. */
async function untilEnd(
  context: Context,
  running: Running,
  following: Following | null,
  buildAgain: () => Promise<Served>,
): Promise<void> {
  const { signals } = context
  let reloading = following?.run(running) ?? Promise.resolve()
  signals.onReload(() => {
    if (following) following.wake(true)
    // Reloads run one after the other, so that the site of the last signal stays.
    else reloading = reloading.then(() => reload(context, running, buildAgain))
  })
  if (!signals.stop.aborted)
    await new Promise((resolve) => {
      signals.stop.addEventListener('abort', resolve, { once: true })
    })
  await reloading
}

/** The server's addresses, and the next commands, ready to be copied. */
function greeting(site: ServedSite, { name, server }: Served, { url }: Listening, armed: string): string {
  const here = url.replace(/\/$/, '')
  const lines = [`hakube serves ${name} (${sizeOf(site)}) on ${here}`]
  // It prints no address of a machine's files: opening it would count as the machine, which would then not be installed.
  lines.push('', 'Configure DHCP to give iPXE this boot script:', `  ${server ?? here}/boot.ipxe`)
  return `${lines.join('\n')}\n\n${armed}\n`
}

/** Reports missing assets here, because a machine without a kernel reports it only on its own screen. */
function aboutAssets(compared: readonly ComparedAsset[], directory: string | null): string {
  if (compared.length === 0) return ''
  const lines = [
    'hakube: files that machines fetch from assets/:',
    ...printAssets(compared).map((line) => `  ${line}`),
  ]
  // The list contains the source of each file.
  for (const { message } of assetDiagnostics(compared, directory))
    lines.push(`hakube: warning: ${printable(message)}`)
  return `${lines.join('\n')}\n`
}
