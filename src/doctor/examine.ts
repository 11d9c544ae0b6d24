import { dhcpPlan } from '../boot/dhcp/plan.ts'
import type { Cluster } from '../cluster/cluster.ts'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import { count } from '../text/count.ts'
import { askDhcp, type Asker } from './ask-dhcp.ts'
import { clientsOf, questionOf } from './clients.ts'
import { examineBoot, type BootMeans } from './examine-boot.ts'
import { examineServer, examineTime } from './examine-server.ts'
import { heardInWords, judgeEmpty, judgeExchanges } from './exchanges.ts'
import { diagnosticsOf } from './finding.ts'
import { listenDhcp } from './listen.ts'
import { judgeOffers } from './judge-offers.ts'
import { ownScripts } from './own-scripts.ts'

export type DoctorMeans = Omit<BootMeans, 'scripts' | 'server'> & {
  /** The address from which DHCP requests are sent. */
  asker: Asker
  /** Milliseconds to wait for offers. */
  wait: number
  firstTransaction: number
  /** Milliseconds for which machines are listened to afterwards; 0: not at all. */
  listen: number
}

/**
 * Sends DHCP, TFTP and HTTP requests as the machines of a cluster would, judges the answers, and then listens to machines that boot. It
 * changes nothing: no offer is accepted, and the state of no machine changes.
 *
 * @param cluster its secrets are not read
 * @throws a system error of the DHCP client port
 */
export async function examine(cluster: Cluster, means: DoctorMeans): Promise<Diagnostic[]> {
  const boot = { ...means, server: cluster.server, scripts: ownScripts(cluster) }
  const plan = dhcpPlan(cluster)
  const clients = clientsOf(plan)
  const offers = await askDhcp(clients.map(questionOf), means.asker, means.firstTransaction, means)
  const asked = clients.map((client, index) => ({ ...client, offers: offers[index] ?? [] }))
  const judged = [
    ...judgeOffers(asked, plan),
    ...judgeEmpty(asked.filter(({ ipxe, firmware }) => !ipxe && !firmware.http)),
  ]
  if (judged.length === 0)
    means.say(`DHCP: ${count(plan.machines.length, 'machine')} would get the addresses of the profile`)
  const findings = [
    ...judged,
    ...(await examineBoot(asked, boot)),
    ...(await examineServer(cluster, boot)),
    ...(await examineTime(cluster, boot)),
  ]
  if (means.listen > 0) {
    const heard = await listenDhcp(means.listen, means.stop)
    means.say(heardInWords(heard, plan.machines))
    findings.push(...judgeExchanges(heard, plan.machines))
  }
  return diagnosticsOf(findings)
}
