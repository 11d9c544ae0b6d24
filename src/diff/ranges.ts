/** From this many names on, a range is written as the first and the last. */
const shortest = 3

type Numbered = { before: string; number: number; digits: string; after: string }

/** The last number in a name counts the machines. */
function numbered(name: string): Numbered | null {
  const [, before = '', digits = '', after = ''] = /^(.*?)(\d{1,15})(\D*)$/s.exec(name) ?? []
  return digits === '' ? null : { before, digits, after, number: Number(digits) }
}

/** Whether the second name follows the first: `w-9`, `w-10`; `w-09`, `w-10`; but not `w-9`, `w-010`. */
function follows(one: string, other: string): boolean {
  const [from, to] = [numbered(one), numbered(other)]
  if (!from || !to || from.before !== to.before || from.after !== to.after) return false
  return String(from.number + 1).padStart(from.digits.length, '0') === to.digits
}

/** Lists names, with consecutive ones as `w-01 to w-48`. Nothing is lost: the names can be reconstructed. */
export function inRanges(names: readonly string[]): string {
  const runs: string[][] = []
  for (const name of names) {
    const run = runs.at(-1)
    const last = run?.at(-1)
    if (run && last !== undefined && follows(last, name)) run.push(name)
    else runs.push([name])
  }
  return runs.flatMap((run) => (run.length < shortest ? run : [`${run[0]} to ${run.at(-1)}`])).join(', ')
}
