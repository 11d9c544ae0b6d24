/**
 * Returns the spelling with dots. sysctl(8) and sysctl.d(5) take the first `.` or `/` as the separator; the other character is then
 * literal, as in `net/ipv4/conf/eth0.100/forwarding`, which is `net.ipv4.conf.eth0/100.forwarding`.
 */
export function canonicalKey(written: string): string {
  const key = written.replace(/^-/, '')
  return /^[^./]*\//.test(key) ? swapSeparators(key) : key
}

const swapSeparators = (key: string): string =>
  key.replace(/[./]/g, (separator) => (separator === '.' ? '/' : '.'))

/** The file of a key that is spelled with dots. */
export const sysctlFile = (key: string): string => `/proc/sys/${swapSeparators(key)}`
