import { error, warning } from '../../diagnostics/diagnostic.ts'
import type { Diagnostic } from '../../diagnostics/diagnostic.ts'
import { parseAddress } from '../../network/addresses.ts'
import type { Profile } from '../schema.ts'
import { noIPv6 } from './addresses.ts'
import type { Rule } from './rule.ts'
import { readWebAddress } from './web-address.ts'

/** The address of hakube's own server. */
export const serverRules: Rule = ({ profile }) => [...checkServer(profile.server), ...checkIsMachine(profile)]

function checkServer(text: string): Diagnostic[] {
  const path = ['server']
  const fail = (message: string, hint: string) => [error('server/malformed', message, { hint, path })]
  const url = readWebAddress(text)
  if (!url) {
    const bare = /^[\w.-]+(?::\d+)?$/.test(text)
    const hint = bare ? `write http://${text}` : 'write e.g. http://10.10.10.5:8080'
    return fail(`${JSON.stringify(text)} is not the address of a server`, hint)
  }
  if (url.username || url.password)
    return fail('the address has a login in it', 'remove what is before the @')
  if (url.search || url.hash) return fail('the address has a query or a fragment', `write ${url.origin}`)
  if (url.pathname !== '/') {
    return fail(
      `the address has the path ${url.pathname}`,
      `write ${url.origin}: hakube serve answers at the top`,
    )
  }
  const host = url.hostname.replaceAll(/^\[|\]$/g, '')
  const address = parseAddress(host)
  if (address?.family === 6) return [noIPv6(host, path)]
  if (!address) {
    return [
      warning('server/host-name', `${host} is a name, and installers may not have a name service yet`, {
        hint: 'write the IP address of the server',
        path,
      }),
    ]
  }
  if (/^(?:127\.|0\.)/.test(host)) {
    return [
      warning('server/loopback', `${host} is another machine on every machine: it means the machine itself`, {
        hint: 'write the address that the machines reach the server by',
        path,
      }),
    ]
  }
  return []
}

function checkIsMachine({ server, machines }: Profile): Diagnostic[] {
  const host = readWebAddress(server)?.hostname
  const index = machines.findIndex((machine) => machine.address === host)
  if (index === -1) return []
  return [
    error('server/is-a-machine', `the server ${host} is one of the machines that it is to install`, {
      hint: 'run hakube serve on another machine, or take the address away from the machine',
      path: ['server'],
      related: [{ path: ['machines', index, 'address'], message: 'used here' }],
    }),
  ]
}
