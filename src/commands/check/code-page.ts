import { codeSections } from '../../diagnostics/codes/index.ts'
import type { CodeEntry } from '../../diagnostics/codes/section.ts'
import { oldAdviceEntries } from '../../profile/rules/old-advice/document.ts'
import { wrap } from '../help.ts'

/** The documentation of a message code. Only old advice has `why`. */
export type CodePage = { code: string } & CodeEntry & { why?: string }

/** All codes, in the order of docs/errors.md. */
export const codePages = (): CodePage[] => [
  ...codeSections.flatMap(({ codes }) => Object.entries(codes).map(([code, entry]) => ({ code, ...entry }))),
  ...oldAdviceEntries(),
]

/** Accepts a code as it is copied from a message: `error[network/overlap]:`. */
const bare = (text: string): string => /^(?:error|warning)\[([^\]]+)\]:?$/.exec(text)?.[1] ?? text

/** @returns null for an unknown code */
export const findCodePage = (text: string): CodePage | null =>
  codePages().find(({ code }) => code === bare(text)) ?? null

/** The entries are Markdown; a terminal shows only the text of links. */
const withoutLinks = (text: string): string => text.replaceAll(/\[([^\]]+)\]\([^)]*\)/g, '$1')

/** Formats the page for a terminal. */
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
