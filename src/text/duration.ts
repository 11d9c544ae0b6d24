const units = new Map([
  ['s', 1],
  ['m', 60],
  ['h', 3600],
  ['d', 86_400],
])
const longest = 365 * 86_400

/** `90s`, `45m`, `2h` or `1d` in seconds; null for anything else, and for nothing and more than a year. */
export function parseDuration(text: string): number | null {
  const [, number = '', unit = ''] = /^(\d{1,8})([smhd])$/.exec(text) ?? []
  const seconds = Number(number) * (units.get(unit) ?? 0)
  return seconds > 0 && seconds <= longest ? seconds : null
}

/** Seconds in words of a size that a person takes in: `40 s`, `12 min`, `3 h 5 min`, `2 d`. */
export function shortDuration(seconds: number): string {
  if (seconds < 60) return `${Math.floor(seconds)} s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return `${minutes} min`
  const hours = Math.floor(minutes / 60)
  if (hours >= 48) return `${Math.floor(hours / 24)} d`
  return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`
}
