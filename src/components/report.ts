import type { Component, File } from '../assembly/component.ts'
import type { Cluster, Machine } from '../cluster/cluster.ts'
import { readAgain } from '../assembly/on-change.ts'
import { reportToken } from '../secrets/report-token.ts'
import { quoteCurl } from '../text/curl.ts'
import { enrolmentUrl, machineCertificatePath, machineKeyPath, serverAuthorityPath } from './enrolment.ts'

/** The server address and credentials of reports: options for curl, in a file, so that the token is in no command line. */
export const reportPath = '/etc/hakube/report'

/** Reports the machine's progress to hakube's server. Nothing waits for an answer. */
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

/** An enrolled machine authenticates with its certificate; others with a token from their seed. */
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
