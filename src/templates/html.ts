import { compileTemplate } from './template.ts'
import { strictData } from './strict-data.ts'

/** Text that is already HTML. Only {@link renderHtml} makes it, so that no untrusted text is taken for HTML. */
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

/** Escapes a value for HTML, in text and in quoted attributes. Control characters, which HTML does not allow, become U+FFFD. */
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
 * Renders a template of a page. All values that it prints are escaped, except rendered parts of pages.
 *
 * @param name path below the package, e.g. `page/rack.ejs`
 * @throws when the template is missing, prints a value that has no text, or reads a name that its data lacks
 */
export const renderHtml = (name: string, data: object): Html =>
  new Html(compileTemplate(name, escapeHtml)(strictData(data)))
