/** A here-document of a shell script, with the position of its body in the script. */
export type Heredoc = {
  start: number
  end: number
  /** The shell expands variables in it: the delimiter is not quoted. */
  expands: boolean
  /** Where it is written: a path, or the words of a variable; empty if unknown. */
  target: string
  /** A shell reads it. */
  shell: boolean
}

const opening = /(?<!<)<<(?!<)(-?)[ \t]*(?:(["'])([\w.-]+)\2|(\\?)([A-Za-z_][\w.-]*))/

/** All here-documents of a script, in order, in linear time. */
export function findHeredocs(script: string): Heredoc[] {
  const found: Heredoc[] = []
  let open: (Heredoc & { delimiter: string; indented: boolean }) | null = null
  let at = 0
  for (const line of script.split('\n')) {
    const next = at + line.length + 1
    if (open) {
      if ((open.indented ? line.replace(/^\t+/, '') : line).trimEnd() === open.delimiter) {
        found.push(closed(open, at))
        open = null
      }
    } else if (!/^[ \t]*#/.test(line)) {
      const [, dash, , quoted, escape, plain] = opening.exec(line) ?? []
      const delimiter = quoted ?? plain
      if (delimiter !== undefined) {
        open = {
          start: Math.min(next, script.length),
          end: script.length,
          expands: quoted === undefined && escape !== '\\',
          target: targetOf(line),
          shell:
            /(?:^|[\s;&|])(?:(?:ba|da)?sh|ssh)\b[^|;&]*<</.test(line) ||
            /\|[ \t]*(?:sudo[ \t]+)?(?:ba|da)?sh\b/.test(line),
          delimiter,
          indented: dash === '-',
        }
      }
    }
    at = next
  }
  if (open) found.push(closed(open, script.length))
  return found
}

const closed = ({ start, expands, target, shell }: Heredoc, end: number): Heredoc => ({
  start,
  end,
  expands,
  target,
  shell,
})

const targetOf = (line: string): string =>
  /(?:>>?|\btee(?:[ \t]+-\S+)*)[ \t]*["']?([^\s"'<>|;&]+)/.exec(line)?.[1] ?? ''
