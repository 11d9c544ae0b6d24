import type { Cluster } from '../cluster/cluster.ts'
import { trustStores } from '../distributions/trust-stores.ts'
import { render } from '../templates/template.ts'

/*
 * The user's own authorities for what installers fetch. Ubuntu's is told of none: it takes packages from its image where it cannot reach the
 * mirror, and were it to reach it, apt in the system that it installs could not.
 */

/** Bash for Anaconda's own system, or null. It runs before Anaconda looks for packages, and after it has fetched its image. */
export function kickstartTrust({ distribution, trust }: Cluster): string | null {
  if (trust.length === 0) return null
  const { directory, ending } = trustStores[distribution.family]
  return render('pxe/kickstart/trust.sh.ejs', { certificates: trust, directory, ending }).text
}

/** Lines of each certificate for Debian's installer, with the path that it copies to the new system where the mirror is asked by TLS. */
export const preseedTrust = ({ trust }: Cluster): { path: string; lines: readonly string[] }[] =>
  trust.map(({ name, pem }) => ({ path: `/etc/ssl/certs/${name}.crt`, lines: pem.split('\n') }))
