import type { Cluster } from '../cluster/cluster.ts'
import type { KernelArgument } from './installer.ts'

/*
 * Where an installer sends its log. These are not in `method.ownArguments`, so a profile may name another server in `kernel.arguments`:
 * those follow, and the last one wins.
 */

/** `host[:port]`, over TCP: https://anaconda-installer.readthedocs.io/en/latest/boot-options.html, inst.syslog. */
export function anacondaSyslog({ syslog }: Cluster): KernelArgument[] {
  if (syslog === null) return []
  const host = syslog.host.includes(':') ? `[${syslog.host}]` : syslog.host
  return [{ name: 'inst.syslog', value: `${host}:${syslog.port}` }]
}

/** Over UDP: https://www.debian.org/releases/stable/amd64/ch05s03.en.html, log_host and log_port. */
export const debianSyslog = ({ syslog }: Cluster): KernelArgument[] =>
  syslog === null
    ? []
    : [
        { name: 'log_host', value: syslog.host },
        { name: 'log_port', value: String(syslog.port) },
      ]
