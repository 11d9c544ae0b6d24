/** A simple command in a shell script: its program without the directory, and its arguments without quotes. */
export type ShellCall = { program: string; words: readonly string[]; start: number; length: number }

/** Programs and keywords that precede the command proper. */
const prefixes = new Set(
  'sudo env nohup exec command time nice then do else if elif while until ! { ( chroot'.split(' '),
)

/**
 * Finds the simple commands of a script in their order. This is an approximation, not a shell parser: commands end at `;`, `&`, `|`,
 * parentheses and line breaks, and a quoted text is one word.
 *
 * @param bare text without comments and here-documents, with continued lines joined
 */
export function callsOf(bare: string): ShellCall[] {
  const calls: ShellCall[] = []
  const whole = /(?:[^\s;&|()'"]|'[^']*'|"(?:[^"\\]|\\[\s\S])*")+|[\n;&|()]/g
  let words: { text: string; start: number; end: number }[] = []
  const end = (): void => {
    const call = asCall(words)
    if (call) calls.push(call)
    words = []
  }
  // `2>&1` ends no command.
  const text = bare.replaceAll(/\d?[<>]&[\d-]|&>>?/g, (found) => ' '.repeat(found.length))
  for (const match of text.matchAll(whole)) {
    const [word] = match
    if (/^[\n;&|()]$/.test(word)) end()
    else
      words.push({ text: word.replaceAll(/["']/g, ''), start: match.index, end: match.index + word.length })
  }
  end()
  return calls
}

function asCall(words: readonly { text: string; start: number; end: number }[]): ShellCall | null {
  const first = words.findIndex(
    ({ text }, index) =>
      !prefixes.has(text) &&
      !/^\w+=/.test(text) &&
      // Options of sudo and env.
      !(index > 0 && text.startsWith('-')),
  )
  const program = words[first]
  const last = words.at(-1)
  if (!program || !last) return null
  return {
    program: program.text.replace(/^.*\//, ''),
    words: words.slice(first + 1).flatMap(({ text }) => (/^\d?[<>]/.test(text) ? [] : [text])),
    start: program.start,
    length: last.end - program.start,
  }
}
