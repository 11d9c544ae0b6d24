/* Keys that are the same kernel variable, and keys for several paths. All keys here are spelled with dots (canonicalKey). */

/** Two names of one variable. */
const aliases: Readonly<Record<string, string>> = {
  // IPV4_DEVCONF_ALL(net, FORWARDING) in net/ipv4/devinet.c is both.
  'net.ipv4.conf.all.forwarding': 'net.ipv4.ip_forward',
  // net/netfilter/nf_conntrack_standalone.c: nf_ct_netfilter_table and nf_ct_sysctl_table.
  'net.nf_conntrack_max': 'net.netfilter.nf_conntrack_max',
  // kernel/ucount.c; fs/notify/inotify/inotify_user.c and fs/notify/fanotify/fanotify_user.c name the same counters.
  'user.max_inotify_instances': 'fs.inotify.max_user_instances',
  'user.max_inotify_watches': 'fs.inotify.max_user_watches',
  'user.max_fanotify_groups': 'fs.fanotify.max_user_groups',
  'user.max_fanotify_marks': 'fs.fanotify.max_user_marks',
}

/** A canonical name for each variable. */
export const sysctlSwitch = (key: string): string => aliases[key] ?? key

/** All names of a variable. */
export const sysctlNames = (key: string): string[] => {
  const one = sysctlSwitch(key)
  return [one, ...Object.keys(aliases).filter((alias) => aliases[alias] === one)]
}

/** Forwarding of an interface is a separate variable, which net.ipv4.ip_forward sets for all of them. */
const forwardingOfCards = 'net.ipv4.conf.*.forwarding'

/** Whether setting a key also sets another one; both may have patterns (glob(7)). */
export const setsSysctl = (given: string, needed: string): boolean =>
  sysctlNames(needed).some((name) => keysInCommon(given, name)) ||
  (sysctlSwitch(needed) === 'net.ipv4.ip_forward' && keysInCommon(given, forwardingOfCards))

/** Whether any key matches both; both may have patterns (glob(7)). */
export function keysInCommon(one: string, other: string): boolean {
  const parts = one.split('.')
  const others = other.split('.')
  return (
    parts.length === others.length &&
    parts.every((part, index) => matches(part, others[index] ?? '') || matches(others[index] ?? '', part))
  )
}

/** Whether a text matches a pattern (glob(7)). A bracket expression matches any character. Takes linear time. */
function matches(pattern: string, text: string): boolean {
  const signs = pattern.replaceAll(/\[[^\]]*\]/g, '?')
  let [at, sign] = [0, 0]
  let star: { sign: number; at: number } | null = null
  while (at < text.length) {
    if (signs[sign] === '*') {
      star = { sign, at }
      sign += 1
    } else if (signs[sign] === '?' || signs[sign] === text[at]) {
      sign += 1
      at += 1
    } else if (star) {
      star.at += 1
      at = star.at
      sign = star.sign + 1
    } else return false
  }
  return /^\**$/.test(signs.slice(sign))
}

/** Normalizes numbers as the kernel reads them (strtoul of base 0), and the space between several of them. */
const plainValue = (value: string): string =>
  value
    .trim()
    .split(/\s+/)
    .map((word) => (numberOf(word) ?? word).toString())
    .join(' ')

/** A number as the kernel reads it; null for anything else. */
export function numberOf(word: string): number | null {
  const [, sign = '', octal, hex, decimal] =
    /^([-+]?)(?:(0[0-7]*)|0[xX]([\dA-Fa-f]+)|([1-9]\d*))$/.exec(word) ?? []
  const digits = octal ?? hex ?? decimal
  if (digits === undefined) return null
  const base = octal === undefined ? (hex === undefined ? 10 : 16) : 8
  return Number.parseInt(digits, base) * (sign === '-' ? -1 : 1)
}

export const isSameValue = (one: string, other: string): boolean => plainValue(one) === plainValue(other)

/** Whether a value suffices: it is equal, or for minimums at least as high. */
export function isEnough(value: string, needed: string, atLeast: boolean): boolean {
  if (isSameValue(value, needed)) return true
  const [given, least] = [numberOf(value.trim()), numberOf(needed.trim())]
  return atLeast && given !== null && least !== null && given >= least
}
