import { contains, parseAddress, parseNetwork } from './addresses.ts'

/**
 * Whether NO_PROXY excludes a host, as Go reads the list: a name covers its subdomains; addresses and networks are allowed
 * (https://pkg.go.dev/golang.org/x/net/http/httpproxy#Config).
 */
export function isExcepted(host: string, exceptions: readonly string[]): boolean {
  const address = parseAddress(host)
  const name = host.toLowerCase()
  return exceptions.some((text) => {
    const network = text.includes('/') ? parseNetwork(text) : null
    if (address && network) return contains(network, address)
    const other = text.toLowerCase()
    if (other === name) return true
    return !address && name.endsWith(other.startsWith('.') ? other : `.${other}`)
  })
}
