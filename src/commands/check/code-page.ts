import { codeSections } from '../../diagnostics/codes/index.ts'
import type { CodeEntry } from '../../diagnostics/codes/section.ts'
import { oldAdviceEntries } from '../../profile/rules/old-advice/document.ts'
import { wrap } from '../help.ts'

/** What is known of one code of a message. `why` is there for old advice only. */
export type CodePage = { code: string } & CodeEntry & { why?: string }

/** All codes, in the order of docs/errors.md. */
export const codePages = (): CodePage[] => [
  ...codeSections.flatMap(({ codes }) => Object.entries(codes).map(([code, entry]) => ({ code, ...entry }))),
  ...oldAdviceEntries(),
]

/** As people copy it from a message: `error[network/overlap]:`. */
const bare = (text: string): string => /^(?:error|warning)\[([^\]]+)\]:?$/.exec(text)?.[1] ?? text

/** @returns null for a code that no message has */
export const findCodePage = (text: string): CodePage | null =>
  codePages().find(({ code }) => code === bare(text)) ?? null

/** The entries are Markdown: of a link only its words are of use on a terminal. */
const withoutLinks = (text: string): string => text.replaceAll(/\[([^\]]+)\]\([^)]*\)/g, '$1')

/** The page for a terminal. */
export function printCodePage(
  { code, severity, what, why, remedy, source }: CodePage,
  width: number,
): string {
  const sections = [
    ['What is wrong', what],
    ['Why', why],
    ['What to do', remedy],
    ['Source', source],
  ] as const
  const texts = sections.flatMap(([title, text]) =>
    text === undefined ? [] : [`${title}\n  ${wrap(withoutLinks(text), width, 2)}\n`],
  )
  return [`${code}: ${severity}\n`, ...texts].join('\n')
}
