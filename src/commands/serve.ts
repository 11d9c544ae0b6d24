import { statSync } from 'node:fs'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { type NeededAsset, neededAssets } from '../site/needed-assets.ts'
import { findConflicts } from '../check/conflicts.ts'
import type { Cluster } from '../cluster/cluster.ts'
import { type Diagnostic, hasErrors } from '../diagnostics/diagnostic.ts'
import { Refusal } from '../diagnostics/refusal.ts'
import { openFilesLimit } from '../files/open-files.ts'
import { type LoadedProfile, loadProfile } from '../profile/load.ts'
import { boundedLog } from '../server/bounded-log.ts'
import { formatDropped } from '../server/log.ts'
import { hostOfAddress } from '../text/web-address.ts'
import { fitToOpenFiles } from '../server/open-files.ts'
import { prepareSite, type ServedSite } from '../server/served-site.ts'
import { createSiteServer, type Listening, type SiteServer } from '../server/server.ts'
import { siteFiles } from '../site/build.ts'
import { machinesByMac, type SiteAbout } from '../site/manifest.ts'
import { readSite } from '../site/read.ts'
import type { SiteFile } from '../site/site.ts'
import { clusterOf } from './build.ts'
import { choiceOf, type Command, type Context, exit } from './context.ts'
import { faultMessage } from './main.ts'
import { aboutSite } from './render.ts'
import { damagedAssets, missingAssets, privatePaths, skippedAssets } from './serve-assets.ts'
import { count, printMistakes, printRefusal } from './report.ts'
import { type SecretsFinder, secretsFinder } from './secrets/obtain.ts'

/** A site that can be served, or the mistakes that keep it from being. */
type Built = {
  site: ServedSite | null
  name: string
  /** What the profile says that machines call this server; null for a rendered folder, which doesn't say. */
  server: string | null
  loaded: LoadedProfile | null
  /** What machines fetch and hakube does not make; unknown for a rendered folder. */
  needed: readonly NeededAsset[]
  diagnostics: readonly Diagnostic[]
}

/** `hakube serve PROFILE|DIR` */
export const serve: Command = async (context) => {
  const { options, signals, stderr, stdout } = context
  const findSecrets = secretsFinder(context, 'render')
  const built = await build(context, findSecrets)
  stderr.write(printMistakes([built], stderr.colour))
  if (!built.site) return exit.mistakes
  const assets = options.text('assets')
  const { warning: fewFiles, ...limits } = fitToOpenFiles(openFilesLimit())
  const logFormat = choiceOf(options, 'log', ['text', 'json'])
  const log = boundedLog(stderr, (dropped) => `${formatDropped(dropped, new Date(), logFormat)}\n`)
  const server = createSiteServer(built.site, {
    limits,
    log: (line) => log(`${line}\n`),
    logFormat,
    fault: (fault) => log(faultMessage(fault, context.version)),
    ...(assets === null ? {} : { assets, keepOut: privatePaths(context, built.loaded) }),
  })
  try {
    const listening = await server.listen(options.text('listen') ?? '')
    stdout.write(greeting(built.site, built, listening))
    if (fewFiles !== null) stderr.write(`hakube: warning: ${fewFiles}\n`)
    stderr.write(skippedAssets(listening.assets) + wrongAddress(built, listening))
    stderr.write(missingAssets(built.needed, assets, listening.assets))
    stderr.write(await damagedAssets(built.needed, listening.assets, signals.stop))
    await untilEnd(context, server, findSecrets)
    return exit.good
  } finally {
    await server.close()
  }
}

/** What can't be looked at is taken for a profile; to read that says why. */
function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory()
  } catch {
    return false
  }
}

