import { markdownTable as table } from '../../../diagnostics/codes/document.ts'
import type { CodeEntry, CodeSection } from '../../../diagnostics/codes/section.ts'
import { byItself } from './by-itself.ts'
import { families } from './index.ts'

/*
 * docs/rules.md, and the section of docs/errors.md about old advice. Both are generated from the rules (npm run rules), and a test
 * compares them.
 */

const introduction = `# Old advice

<!-- Generated from src/profile/rules/old-advice/ by: npm run rules -->

Guides that people copy from are full of settings that were removed, renamed, or do harm. \`hakube check\` reports each one that it finds
in a profile, in a file of the profile or in a command, with file and line, reason, modern form and source. An error is something that
would not work; a warning is something that works but does harm. Comments are ignored; a here-document in a command counts as the file that it writes.

A rule is silent where its advice is still current: on the kernel of CentOS 7, on machines without a kubelet, with a Kubernetes release from
before the change.
`

/** The text of docs/rules.md. */
export function rulesDocument(): string {
  const tables = families.map(
    ({ title, advice }) =>
      `## ${title}\n\n${table(
        ['rule', 'severity', 'old advice', 'why', 'instead', 'source'],
        advice.map(({ says, what }) => [
          `\`${says.code}\``,
          says.severity,
          what,
          sentence(says.message.replace('{}', 'this')),
          sentence(says.hint),
          link(says.source),
        ]),
      )}`,
  )
  const rest = table(
    ['old advice', 'instead', 'where'],
    byItself.map(({ old, instead, where }) => [old, instead, where]),
  )
  return [
    introduction,
    ...tables,
    `## What hakube does right by itself\n\nA profile cannot follow this advice: hakube writes the setting itself, or another rule rejects it.\n\n${rest}`,
  ].join('\n')
}

/** The codes of old advice, as a section of docs/errors.md. */
export const oldAdviceCodes = (): CodeSection => ({
  title: 'Old advice',
  codes: Object.fromEntries(
    families.flatMap(({ advice }) =>
      advice.map(({ says, what }): [string, CodeEntry] => [
        says.code,
        { severity: says.severity, what, remedy: sentence(says.hint), source: '[rules.md](rules.md)' },
      ]),
    ),
  ),
})

/** The same with all details, for `hakube check --explain`. */
export const oldAdviceEntries = (): (CodeEntry & { code: string; why: string })[] =>
  families.flatMap(({ advice }) =>
    advice.map(({ says: { code, severity, message, hint, source }, what }) => ({
      code,
      severity,
      what,
      why: sentence(message.replace('{}', 'this')),
      remedy: sentence(hint),
      source,
    })),
  )

/** Capitalizes a text, except names of settings and programs. */
const sentence = (text: string): string =>
  /^[a-z]+[._/-]/.test(text) ? text : text.charAt(0).toUpperCase() + text.slice(1)

const link = (source: string): string => source.replace(/https:\/\/\S+/, '<$&>')
