import type { Component, File } from '../assembly/component.ts'
import type { Cluster, Machine } from '../cluster/cluster.ts'
import { readAgain } from '../assembly/on-change.ts'
import { reportToken } from '../secrets/report-token.ts'
import { quoteCurl } from '../text/curl.ts'
import { enrolmentUrl, machineCertificatePath, machineKeyPath, serverAuthorityPath } from './enrolment.ts'

/** Where a machine reports to, and with what: options for curl, which keep the token out of every command line. */
export const reportPath = '/etc/hakube/report'

/** Lets the machine tell hakube's server how far it is. It never waits for an answer, and needs none. */
export const report: Component = {
  name: 'report',
  purpose: "Tells hakube's server how far the first boot is.",
  appliesTo: () => true,
  contribute: (cluster, machine) => ({
    files: [{ path: reportPath, ...reportFile(cluster, machine), onChange: readAgain() }],
  }),
}

const options = (lines: Readonly<Record<string, string>>): string =>
  Object.entries(lines)
    .map(([name, value]) => `${name} = ${quoteCurl(value)}\n`)
    .join('')

/** A machine that has enrolled shows its certificate; others a token that stands in their seeds. */
function reportFile(
  { server, enrolment, secrets }: Cluster,
  { macs }: Machine,
): Pick<File, 'mode' | 'secret' | 'content'> {
  if (enrolment !== null)
    return {
      mode: '0644',
      content: options({
        url: `${enrolmentUrl(enrolment.url, macs[0])}/report`,
        cacert: serverAuthorityPath,
        cert: machineCertificatePath,
        key: machineKeyPath,
        noproxy: '*',
      }),
    }
  return {
    mode: '0600',
    secret: true,
    content: options({
      url: `${server}/api/v1/machines/${macs[0]}/report`,
      header: `Authorization: Bearer ${reportToken(secrets, macs[0])}`,
    }),
  }
}