async function build(context: Context, findSecrets: SecretsFinder): Promise<Built> {
  const [target = ''] = context.parameters
  const none = { site: null, name: target, server: null, loaded: null, needed: [] }
  try {
    if (isFolder(target)) {
      const { manifest, files } = await readSite(target)
      const site = prepareSite(manifest.machines, files)
      return { ...none, site, name: manifest.profile, diagnostics: [] }
    }
    const loaded = await loadProfile(target)
    const { secrets, diagnostics: aboutSecrets } = await findSecrets(loaded)
    const diagnostics = [...loaded.diagnostics, ...aboutSecrets]
    if (!secrets) return { ...none, loaded, diagnostics }
    const cluster = clusterOf(loaded, secrets)
    if (!cluster) return { ...none, loaded, diagnostics }
    diagnostics.push(...findConflicts(cluster, context.signals.stop))
    if (hasErrors(diagnostics)) return { ...none, loaded, diagnostics }
    const { about, diagnostics: aboutCommit } = await aboutSite(cluster, loaded, context)
    diagnostics.push(...aboutCommit)
    const files = await renderAll(cluster, about, context.signals.stop)
    const site = prepareSite(machinesByMac(cluster.machines), files)
    const needed = neededAssets(cluster)
    return { site, name: cluster.name, server: cluster.server, loaded, needed, diagnostics }
  } catch (fault) {
    if (!(fault instanceof Refusal)) throw fault
    return { ...none, diagnostics: fault.diagnostics }
  }
}

const filesPerTurn = 256

/** All files, with pauses in which requests are answered: a reload of a large rack takes seconds. */
async function renderAll(cluster: Cluster, about: SiteAbout, stop: AbortSignal): Promise<SiteFile[]> {
  const files: SiteFile[] = []
  for (const file of siteFiles(cluster, about)) {
    files.push(file)
    if (files.length % filesPerTurn !== 0) continue
    await nextTurn()
    stop.throwIfAborted()
  }
  return files
}

/** Waits for the signal to end. At each signal to reload, everything is read again; what is worse than before is left. */
async function untilEnd(context: Context, server: SiteServer, findSecrets: SecretsFinder): Promise<void> {
  const { signals } = context
  let reloading: Promise<void> = Promise.resolve()
  signals.onReload(() => {
    // One after the other: the last signal's site is the one that stays.
    reloading = reloading.then(() => reload(context, server, findSecrets))
  })
  if (!signals.stop.aborted)
    await new Promise((resolve) => {
      signals.stop.addEventListener('abort', resolve, { once: true })
    })
  await reloading
}

async function reload(context: Context, server: SiteServer, findSecrets: SecretsFinder): Promise<void> {
  const { stderr, options } = context
  try {
    const built = await build(context, findSecrets)
    stderr.write(printMistakes([built], stderr.colour))
    // First, as it may be refused.
    if (options.text('assets') !== null)
      stderr.write(skippedAssets(await server.rescanAssets(privatePaths(context, built.loaded))))
    if (built.site) server.replaceSite(built.site)
    const what = built.site ? `serving ${sizeOf(built.site)}` : 'the last good site stays'
    stderr.write(`hakube: read again: ${what}\n`)
  } catch (fault) {
    if (context.signals.stop.aborted) return
    if (fault instanceof Refusal) stderr.write(printRefusal(fault, stderr.colour))
    else stderr.write(faultMessage(fault, context.version))
    stderr.write('hakube: what was served before stays\n')
  }
}

const sizeOf = (site: ServedSite): string => {
  const machines = new Set([...site.machines.values()].map(({ name }) => name)).size
  return `${count(machines, 'machine')}, ${count(site.files.size, 'file')}`
}

/** Where it listens, and what to do next, ready to be pasted. */
function greeting(site: ServedSite, { name, server }: Built, { url }: Listening): string {
  const here = url.replace(/\/$/, '')
  const lines = [`hakube serves ${name} (${sizeOf(site)}) on ${here}`]
  lines.push('', 'DHCP has to give iPXE this boot script:', `  ${server ?? here}/boot.ipxe`)
  const [first] = site.machines.values()
  if (first) {
    lines.push(
      '',
      `What ${first.name} gets, for instance:`,
      `  curl ${here}/ipxe/${first.mac}`,
      `  curl ${here}/seed/${first.mac}/user-data`,
    )
  }
  return `${lines.join('\n')}\n\n`
}

function wrongAddress({ server }: Built, { address, port, url }: Listening): string {
  const everywhere = address === '0.0.0.0' || address === '::'
  if (server === null) return ''
  const wanted = new URL(server)
  const host = hostOfAddress(wanted)
  const wantedPort = Number(wanted.port || (wanted.protocol === 'https:' ? 443 : 80))
  if (wantedPort === port && (everywhere || host === address)) return ''
  return (
    `hakube: warning: machines look for ${server}, as the profile says, but this server listens on ${url}; ` +
    'use --listen, or a proxy in front\n'
  )
}
