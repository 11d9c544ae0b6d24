import { execFileSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest'
import { describeWith } from '../prerequisites.ts'
import { openBrowser, tabTo, violations } from './browser.ts'
import { operatorsToken, post, tokenOf } from './operated.ts'
import { bringIntoStates, macOf, operateRack, type Rack, rackSite } from './pages.ts'
import { ask } from './serve.ts'

/*
 * The page in a real browser. With HAKUBE_PICTURES=1 it also makes the pictures of docs/serving.md again (needs the program pngquant).
 */
const pictures = process.env['HAKUBE_PICTURES'] === '1' ? 'docs/images' : null

/**
 * Makes a picture for the documentation, when it is wanted.
 *
 * @param what the height of the page's beginning, or a selector of one element
 */
async function picture(page: Page, name: string, what: number | string): Promise<void> {
  if (pictures === null) return
  mkdirSync(pictures, { recursive: true })
  const path = join(pictures, `${name}.png`)
  await page.evaluate(() =>
    (globalThis as unknown as { scrollTo(x: number, y: number): void }).scrollTo(0, 0),
  )
  const box = typeof what === 'string' ? await page.locator(what).boundingBox() : { y: 8, height: what - 16 }
  if (!box) throw new Error(`the page has no ${what}`)
  const clip = { x: 0, y: box.y - 8, width: 1000, height: box.height + 16 }
  await page.screenshot({ path, clip, fullPage: true })
  execFileSync('pngquant', ['--force', '--strip', '--output', path, '48', path])
}

describeWith({ programs: ['chromium'] }, 'the page in Chromium', () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await openBrowser()
  })
  afterAll(() => browser?.close())

  type Shown = Rack & { page: Page; url: string; complaints: string[] }

  /** The rack with machines in all states, and a page of the browser that notes what it complains of. */
  async function show(options: BrowserContextOptions = {}): Promise<Shown> {
    const rack = await operateRack()
    await bringIntoStates(rack)
    const context = await browser.newContext({ viewport: { width: 1000, height: 700 }, ...options })
    onTestFinished(() => context.close())
    const page = await context.newPage()
    const complaints: string[] = []
    page.on('console', (message) => complaints.push(message.text()))
    page.on('pageerror', (fault) => complaints.push(fault.message))
    page.on('dialog', (dialog) => complaints.push(`dialog: ${dialog.message()}`))
    const url = `http://127.0.0.1:${rack.port}`
    page.on('request', (request) => {
      if (!request.url().startsWith(`${url}/`)) complaints.push(`asks for ${request.url()}`)
    })
    return { ...rack, page, url, complaints }
  }

  async function signIn({ page, url }: Shown): Promise<void> {
    await page.goto(`${url}/sign-in`)
    await page.fill('#token', operatorsToken)
    await page.keyboard.press('Enter')
    await page.waitForURL(`${url}/`)
  }

  it('has no problem that axe-core finds, in light and dark, wide and narrow', async () => {
    const shown = await show()
    const { page, url, complaints } = shown
    for (const path of ['/', `/machines/${macOf('cp-2')}`, `/machines/${macOf('worker-2')}`, '/machines/x']) {
      await page.goto(url + path)
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme })
        expect({ path, colorScheme, found: await violations(page) }).toEqual({ path, colorScheme, found: [] })
        if (path === '/' && colorScheme === 'light') await picture(page, 'page-rack', 1135)
        if (path.endsWith(macOf('cp-2')) && colorScheme === 'dark') await picture(page, 'page-machine', 830)
        if (path.endsWith(macOf('cp-2')) && colorScheme === 'light') await picture(page, 'page-log', '#log')
      }
    }
    await page.setViewportSize({ width: 360, height: 640 })
    await page.goto(url)
    expect(await violations(page)).toEqual([])
    const { scrollWidth } = await page.evaluate(() => {
      const { document } = globalThis as unknown as { document: { documentElement: { scrollWidth: number } } }
      return { scrollWidth: document.documentElement.scrollWidth }
    })
    expect(scrollWidth).toBeLessThanOrEqual(360)
    expect(complaints.filter((text) => !text.includes('404'))).toEqual([])
  })

  it('arms and disarms with the keyboard alone', async () => {
    const shown = await show()
    const { page, url, keeper, complaints } = shown
    const stage = () => keeper.machine({ mac: macOf('worker-4'), name: 'worker-4' }).stage
    await page.goto(url)
    await tabTo(page, 'Skip to content')
    await tabTo(page, 'Sign in')
    await page.keyboard.press('Enter')
    await page.waitForURL(`${url}/sign-in`)
    expect(await violations(page)).toEqual([])
    await tabTo(page, 'Operator’s token')
    await page.keyboard.type(operatorsToken)
    await page.keyboard.press('Enter')
    await page.waitForURL(`${url}/`)
    expect(await violations(page)).toEqual([])
    await tabTo(page, 'Erase living systems too')
    await page.keyboard.press('Space')
    await tabTo(page, 'Choose worker-4')
    await page.keyboard.press('Space')
    await picture(page, 'page-arm', '#actions')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Arm worker-4?' }).waitFor()
    await page.getByText('Living systems, too:').waitFor()
    expect(await violations(page)).toEqual([])
    await picture(page, 'page-confirm', 320)
    expect(stage()).toBe('idle')
    await tabTo(page, 'Arm worker-4')
    await page.keyboard.press('Enter')
    await page.getByText('Armed: worker-4.').waitFor()
    expect(stage()).toBe('armed')
    expect(keeper.machine({ mac: macOf('worker-4'), name: 'worker-4' }).wipe).toBe(true)
    await tabTo(page, 'Disarm')
    await page.keyboard.press('Enter')
    await page.getByText('Disarmed: worker-4.').waitFor()
    expect(stage()).toBe('idle')
    expect(complaints).toEqual([])
  })

  it('shows what changes, and does not disturb the reader', async () => {
    const shown = await show()
    const { page, port, server, complaints } = shown
    await signIn(shown)
    await page.getByText('Live: this page follows the server.').waitFor()
    const box = page.getByLabel('Choose worker-4')
    await box.check()
    await box.focus()
    const row = page.locator(`#m-${macOf('cp-1')}`)
    const report = (body: object) =>
      post(port, `/api/v1/machines/${macOf('cp-1')}/report`, JSON.stringify(body), tokenOf('cp-1'))
    await report({ state: 'failed', step: 'kubeadm', text: 'x' })
    await row.getByText('step kubeadm fails').waitFor()
    // A reload of the site ends no page.
    server.replaceSite(rackSite())
    await report({ state: 'ready' })
    await row.getByText('nothing: all its checks passed').waitFor()
    await page.getByRole('status').getByText('2 ready').waitFor()
    expect(await box.isChecked()).toBe(true)
    expect(await box.evaluate((element) => element.matches(':focus'))).toBe(true)
    expect(complaints).toEqual([])
  })

  it('shows what a machine says immediately', async () => {
    const shown = await show()
    const { page, url, say, complaints } = shown
    await page.goto(`${url}/machines/${macOf('cp-3')}`)
    await page.getByText('Live: this page follows the server.').waitFor()
    await page.getByText('Nothing has come from its address.').waitFor()
    say('cp-1', '<14>dracut: of another machine')
    say('cp-3', '<11>dracut: Warning: /dev/root does not exist')
    const log = page.getByRole('region', { name: 'What it says' })
    await log.getByText('error: Warning: /dev/root does not exist').waitFor()
    expect(await log.getByRole('row').count()).toBe(2)
    expect(await violations(page)).toEqual([])
    await signIn(shown)
    await page.goto(`${url}/machines/${macOf('cp-3')}`)
    await tabTo(page, 'The whole log as text')
    await page.keyboard.press('Enter')
    await page.waitForURL(`${url}/machines/${macOf('cp-3')}/log`)
    expect(await page.locator('body').innerText()).toContain('said dracut: error: Warning: /dev/root')
    // Chromium asks for a favicon of plain text.
    expect(complaints.filter((text) => !text.includes('404'))).toEqual([])
  })

  it('shows messages of an attacker as text', async () => {
    const shown = await show()
    const { page, url, port, server, keeper, say, complaints } = shown
    const evil = `</pre></td><script>alert(1)</script><img src=x onerror=alert(2)>"'><a href=javascript:alert(3)>`
    const known = { mac: macOf('cp-1'), name: evil }
    await post(
      port,
      `/api/v1/machines/${macOf('cp-1')}/report`,
      JSON.stringify({ state: 'failed', step: evil, text: `${evil}\u0000\u001b[31m\ud800` }),
      tokenOf('cp-1'),
    )
    await ask(
      port,
      `/ipxe/52-54-00-ff-ff-02?product=${encodeURIComponent(evil)}&serial=${encodeURIComponent(evil)}`,
    )
    say('cp-1', `<11>${evil}`)
    await keeper.record({ type: 'armed', time: keeper.now(), ...known, until: null, by: evil })
    keeper.note({
      type: 'fetched',
      time: keeper.now(),
      ...known,
      what: 'other',
      path: evil,
      from: evil,
      status: 200,
    })
    const site = rackSite()
    server.replaceSite({
      ...site,
      machines: new Map([...site.machines, [known.mac, known]]),
      described: { ...site.described, name: evil, commit: evil, steps: () => [evil] },
    })
    await signIn(shown)
    for (const path of ['/', `/machines/${macOf('cp-1')}`]) {
      await page.goto(url + path)
      await page.getByText('Live: this page follows the server.').waitFor()
      expect(
        await page.locator('img, script:not([src="/page/live.js"]), a[href^="javascript"]').count(),
      ).toBe(0)
      expect(await page.getByText('<script>alert(1)</script>').count()).toBeGreaterThan(1)
      expect(await violations(page)).toEqual([])
    }
    expect(complaints).toEqual([])
  })

  it('can be read and used without JavaScript', async () => {
    const shown = await show({ javaScriptEnabled: false })
    const { page, url, keeper } = shown
    await signIn(shown)
    await page.goto(`${url}/machines/${macOf('worker-4')}`)
    await page.getByText('nothing: it boots from its disk until it is armed').waitFor()
    await page.getByRole('button', { name: 'Arm…' }).click()
    await page.getByRole('button', { name: 'Arm worker-4' }).click()
    await page.getByText('Armed: worker-4.').waitFor()
    expect(keeper.machine({ mac: macOf('worker-4'), name: 'worker-4' }).stage).toBe('armed')
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByRole('link', { name: 'Sign in' }).waitFor()
  })
})
