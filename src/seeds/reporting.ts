import type { Cluster, Machine } from '../cluster/cluster.ts'

/** Seconds. cloud-init 19.4 waits for each answer; later versions have a thread for it, and wait for that at their end. */
const timeout = 3

/**
 * Has cloud-init, or Ubuntu's installer, send what it does to the server, as a JSON object a POST: `reporting` of both, with the same fields
 * (cloudinit/reporting/handlers.py; curtin/reporter/handlers.py, which subiquity uses). An event that cannot be sent is a warning in their
 * logs. Without `retries` it is sent once.
 *
 * Only with `syslogPort`, the switch for everything that machines say without a credential: a plain web server would answer each event
 * with an error.
 */
export const reporting = ({ server, syslog }: Cluster, { macs }: Machine): { reporting?: object } =>
  syslog === null
    ? {}
    : {
        reporting: {
          hakube: {
            type: 'webhook',
            endpoint: `${server}/api/v1/machines/${macs[0]}/progress`,
            timeout,
          },
        },
      }
