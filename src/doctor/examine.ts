import { bootScripts } from '../boot/index.ts'
import { dhcpPlan } from '../boot/dhcp/plan.ts'
import type { Cluster } from '../cluster/cluster.ts'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import { count } from '../text/count.ts'
import { askDhcp, type Asker } from './ask-dhcp.ts'
import { clientsOf, questionOf } from './clients.ts'
import { examineBoot, type BootMeans } from './examine-boot.ts'
import { examineServer, examineTime } from './examine-server.ts'
import { diagnosticsOf } from './finding.ts'
import { judgeOffers } from './judge-offers.ts'

export type DoctorMeans = Omit<BootMeans, 'scripts' | 'server'> & {
  /** From where DHCP is asked. */
  asker: Asker
  /** Milliseconds that offers are awaited for. */
  wait: number
  firstTransaction: number
}

/**
 * Asks DHCP, TFTP and HTTP as the machines of a cluster would, and judges the answers. It changes nothing: no offer is taken, and no
 * machine's state moves.
 *
 * @param cluster its secrets are not read
 * @throws a system error of the port that DHCP clients have
 */
export async function examine(cluster: Cluster, means: DoctorMeans): Promise<Diagnostic[]> {
  const boot = { ...means, server: cluster.server, scripts: bootScripts(cluster) }
  const plan = dhcpPlan(cluster)
  const clients = clientsOf(plan)
  const offers = await askDhcp(clients.map(questionOf), means.asker, means.firstTransaction, means)
  const asked = clients.map((client, index) => ({ ...client, offers: offers[index] ?? [] }))
  const judged = judgeOffers(asked, plan)
  if (judged.length === 0)
    means.say(`DHCP: ${count(plan.machines.length, 'machine')} would get the addresses of the profile`)
  const findings = [
    ...judged,
    ...(await examineBoot(asked, boot)),
    ...(await examineServer(cluster, boot)),
    ...(await examineTime(cluster, boot)),
  ]
  return diagnosticsOf(findings)
}
