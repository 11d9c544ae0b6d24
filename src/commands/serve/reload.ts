import { error } from '../../diagnostics/diagnostic.ts'
import { Refusal } from '../../diagnostics/refusal.ts'
import type { Served } from '../../pipeline/served.ts'
import type { ServedSite } from '../../server/served-site.ts'
import type { Heard } from '../../server/syslog/heard.ts'
import type { SiteServer } from '../../server/server.ts'
import { machinesOf } from '../../server/operated.ts'
import { count } from '../../text/count.ts'
import { privatePaths, skippedAssets } from '../asset-warnings.ts'
import type { Context } from '../context.ts'
import { faultMessage } from '../fault-message.ts'
import { printMistakes, printRefusal } from '../report.ts'
import { type Dnsmasq, dnsmasqOfOne } from './dnsmasq.ts'
import type { ServedState } from './state.ts'

/** Everything that must be notified of another site. */
export type Running = {
  server: SiteServer
  /** Its address. */
  url: string
  state: ServedState
  dnsmasq: Dnsmasq | null
  heard: Heard | null
}

export const sizeOf = (site: ServedSite): string =>
  `${count(machinesOf(site).length, 'machine')}, ${count(site.files.size, 'file')}`

/**
 * Lists the assets again.
 *
 * @throws Refusal when they must not be served
 */
export async function rescanAssets(
  context: Context,
  { server, state }: Running,
  loaded: Served['loaded'],
): Promise<void> {
  if (context.options.text('assets') === null) return
  const assets = await server.rescanAssets([...privatePaths(context, loaded), state.privatePath])
  context.stderr.write(skippedAssets(assets))
}

/**
 * Switches to another site in one step.
 *
 * @throws Refusal when this server cannot serve it
 */
export async function takeSite(
  { server, state, dnsmasq, heard, url }: Running,
  { site, clusters }: Pick<Served, 'clusters'> & { site: ServedSite },
): Promise<void> {
  const unheard = site.enrolling.find(({ profile }) => !state.enrolling.has(profile))
  if (unheard)
    throw new Refusal([
      error(
        'serve/state',
        `${unheard.profile} now has secrets.delivery: enrolled, and this server does not listen for TLS for it`,
        { hint: 'stop the server and start it again' },
      ),
    ])
  if (dnsmasq && clusters.length > 1) throw dnsmasqOfOne(dnsmasq.network)
  state.announcing.claim(clusters)
  server.replaceSite(site)
  heard?.siteIs(site)
  // Before dnsmasq, which may fail to start: a machine that was removed from the site must not be armed when it returns.
  await state.keeper.machinesAre(machinesOf(site))
  await state.announcing.tell(url, clusters)
  await dnsmasq?.replaceSite(site)
}

/** The subject of a sentence about mistakes: the profile, or of several those files that have some. */
function faulty({ loaded, diagnostics }: Served): string {
  const files = new Set(
    diagnostics.flatMap(({ severity, position }) =>
      severity === 'error' && position ? [position.file] : [],
    ),
  )
  if (!loaded?.others || files.size === 0) return 'the profile has'
  return `${[...files].join(', ')} ${files.size === 1 ? 'has' : 'have'}`
}

/** Reads everything again; if the result has errors, the previous site stays. */
export async function reload(
  context: Context,
  running: Running,
  build: () => Promise<Served>,
): Promise<void> {
  const { stderr } = context
  try {
    const built = await build()
    stderr.write(printMistakes([built], stderr.colour))
    // First, because it may be refused.
    await rescanAssets(context, running, built.loaded)
    if (built.site) await takeSite(running, { ...built, site: built.site })
    else running.server.keptSite(`${faulty(built)} errors, which the log of the server lists`)
    const what = built.site ? `serving ${sizeOf(built.site)}` : 'still serving the last good site'
    stderr.write(`hakube: reloaded: ${what}\n`)
  } catch (fault) {
    if (context.signals.stop.aborted) return
    running.server.keptSite('the log of the server says why')
    if (fault instanceof Refusal) stderr.write(printRefusal(fault, stderr.colour))
    else stderr.write(faultMessage(fault, context.version))
    stderr.write('hakube: still serving the last good site\n')
  }
}
