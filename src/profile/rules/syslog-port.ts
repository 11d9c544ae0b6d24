import { error } from '../../diagnostics/diagnostic.ts'
import { readWebAddress } from '../../text/web-address.ts'
import { defaults } from '../defaults.ts'
import type { Rule } from './rule.ts'

/** Syslog also uses TCP, on which hakube's server already listens. */
export const syslogPortRules: Rule = ({ profile: { server, syslogPort, secrets } }) => {
  if (syslogPort === undefined) return []
  const url = readWebAddress(server)
  const taken = [
    ...(url ? [{ port: Number(url.port || (url.protocol === 'https:' ? 443 : 80)), path: ['server'] }] : []),
    ...(secrets?.delivery === 'enrolled'
      ? [{ port: secrets.deliveryPort ?? defaults.deliveryPort, path: ['secrets', 'delivery'] }]
      : []),
  ]
  return taken.flatMap(({ port, path }) =>
    port === syslogPort
      ? [
          error('server/syslog-port', `port ${syslogPort} is taken: hakube serve listens there already`, {
            hint: 'write syslogPort: 514, or another port that is free',
            path: ['syslogPort'],
            related: [{ path, message: 'used here' }],
          }),
        ]
      : [],
  )
}
