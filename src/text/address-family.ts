/** Whether a valid address or network is IPv6. */
export const isIPv6 = (address: string): boolean => address.includes(':')

export const familyOf = (address: string): 'ipv4' | 'ipv6' => (isIPv6(address) ? 'ipv6' : 'ipv4')
