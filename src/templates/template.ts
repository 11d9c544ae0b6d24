import { readFileSync } from 'node:fs'
import { compile, type TemplateFunction } from 'ejs'

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
function escape(value: unknown): string {
  if (typeof value === 'string') return value
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  throw new TypeError(
    `a template prints ${value === null ? 'null' : typeof value}; only strings, numbers and booleans have a text`,
  )
}

function compileText(text: string, name: string): TemplateFunction {
  return compile(text, { strict: true, localsName: 'it', escape, filename: name, compileDebug: true })
}

function load(name: string, variant: string, change: (text: string) => string): TemplateFunction {
  const key = `${variant}:${name}`
  let template = compiled.get(key)
  if (!template) {
    template = compileText(change(readFileSync(new URL(name, root), 'utf8')), name)
    compiled.set(key, template)
  }
  return template
}

const mark = '\u0001'

/** Puts the template's line number at the end of every line of literal text, and nothing inside tags. */
export function markLines(text: string): string {
  let marked = ''
  let inTag = false
  let line = 1
  for (let at = 0; at < text.length; at++) {
    const two = text.slice(at, at + 2)
    if (!inTag && two === '<%') inTag = true
    else if (inTag && two === '%>') inTag = false
    const character = text[at]
    if (character === '\n') {
      // `-%>` eats the end of its line: such a line makes no output line of its own.
      if (!inTag && !text.slice(0, at).endsWith('-%>')) marked += `${mark}${line}${mark}`
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
 * @throws when the template is missing, or prints what has no text
 */
export function render(name: string, data: object): Rendered {
  const text = load(name, 'plain', (plain) => plain)(data)
  return {
    text,
    template: name,
    templateLines() {
      const lines = load(name, 'marked', markLines)(data).split('\n').slice(0, -1)
      let last = 1
      return lines.map((line) => {
        const found = new RegExp(`${mark}(\\d+)${mark}$`).exec(line)?.[1]
        if (found) last = Number(found)
        return last
      })
    },
  }
}

export const textOf = (content: string | Rendered): string =>
  typeof content === 'string' ? content : content.text
