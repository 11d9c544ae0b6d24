/**
 * The spelling with dots. sysctl(8) and sysctl.d(5) take the first `.` or `/` for the separator; the other one then stands for
 * itself, as in `net/ipv4/conf/eth0.100/forwarding`, which is `net.ipv4.conf.eth0/100.forwarding`.
 */
export function canonicalKey(written: string): string {
  const key = written.replace(/^-/, '')
  return /^[^./]*\//.test(key) ? swapSeparators(key) : key
}

const swapSeparators = (key: string): string =>
  key.replace(/[./]/g, (separator) => (separator === '.' ? '/' : '.'))

/** The file that stands for a key, which has the spelling with dots. */
export const sysctlFile = (key: string): string => `/proc/sys/${swapSeparators(key)}`
