const units = new Map([
  ['s', 1],
  ['m', 60],
  ['h', 3600],
  ['d', 86_400],
])
const longest = 365 * 86_400

/** Reads `90s`, `45m`, `2h` or `1d` as seconds; null for anything else, for zero, and for more than a year. */
export function parseDuration(text: string): number | null {
  const [, number = '', unit = ''] = /^(\d{1,8})([smhd])$/.exec(text) ?? []
  const seconds = Number(number) * (units.get(unit) ?? 0)
  return seconds > 0 && seconds <= longest ? seconds : null
}

const goUnits: Readonly<Record<string, number>> = {
  h: 3600,
  m: 60,
  s: 1,
  ms: 1e-3,
  us: 1e-6,
  µs: 1e-6,
  ns: 1e-9,
}

/** Reads a duration as Go's time.ParseDuration does (`1h30m0s`), in seconds; null if Go would reject it. */
export function parseGoDuration(text: string): number | null {
  const parts = [...text.matchAll(/(\d+\.?\d*|\.\d+)(ns|us|µs|ms|s|m|h)/g)]
  if (parts.length === 0 || parts.map(([part]) => part).join('') !== text.replace(/^\+/, '')) return null
  return parts.reduce((sum, [, number = '', unit = '']) => sum + Number(number) * (goUnits[unit] ?? 0), 0)
}

/** Formats seconds in the unit that suits their size: `40 s`, `12 min`, `3 h 5 min`, `2 d`. */
export function shortDuration(seconds: number): string {
  if (seconds < 60) return `${Math.floor(seconds)} s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return `${minutes} min`
  const hours = Math.floor(minutes / 60)
  if (hours >= 48) return `${Math.floor(hours / 24)} d`
  return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`
}
