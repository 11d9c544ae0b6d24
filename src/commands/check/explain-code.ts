import { printable } from '../../diagnostics/excerpt.ts'
import { suggest } from '../../diagnostics/suggest.ts'
import { type Context, exit } from '../context.ts'
import { widestText } from '../help.ts'
import { codePages, findCodePage, printCodePage } from './code-page.ts'

/**
 * `hakube check --explain CODE`
 *
 * @returns the exit code
 */
export function explainCode(code: string, { stdout, stderr, options }: Context): number {
  const page = findCodePage(code)
  if (!page) {
    const near = suggest(
      code,
      codePages().map((each) => each.code),
    )
    const hint = near === null ? 'docs/errors.md lists all codes' : `did you mean ${near}?`
    stderr.write(`hakube: no message has the code ${printable(code)}: ${hint}\nSee hakube check --help.\n`)
    return exit.usage
  }
  const asJson = options.text('format') === 'json'
  stdout.write(
    asJson ? `${JSON.stringify(page, null, 2)}\n` : printCodePage(page, Math.min(stdout.columns, widestText)),
  )
  return exit.success
}
