import { readFileSync } from 'node:fs'
// ejs 7 has only a default export, although its types list others.
import ejs, { type TemplateFunction } from 'ejs'
import { strictData } from './strict-data.ts'

/** Text made from a template, with a function that tells which template line each of its lines came from. */
export type Rendered = {
  text: string
  /** Path below the package, e.g. `cloud-init/haproxy/haproxy.cfg.ejs`. */
  template: string
  /** The template line, from 1, of each line of `text`. Computed on demand, because only error messages need it. */
  templateLines(): number[]
}

const root = new URL('../../', import.meta.url)
const compiled = new Map<string, TemplateFunction>()

/*
 * EJS escapes for HTML and prints undefined as nothing. Here every value is printed as it is, and a missing value is a bug in hakube,
 * reported with the line of the template.
 */
function asItIs(value: unknown): string {
  if (typeof value === 'string') return value
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  throw new TypeError(
    `a template prints ${value === null ? 'null' : typeof value}; only strings, numbers and booleans can be printed`,
  )
}

function compileText(text: string, name: string, escape: (value: unknown) => string): TemplateFunction {
  // Both printing tags behave alike here: EJS passes the content of `<%-` through the function above.
  const options = {
    strict: true,
    localsName: 'it',
    escape,
    filename: name,
    compileDebug: true,
    // By default EJS copies the data, which would lose the view that `strictData` creates. The option exposes no prototypes, because the
    // view rejects unknown names. The types of EJS lack it.
    unsafePrototypeLocals: true,
  }
  return ejs.compile(text.replaceAll('<%-', '<%='), options)
}

/** The text of a template, for messages that show one of its lines. */
export const readTemplate = (name: string): string => readFileSync(new URL(name, root), 'utf8')

function load(name: string, variant: string, change: (text: string) => string): TemplateFunction {
  const key = `${variant}:${name}`
  let template = compiled.get(key)
  if (!template) {
    template = compileText(change(readFileSync(new URL(name, root), 'utf8')), name, asItIs)
    compiled.set(key, template)
  }
  return template
}

/**
 * Compiles a template that prints its values by the given function. Results are cached by name, so a template must always come with the
 * same function.
 */
export function compileTemplate(name: string, escape: (value: unknown) => string): TemplateFunction {
  const key = `own:${name}`
  const template = compiled.get(key) ?? compileText(readTemplate(name), name, escape)
  compiled.set(key, template)
  return template
}

const mark = '\u0001'

/** Puts the template's line number before every tag that prints and at the end of every line of literal text. */
function markLines(text: string): string {
  let marked = ''
  let inTag = false
  let line = 1
  for (let at = 0; at < text.length; at++) {
    // `<%%` is a literal `<%`.
    const opens = !inTag && text.startsWith('<%', at) && text[at + 2] !== '%'
    if (opens && /[=-]/.test(text[at + 2] ?? '')) marked += `${mark}${line}${mark}`
    if (opens) inTag = true
    else if (inTag && text.startsWith('%>', at)) inTag = false
    const character = text[at]
    if (character === '\n') {
      // `-%>` removes the line break that follows: such a line produces no output line.
      if (!inTag && !text.endsWith('-%>', at)) marked += `${mark}${line}${mark}`
      line += 1
    }
    marked += character
  }
  return marked
}

/**
 * Renders a template that ships with hakube. Templates see their data as `it`.
 *
 * @param name path below the package, e.g. `cloud-init/haproxy/haproxy.cfg.ejs`
 * @throws when the template is missing, prints what has no text, or reads a name that its data does not have
 */
export function render(name: string, data: object): Rendered {
  const view = strictData(data)
  const text = load(name, 'plain', (plain) => plain)(view)
  return {
    text,
    template: name,
    templateLines() {
      const lines = load(name, 'marked', markLines)(view).split('\n').slice(0, -1)
      let last = 1
      return lines.map((line) => {
        // Between two marks are the lines of a printed value, which come from the tag before them.
        const marks = [...line.matchAll(new RegExp(`${mark}(\\d+)${mark}`, 'g'))].map(([, found]) =>
          Number(found),
        )
        const first = marks[0] ?? last
        last = marks.at(-1) ?? last
        return first
      })
    },
  }
}

/** The text of a file or script, plain or rendered. */
export const textOf = (content: string | Rendered): string =>
  typeof content === 'string' ? content : content.text
