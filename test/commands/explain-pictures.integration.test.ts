import { readFileSync } from 'node:fs'
import type { Browser, Page } from 'playwright-core'
import { assert, asyncProperty, string } from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { machinePicture } from '../../src/commands/explain/pictures/machine.ts'
import { mermaidText } from '../../src/commands/explain/pictures/picture.ts'
import { rackPicture } from '../../src/commands/explain/pictures/rack.ts'
import { exampleCluster, exampleNames } from '../example.ts'
import { networkCluster } from '../network-profile.ts'
import { openBrowser } from '../server/browser.ts'
import { draw, openMermaid } from '../support/mermaid.ts'
import { describeWith } from '../prerequisites.ts'
import { hakube } from './hakube.ts'
import { largeProfile } from './pictures.ts'

/** The labels of a picture as hakube has written them. */
const labelsIn = (text: string): string[][] =>
  [...text.matchAll(/"([^"]*)"/g)].map(([, label = '']) =>
    label
      .split('<br/>')
      .map((line) => line.replaceAll(/#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)))),
  )

const sorted = (labels: readonly string[][]): string[] => labels.map((lines) => lines.join('\n')).toSorted()

/** As a browser shows text: a word joiner is invisible. */
const shown = (text: string): string => text.replaceAll('\u2060', '').replaceAll(/\s+/gu, ' ').trim()

/** Words that mean something in HTML, Markdown or Mermaid. */
const hostile = [
  '"] --> evil["x',
  '#quot; #35; &amp; &#34;',
  '<img src=x onerror="globalThis.broken=1">',
  '<script>globalThis.broken=1</script>',
  '`**bold** _italic_`',
  '**bold** __strong__ ~~gone~~ `code`',
  '# heading',
  '1. list',
  '1) list',
  '- list',
  '+ list',
  '* list',
  '> quote',
  '--- title',
  '$$x^2$$',
  '%%{init: {"theme": "dark"}}%%',
  '%% comment',
  String.raw`one\ntwo`,
  'fa:fa-car',
  'end',
  'subgraph x',
  'style a:#f00;#34;',
  'classDef a:#f00;#34;',
  'click m0 "javascript:globalThis.broken=1"',
  '[link](javascript:globalThis.broken=1)',
  'https://example.com/',
  ']){}|/\\(',
  'ﬂ°°34¶ß',
  'fl°°34¶ß',
  'Grüße 😀 \u202Ereversed',
]

const flowchart = (lines: readonly string[]): string =>
  mermaidText({
    direction: 'TB',
    nodes: lines.map((line, index) => ({ id: `m${index}`, shape: 'box', lines: [`x${line}`, line] })),
    groups: [],
    edges: [],
  })

describeWith({ programs: ['chromium'] }, "Mermaid's own parser and renderer", () => {
  let browser: Browser
  let page: Page
  beforeAll(async () => {
    browser = await openBrowser()
    page = await browser.newPage()
    await openMermaid(page)
  })
  afterAll(async () => browser.close())

  it('draws every word literally, whatever it means elsewhere', async () => {
    const text = flowchart(hostile)
    expect((await draw(page, text)).map((lines) => lines.map(shown))).toEqual(
      hostile.map((line) => [`x${line}`, line].map((each) => shown(each.replaceAll('\u202E', '\uFFFD')))),
    )
    expect(await page.evaluate(() => 'broken' in globalThis)).toBe(false)
  })

  it('draws random texts', async () => {
    await assert(
      asyncProperty(string({ unit: 'grapheme', minLength: 1, maxLength: 40 }), async (text) => {
        const [lines = []] = await draw(page, flowchart([`${text}x`]))
        expect(lines.map(shown)).toEqual(
          labelsIn(flowchart([`${text}x`]))
            .flat()
            .map(shown),
        )
      }),
      { numRuns: 60 },
    )
  })

  it('draws the pictures of docs/hardware.md', async () => {
    const docs = readFileSync(new URL('../../docs/hardware.md', import.meta.url), 'utf8')
    const texts = [...docs.matchAll(/```mermaid\n([^]*?)```/g)].map(([, text = '']) => text)
    expect(texts).toHaveLength(13)
    for (const text of texts) expect(sorted(await draw(page, text))).toEqual(sorted(labelsIn(text)))
  })

  it('draws the examples, each rack and its first machine', async () => {
    for (const name of exampleNames) {
      const cluster = exampleCluster(name)
      for (const picture of [rackPicture(cluster), machinePicture(cluster, cluster.machines[0]!)]) {
        const text = mermaidText(picture)
        expect(sorted(await draw(page, text))).toEqual(sorted(labelsIn(text)))
      }
    }
  })

  it('draws what the command prints', async () => {
    const words = ['explain', 'profiles/external-load-balancers.yaml', 'sample-haproxy-001']
    const { status, stdout } = hakube([...words, '--format', 'mermaid'])
    expect(status).toBe(0)
    expect(sorted(await draw(page, stdout))).toEqual(sorted(labelsIn(stdout)))
  })

  it('draws a rack of 300 workers in 60 subnets', async () => {
    const text = mermaidText(rackPicture(networkCluster(largeProfile(300, 60))))
    expect(sorted(await draw(page, text))).toEqual(sorted(labelsIn(text)))
  })
})
