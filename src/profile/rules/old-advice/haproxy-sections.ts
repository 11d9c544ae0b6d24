/** A line of haproxy.cfg without leading and trailing space. */
export type Line = { text: string; start: number }
export type Section = { kind: string; name: string; lines: readonly Line[] }

const heading =
  /^(global|defaults|frontend|backend|listen|peers|resolvers|userlist|mailers|cache|program|ring|http-errors|fcgi-app)\b[ \t]*(\S*)/

/** The sections of haproxy.cfg; haproxy ignores indentation. */
export function haproxySections(text: string): Section[] {
  const sections: { kind: string; name: string; lines: Line[] }[] = []
  let at = 0
  for (const raw of text.split('\n')) {
    const start = at + raw.length - raw.trimStart().length
    at += raw.length + 1
    const line = { text: raw.trim(), start }
    if (line.text === '') continue
    const [, kind, name = ''] = heading.exec(line.text) ?? []
    if (kind === undefined) sections.at(-1)?.lines.push(line)
    else sections.push({ kind, name, lines: [line] })
  }
  return sections
}

export const linesLike = ({ lines }: Section, pattern: RegExp): Line[] =>
  lines.filter(({ text }) => pattern.test(text))

/** Whether a section is a frontend or backend of API servers: by port 6443, or by its name. */
export const leadsToApi = ({ lines }: Section): boolean =>
  lines.some(({ text }) => /:6443\b|api[-_]?server|(?:k8s|kube\w*)[-_](?:api|master)/i.test(text))

/** A haproxy time (`50000`, `50s`, `1m` …) in seconds; NaN if it is invalid (haproxy's configuration manual, 2.5). */
export function seconds(time: string): number {
  const [, number, unit = 'ms'] = /^(\d+)(us|ms|s|m|h|d)?$/.exec(time) ?? []
  const factors: Record<string, number> = { us: 1e-6, ms: 1e-3, s: 1, m: 60, h: 3600, d: 86_400 }
  return number === undefined ? Number.NaN : Number(number) * (factors[unit] ?? Number.NaN)
}
