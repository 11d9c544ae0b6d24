import { describe, expect, it } from 'vitest'
import { codePages, findCodePage, printCodePage } from '../../src/commands/check/code-page.ts'
import { action as check } from '../../src/commands/check/action.ts'
import { codeSections } from '../../src/diagnostics/codes/index.ts'
import { oldAdviceCodes } from '../../src/profile/rules/old-advice/document.ts'
import { context } from './context.ts'

/** What `hakube check --explain CODE` prints and ends with. */
async function explained(code: string, options: Readonly<Record<string, string>> = {}) {
  const outside = context([], { explain: code, ...options })
  return { status: await check(outside.context), stdout: outside.stdout(), stderr: outside.stderr() }
}

describe('check --explain', () => {
  it('has a page for each code of docs/errors.md', () => {
    const codes = [...codeSections, oldAdviceCodes()].flatMap((section) => Object.keys(section.codes))
    expect(codePages().map(({ code }) => code)).toEqual(codes)
  })

  it('prints what is wrong, what to do and the source', async () => {
    expect(await explained('mac/multicast')).toMatchInlineSnapshot(`
      {
        "status": 0,
        "stderr": "",
        "stdout": "mac/multicast: error

      What is wrong
        A multicast MAC address

      What to do
        The second digit of a network interface's own address is even

      Source
        IEEE 802, 8.2
      ",
      }
    `)
  })

  it('prints why old advice is outdated, with its own source, and accepts a code as copied from a message', async () => {
    expect(await explained('error[old-advice/etcd-v2]:')).toMatchInlineSnapshot(`
      {
        "status": 0,
        "stderr": "",
        "stdout": "old-advice/etcd-v2: error

      What is wrong
        \`--enable-v2\`, \`--proxy\`, \`ETCD_ENABLE_V2\`, \`ETCD_PROXY\`

      Why
        This was removed in etcd 3.6

      What to do
        Remove it: version 3 is the only API

      Source
        https://etcd.io/docs/v3.6/upgrades/upgrade_3_6/
      ",
      }
    `)
  })

  it('prints links as their words, in lines of the width', () => {
    const page = {
      code: 'a/b',
      severity: 'error',
      what: 'See [the page](x.md)',
      remedy: 'one two three four',
    } as const
    expect(printCodePage(page, 12)).toBe(
      'a/b: error\n\nWhat is wrong\n  See the\n  page\n\nWhat to do\n  one two\n  three four\n',
    )
  })

  it('prints JSON for programs', async () => {
    const { stdout } = await explained('mac/multicast', { format: 'json' })
    expect(JSON.parse(stdout)).toEqual(findCodePage('mac/multicast'))
  })

  it.each([
    ['mac/multicats', 'no message has the code mac/multicats: did you mean mac/multicast?'],
    ['\u001b[2J/x', 'no message has the code \ufffd[2J/x: docs/errors.md lists all codes'],
  ])('refuses the code %j that no message has', async (code, message) => {
    expect(await explained(code)).toEqual({
      status: 2,
      stdout: '',
      stderr: `hakube: ${message}\nSee hakube check --help.\n`,
    })
  })
})
