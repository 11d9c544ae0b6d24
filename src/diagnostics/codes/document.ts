import { codeSections } from './index.ts'
import type { CodeSection } from './section.ts'

const introduction = `# Messages

<!-- Generated from src/diagnostics/codes/ and src/profile/rules/old-advice/ by: npm run rules -->

Every message of \`hakube check\` carries a code: \`error[network/overlap]: …\`. \`hakube check --explain CODE\` prints
its row of this page. Codes are stable: scripts may rely on them (\`--format json\`). An error is something that would
not work. A warning is something that works but does harm; with \`--strict\`, warnings are errors. The message itself
says more: what was found, and what to write instead.
`

const row = (cells: readonly string[]): string =>
  `| ${cells.map((cell) => cell.replaceAll('|', String.raw`\|`)).join(' | ')} |\n`

/** A Markdown table: header, delimiter, rows. */
export const markdownTable = (heading: readonly string[], rows: readonly (readonly string[])[]): string =>
  [row(heading), `|${heading.map(() => '---').join('|')}|\n`, ...rows.map(row)].join('')

const columns = ['code', 'severity', 'meaning', 'what to do', 'source']

function sectionText({ title, introduction: text, codes }: CodeSection): string {
  const rows = Object.entries(codes).map(([code, { severity, what, remedy, source = '' }]) => [
    `\`${code}\``,
    severity,
    what,
    remedy,
    source,
  ])
  return `## ${title}\n\n${text ? `${text}\n\n` : ''}${markdownTable(columns, rows)}`
}

/**
 * The text of docs/errors.md.
 *
 * @param more sections that other rooms contribute, sorted by title
 */
export const errorsDocument = (more: readonly CodeSection[] = []): string =>
  [introduction, ...[...codeSections, ...more].map(sectionText)].join('\n')
