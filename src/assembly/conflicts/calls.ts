import { startedBy } from './starters.ts'

/** A simple command in a shell script: its program without the directory, and its arguments without quotes. */
export type ShellCall = { program: string; words: readonly string[]; start: number; length: number }

type Word = { text: string; start: number; end: number }

/**
 * Finds the simple commands of a script in their order. This is an approximation, not a shell parser: commands end at `;`, `&`, `|`,
 * parentheses and line breaks, and a quoted text is one word.
 *
 * @param bare text without comments and here-documents, with continued lines joined
 */
export function callsOf(bare: string): ShellCall[] {
  const calls: ShellCall[] = []
  const whole = /(?:[^\s;&|()'"]|'[^']*'|"(?:[^"\\]|\\.)*")+|([\n;&|()])/g
  let words: Word[] = []
  const end = (): void => {
    const call = asCall(words)
    if (call) calls.push(call)
    words = []
  }
  // `2>&1` ends no command.
  const text = bare.replaceAll(/\d?[<>]&[\d-]|&>>?/g, (found) => ' '.repeat(found.length))
  for (const match of text.matchAll(whole)) {
    const [word, separator] = match
    if (separator) end()
    else
      words.push({ text: word.replaceAll(/["']/g, ''), start: match.index, end: match.index + word.length })
  }
  end()
  return calls
}

function asCall(words: readonly Word[]): ShellCall | null {
  const own = words.filter((_, index) => !isRedirection(words, index))
  const first = startedBy(own.map(({ text }) => text))
  const program = own[first]
  const last = words.at(-1)
  if (!program || !last) return null
  return {
    program: program.text.replace(/^.*\//, ''),
    words: own.slice(first + 1).map(({ text }) => text),
    start: program.start,
    length: last.end - program.start,
  }
}

/** Whether a word is a redirection, or the name of the file after `> `. */
const isRedirection = (words: readonly Word[], index: number): boolean =>
  /^\d?[<>]/.test(words[index]?.text ?? '') || /^\d?[<>]+$/.test(words[index - 1]?.text ?? '')
