import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import type { Locatable } from '../diagnostics/locate.ts'
import { type DiagnosticFormat, printDiagnostics } from '../diagnostics/print.ts'
import type { Refusal } from '../diagnostics/refusal.ts'
import { readTemplate } from '../templates/template.ts'

/** Diagnostics of one profile; `loaded` is null for those that concern no profile. */
export type Mistakes = { loaded: Locatable | null; diagnostics: readonly Diagnostic[] }

/** Prints the diagnostics of several profiles as one list. */
export function printMistakes(
  list: readonly Mistakes[],
  colour: boolean,
  format: DiagnosticFormat = 'text',
): string {
  const printables = list.flatMap(({ loaded, diagnostics }) => {
    const locatable = loaded ? withTemplates(loaded, diagnostics) : null
    return diagnostics.map((diagnostic) => {
      // A diagnostic about a file that is made from the whole profile has no line.
      const placeless = !diagnostic.path && !diagnostic.position
      return locatable && !placeless ? { diagnostic, loaded: locatable } : { diagnostic }
    })
  })
  return printDiagnostics(printables, format, { colour })
}

/** Prints why a command cannot continue; the diagnostics concern no profile. */
export const printRefusal = ({ diagnostics }: Refusal, colour: boolean): string =>
  printMistakes([{ loaded: null, diagnostics }], colour)

/** Adds the texts of the templates that diagnostics refer to, so that their lines can be shown. */
function withTemplates(loaded: Locatable, diagnostics: readonly Diagnostic[]): Locatable {
  const names = new Set(diagnostics.map(({ position }) => position?.file ?? ''))
  const templates = [...names].filter((name) => name.startsWith('cloud-init/') && name.endsWith('.ejs'))
  if (templates.length === 0) return loaded
  const texts = new Map(loaded.texts)
  for (const name of templates) texts.set(name, readTemplate(name))
  return { ...loaded, texts }
}
