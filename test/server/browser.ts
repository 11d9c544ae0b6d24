import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { type Browser, chromium, type Page } from 'playwright-core'
import { findProgram } from '../prerequisites.ts'

/** A real Chromium with a profile of its own, which asks nobody but the server of a test. */
export async function openBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: findProgram('chromium') ?? 'chromium',
    headless: true,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
}

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

type Violation = { id: string; nodes: { html: string; failureSummary?: string }[] }
type Axe = { axe: { run(options: object): Promise<{ violations: Violation[] }> } }

/** What axe-core finds on a page, in words. The policy of the page lets no script in, so it comes by the debugger. */
export async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe)
  const { violations: found } = await page.evaluate(() =>
    (globalThis as unknown as Axe).axe.run({ resultTypes: ['violations'] }),
  )
  return found.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html}: ${failureSummary}`),
  )
}

/** Moves the focus by the Tab key until it is on what has a name, as a person without a mouse does. */
export async function tabTo(page: Page, name: string): Promise<void> {
  for (let turn = 0; turn < 60; turn++) {
    await page.keyboard.press('Tab')
    const focused = await page.evaluate(() => {
      const { document } = globalThis as unknown as { document: { activeElement: Focused | null } }
      const element = document.activeElement
      return (
        element?.getAttribute('aria-label') ??
        (element?.labels?.[0] ?? element)?.textContent?.replaceAll(/\s+/g, ' ').trim()
      )
    })
    if (focused === name) return
  }
  throw new Error(`no Tab leads to ${name}`)
}

type Focused = {
  getAttribute(name: string): string | null
  labels?: { textContent: string }[]
  textContent: string
}
