import { isIP } from 'node:net'
import { error } from '../diagnostics/diagnostic.ts'
import { SiteError } from '../site/site-error.ts'

/** Host null: every address of this machine. */
export type ListenAddress = { host: string | null; port: number }

const refused = (message: string, hint: string): SiteError =>
  new SiteError([error('serve/listen-address', message, { hint })])

/**
 * Reads `127.0.0.1:8080`, `[::1]:8080`, `name:8080`, or `:8080` for every address. Port 0 takes any free one.
 *
 * @throws SiteError that says how to write it
 */
export function parseListenAddress(text: string): ListenAddress {
  const hint = 'write it like 127.0.0.1:8080, [::1]:8080, or :8080 for every address'
  const match = /^(?:\[([^\]]*)\]|([^:]*)):(\d{1,5})$/.exec(text)
  if (!match) {
    if (isIP(text) === 6) throw refused(`${text} has no port`, `write [${text}]:8080`)
    if (/^\d+$/.test(text))
      throw refused(`${text} is no address to listen on`, `write :${text}, or 127.0.0.1:${text}`)
    if (isIP(text) === 4) throw refused(`${text} has no port`, `write ${text}:8080`)
    throw refused(`${JSON.stringify(text)} is no address to listen on`, hint)
  }
  const [, bracketed, name = '', digits] = match
  const port = Number(digits)
  if (port > 65_535) throw refused(`${port} is no port: the highest is 65535`, hint)
  if (bracketed !== undefined) {
    const [address = ''] = bracketed.split('%')
    if (isIP(address) !== 6) throw refused(`${bracketed} is no IPv6 address`, hint)
    return { host: bracketed, port }
  }
  if (name === '' || name === '*') return { host: null, port }
  if (/^[\d.]+$/.test(name) && isIP(name) !== 4) throw refused(`${name} is no IPv4 address`, hint)
  if (!/^[A-Za-z0-9.-]+$/.test(name)) throw refused(`${JSON.stringify(name)} is no host name`, hint)
  return { host: name, port }
}

/** Why listening failed, in words. */
export function listenFault(text: string, fault: NodeJS.ErrnoException): SiteError {
  switch (fault.code ?? '') {
    case 'EADDRINUSE':
      return refused(
        `another program listens on ${text} already`,
        'stop it, or use --listen with another port',
      )
    case 'EACCES':
      return refused(
        `this user may not listen on ${text}`,
        'ports below 1024 need root or CAP_NET_BIND_SERVICE; use --listen with a higher port',
      )
    case 'EADDRNOTAVAIL':
      return refused(`this machine has no address ${text}`, 'use one of its own, or :PORT for every address')
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return refused(`the name in ${text} has no address`, 'use an address')
    default:
      return refused(`cannot listen on ${text}: ${fault.message}`, 'use --listen with another address')
  }
}
