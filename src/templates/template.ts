import { readFileSync } from 'node:fs'
// A default export is all that ejs 7 has; its types tell of others.
import ejs, { type TemplateFunction } from 'ejs'
import { strictData } from './strict-data.ts'

/** Text made from a template, which can still say which template line each of its lines came from. */
export type Rendered = {
  text: string
  /** Path below the package, e.g. `cloud-init/haproxy/haproxy.cfg.ejs`. */
  template: string
  /** Template line (from 1) of each line of `text`; made on demand, because only mistakes need it. */
  templateLines(): number[]
}

const root = new URL('../../', import.meta.url)
const compiled = new Map<string, TemplateFunction>()

/*
 * EJS escapes for HTML and prints undefined as nothing. Here every value is printed as it is, and a missing one is a fault
 * of ours with the template's line in its message.
 */
function asItIs(value: unknown): string {
  if (typeof value === 'string') return value
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  throw new TypeError(
    `a template prints ${value === null ? 'null' : typeof value}; only strings, numbers and booleans can be printed`,
  )
}

function compileText(text: string, name: string, escape: (value: unknown) => string): TemplateFunction {
  // The two tags that print are one here: EJS passes what stands in `<%-` by the function above.
  const options = {
    strict: true,
    localsName: 'it',
    escape,
    filename: name,
    compileDebug: true,
    // EJS would copy the data, and lose the view that `strictData` makes of it. That takes nothing from prototypes either. Its types do not
    // know the option yet.
    unsafePrototypeLocals: true,
  }
  return ejs.compile(text.replaceAll('<%-', '<%='), options)
}

/** The text of a template, for messages that show a line of it. */
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

/** A template that prints its values by a function of its own. It must always be the same function for a template. */
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
      // `-%>` eats the end of its line: such a line makes no output line of its own.
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
        // Between two marks stand the lines of a printed value: they come from the tag before them.
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
