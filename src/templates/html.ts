import { compileTemplate } from './template.ts'
import { strictData } from './strict-data.ts'

/** Text that is HTML already. Only {@link renderHtml} makes it, so nothing from outside is taken for it. */
export class Html {
  readonly text: string
  /** @param text in which all values are escaped */
  constructor(text: string) {
    this.text = text
  }
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** A value as HTML shows it, in text and in a quoted attribute. Control characters, which no HTML may have, become U+FFFD. */
export function escapeHtml(value: unknown): string {
  if (value instanceof Html) return value.text
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  if (typeof value !== 'string')
    throw new TypeError(`a page prints ${value === null ? 'null' : typeof value}`)
  return (
    value
      // oxlint-disable-next-line no-control-regex
      .replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/g, '\ufffd')
      .replaceAll(/[&<>"']/g, (character) => entities[character] ?? '')
  )
}

/**
 * Renders a template of a page. All that it prints is escaped, except other pages' parts.
 *
 * @param name path below the package, e.g. `page/rack.ejs`
 * @throws when the template is missing, prints what has no text, or reads a name that its data does not have
 */
export const renderHtml = (name: string, data: object): Html =>
  new Html(compileTemplate(name, escapeHtml)(strictData(data)))
