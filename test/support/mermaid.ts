import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Page } from 'playwright-core'

const script = readFileSync(createRequire(import.meta.url).resolve('@mermaid-js/tiny'), 'utf8')

type Mermaid = {
  mermaid: {
    initialize(options: object): void
    render(id: string, text: string): Promise<{ svg: string }>
  }
}
type Element = { innerHTML: string; textContent: string | null }
type Drawing = {
  document: {
    body: { innerHTML: string }
    createElement(name: string): Element
    querySelectorAll(selector: string): Iterable<Element>
  }
}

/** A page with Mermaid's own parser and renderer, with the security level that GitHub uses. */
export async function openMermaid(page: Page): Promise<void> {
  await page.setContent('<!doctype html><body></body>')
  await page.addScriptTag({ content: script })
  await page.evaluate(() =>
    (globalThis as unknown as Mermaid).mermaid.initialize({ startOnLoad: false, securityLevel: 'strict' }),
  )
}

/**
 * Draws a picture on the page.
 *
 * @returns the lines of each label, in the order of the drawing; empty labels are left out
 * @throws with the parser's message for text that is not Mermaid's
 */
export async function draw(page: Page, text: string): Promise<string[][]> {
  return page.evaluate(async (source) => {
    const { mermaid, document } = globalThis as unknown as Mermaid & Drawing
    const { svg } = await mermaid.render('picture', source)
    document.body.innerHTML = svg
    const line = document.createElement('div')
    return [...document.querySelectorAll('.nodeLabel p, .edgeLabel p')].map(({ innerHTML }) =>
      innerHTML.split(/<br\s*\/?>/).map((html) => {
        line.innerHTML = html
        return line.textContent ?? ''
      }),
    )
  }, text)
}
