import { error } from '../../diagnostics/diagnostic.ts'
import { deliveryOf, deliveryPortOf, serverPort } from '../secret-delivery.ts'
import type { Rule } from './rule.ts'

/** Syslog also uses TCP, on which hakube's server already listens. */
export const syslogPortRules: Rule = ({ profile }) => {
  const { server, syslogPort, netconsole } = profile
  if (syslogPort === undefined)
    return netconsole
      ? [
          error('server/netconsole', 'netconsole has no effect without syslogPort', {
            hint: 'write syslogPort: 514, or another port that is free',
            path: ['netconsole'],
          }),
        ]
      : []
  const taken = [
    { port: serverPort(server), path: ['server'] },
    // By default it is another one.
    ...(deliveryOf(profile) === 'enrolled'
      ? [{ port: deliveryPortOf(profile), path: ['secrets', 'deliveryPort'] }]
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
