import { error } from '../../diagnostics/diagnostic.ts'
import type { Diagnostic, Path } from '../../diagnostics/diagnostic.ts'
import { inQuotes } from '../../diagnostics/in-quotes.ts'
import { contains, parseAddress, parseNetwork } from '../../network/addresses.ts'
import { isHostName } from '../../text/host-and-port.ts'
import { hostOfAddress, readWebAddress } from '../../text/web-address.ts'
import { readInnerNetworks } from '../inner-networks.ts'
import type { Profile } from '../schema.ts'
import { checkProxyLogin } from './proxy-login.ts'
import type { Rule } from './rule.ts'

/** The HTTP proxy of the site. No message contains a password. */
export const proxyRules: Rule = ({ profile }) => {
  const { proxy } = profile
  if (!proxy) return []
  if (proxy.http === undefined && proxy.https === undefined)
    return [
      error('proxy/address', 'the proxy has no address', {
        hint: 'write http: http://proxy.example.com:3128 below proxy',
        path: ['proxy'],
        onKey: true,
      }),
    ]
  return [
    ...(['http', 'https'] as const).flatMap((key) => {
      const text = proxy[key]
      return text === undefined ? [] : checkAddress(profile, text, ['proxy', key])
    }),
    ...checkProxyLogin(profile, proxy),
    ...(proxy.except ?? []).flatMap((text, index) => checkException(text, ['proxy', 'except', index])),
  ]
}

function checkAddress(profile: Profile, text: string, path: Path): Diagnostic[] {
  const example = 'write e.g. http://proxy.example.com:3128'
  if (/^[^/]*:?\/*[^/\s]*@/.test(text))
    return [
      error('proxy/password', 'this address contains a user or a password', {
        hint: 'remove the part before @: everyone with access to the profile can read it. Write username: and passwordSecret: NAME below proxy, and put the password into the bundle with hakube secrets set PROFILE NAME',
        path,
      }),
    ]
  const url = readWebAddress(text)
  if (!url) {
    const bare = /^[^\s:/]+:\d+\/?$/.test(text) ? `write http://${text.replace(/\/$/, '')}` : example
    return [
      error('proxy/address', `${inQuotes(text)} is not the address of an HTTP proxy`, { hint: bare, path }),
    ]
  }
  if (url.protocol === 'https:')
    return [
      error('proxy/address', "Debian's installer and Anaconda do not support TLS to a proxy", {
        hint: `write http://${url.host}: connections to https: addresses are still encrypted end to end`,
        path,
      }),
    ]
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '')
    return [
      error('proxy/address', `${inQuotes(text)} has a path, but a proxy has only a host and a port`, {
        hint: `write http://${url.host}`,
        path,
      }),
    ]
  return checkPlace(profile, hostOfAddress(url), path)
}

/** Where the proxy cannot be: it must exist before the first machine. */
function checkPlace(profile: Profile, host: string, path: Path): Diagnostic[] {
  const address = parseAddress(host)
  const fail = (message: string) => [
    error('proxy/place', message, {
      hint: 'write the proxy of the site, which exists before the cluster does',
      path,
    }),
  ]
  const { loadBalancing, machines } = profile
  const machine = machines.find((each) => each.name === host || each.address === address?.text)
  if (machine) return fail(`the proxy ${host} is the machine ${machine.name}, which is yet to be installed`)
  if (loadBalancing && loadBalancing.placement !== 'external') {
    const virtual = [loadBalancing.api.address, loadBalancing.ingress?.address ?? []].flat()
    if (address && virtual.includes(address.text))
      return fail(`the proxy ${host} is a virtual address of the cluster`)
  }
  const where = readInnerNetworks(profile).find(({ network }) => address && contains(network, address))
  return where
    ? fail(`the proxy ${host} is in the ${where.what} ${where.text}, where machines look for pods`)
    : []
}

function checkException(text: string, path: Path): Diagnostic[] {
  const bare = text.replace(/^\*?\./, '')
  if (
    parseAddress(text) ||
    parseNetwork(text) ||
    (isHostName(bare) && !/^[\d.]+$/.test(bare) && !text.startsWith('*'))
  )
    return []
  let hint = 'write a name, a domain with a dot before it, an address or a network, e.g. .example.com'
  if (text.startsWith('*.') && isHostName(bare)) hint = `write .${bare}`
  else if (text.includes(',') || /\s/.test(text.trim())) hint = 'write each on a line of its own'
  else if (/^https?:/.test(text))
    hint = `write only the host: ${readWebAddress(text)?.hostname ?? 'mirror.example.com'}`
  else if (/:\d+$/.test(text)) hint = `write it without the port: ${text.replace(/:\d+$/, '')}`
  return [
    error('proxy/except', `${inQuotes(text)} is not a valid exception to a proxy`, {
      hint,
      path,
    }),
  ]
}
