/*
 * The spellings of MAC addresses: with colons (Linux, dnsmasq), with dashes (IEEE 802, Windows, iPXE's
 * `${mac:hexhyp}`), with pxelinux's hardware type in front (`01-` is Ethernet, RFC 1700 "ARP parameters"; see
 * syslinux's doc/pxelinux.txt), in three groups with dots (Cisco), and as bare digits (labels on machines).
 */
const spellings = [
  /^(?:01:)?([0-9a-f]{2}(?::[0-9a-f]{2}){5})$/i,
  /^(?:01-)?([0-9a-f]{2}(?:-[0-9a-f]{2}){5})$/i,
  /^([0-9a-f]{4}\.[0-9a-f]{4}\.[0-9a-f]{4})$/i,
  /^([0-9a-f]{12})$/i,
]

function bareDigits(text: string): string | null {
  for (const spelling of spellings) {
    const digits = spelling.exec(text)?.[1]
    if (digits) return digits.replaceAll(/[:.-]/g, '').toLowerCase()
  }
  return null
}

/** The lowest bit of the first octet marks a group of interfaces, never one interface (IEEE 802-2014, 8.2). */
const isGroup = (digits: string): boolean => Number.parseInt(digits.slice(0, 2), 16) % 2 === 1

/**
 * The canonical spelling, which hakube uses internally and in every path: `aa-bb-cc-dd-ee-ff`, lower case, as iPXE's `${mac:hexhyp}`.
 *
 * @param text any spelling, with or without pxelinux's leading `01-`
 * @returns null when it is not a MAC address, or one that no interface can have (multicast)
 */
export function canonicalMac(text: string): string | null {
  const digits = bareDigits(text)
  if (digits === null || isGroup(digits)) return null
  return digits.replaceAll(/(..)(?!$)/g, '$1-')
}

/** Whether the text, in any spelling, is a well-formed multicast or broadcast MAC address. */
export function isMulticastMac(text: string): boolean {
  const digits = bareDigits(text)
  return digits !== null && isGroup(digits)
}

/**
 * Spells a MAC address with colons: `52:54:00:aa:bb:01`.
 *
 * @param mac in the canonical spelling
 */
export const colonMac = (mac: string): string => mac.replaceAll('-', ':')
