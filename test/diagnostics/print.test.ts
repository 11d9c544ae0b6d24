import { describe, expect, it } from 'vitest'
import { error, warning } from '../../src/diagnostics/diagnostic.ts'
import type { Diagnostic, Position } from '../../src/diagnostics/diagnostic.ts'
import type { Locatable } from '../../src/diagnostics/locate.ts'
import { countDiagnostics, printDiagnostics } from '../../src/diagnostics/print.ts'
import { pemBegin } from '../support/pem.ts'

const text = 'name: rack\nmachines:\n\t- mac: 52:54:00:aa:bb:01\n'

/** Every place is the MAC address. */
const mac: Position = { file: 'rack/profile.yaml', line: 3, column: 9, length: 17 }
const loaded: Locatable = { file: 'rack/profile.yaml', text, locate: () => mac }

const duplicate = error('mac/duplicate', 'the MAC address is used twice', {
  path: ['machines', 0, 'mac'],
  hint: 'every card has its own',
  related: [{ path: ['machines', 1], message: 'first used here' }],
  source: 'https://example.com/why',
})

const print = (diagnostic: Diagnostic, of: Locatable = loaded): string =>
  printDiagnostics([{ diagnostic, loaded: of }], 'text')

/** One line, with a mark from a column on. */
const excerptOf = (line: string, column: number, length: number): string =>
  print(error('network/overlap', 'wrong', { position: { file: 'f', line: 1, column, length } }), {
    file: 'f',
    text: line,
    locate: () => mac,
  })

describe('text', () => {
  it('has the position, the line, a mark, the hint, related positions and the source', () => {
    expect(print(duplicate)).toMatchInlineSnapshot(`
      "rack/profile.yaml:3:9: error[mac/duplicate]: the MAC address is used twice [$.machines[0].mac]
          3 | 	- mac: 52:54:00:aa:bb:01
            | 	       ^^^^^^^^^^^^^^^^^
        hint: every card has its own
        rack/profile.yaml:3:9: first used here
        source: https://example.com/why
      "
    `)
  })
  it('has colours if asked', () => {
    expect(
      JSON.stringify(printDiagnostics([{ diagnostic: duplicate, loaded }], 'text', { colour: true })),
    ).toMatchInlineSnapshot(
      `""\\u001b[1mrack/profile.yaml:3:9: \\u001b[0m\\u001b[31merror[mac/duplicate]:\\u001b[0m the MAC address is used twice\\u001b[2m [$.machines[0].mac]\\u001b[0m\\n    3 | \\t- mac: 52:54:00:aa:bb:01\\n\\u001b[31m      | \\t       ^^^^^^^^^^^^^^^^^\\u001b[0m\\n  hint: every card has its own\\n  rack/profile.yaml:3:9: first used here\\n  source: https://example.com/why\\n""`,
    )
  })
  it('is short if nothing else is known', () => {
    expect(printDiagnostics([{ diagnostic: warning('network/overlap', 'odd') }], 'text')).toBe(
      'warning[network/overlap]: odd\n',
    )
    expect(printDiagnostics([], 'text')).toBe('')
  })
  it('shows lines of other files that it knows', () => {
    const position = { file: 'rack/files/motd', line: 2, column: 3, length: 4 }
    const texts = new Map([['rack/files/motd', 'one\nx word\n']])
    expect(print(warning('network/overlap', 'odd', { position }), { ...loaded, texts }))
      .toMatchInlineSnapshot(`
        "rack/files/motd:2:3: warning[network/overlap]: odd
            2 | x word
              |   ^^^^
        "
      `)
    expect(print(warning('network/overlap', 'odd', { position }))).toMatchInlineSnapshot(`
      "rack/files/motd:2:3: warning[network/overlap]: odd
      "
    `)
  })
  it('accepts a position that is not in the text', () => {
    expect(excerptOf('short', 40, 3)).toMatchInlineSnapshot(`
      "f:1:40: error[network/overlap]: wrong
          1 | short
            |      ^
      "
    `)
    expect(print(error('network/overlap', 'wrong', { position: { ...mac, line: 99 } }))).toBe(
      'rack/profile.yaml:99:9: error[network/overlap]: wrong\n',
    )
  })
  it('stops after fifty diagnostics of one file', () => {
    const list = Array.from({ length: 53 }, (_, index) => ({
      diagnostic:
        index === 52 ? warning('network/overlap', 'odd') : error('network/overlap', `wrong ${index}`),
      loaded: { ...loaded, text: '' },
    }))
    expect(printDiagnostics(list, 'text').split('\n').slice(-5)).toMatchInlineSnapshot(`
      [
        "",
        "rack/profile.yaml:3:9: error[network/overlap]: wrong 49",
        "",
        "rack/profile.yaml: and 2 errors and 1 warning more",
        "",
      ]
    `)
  })
})

describe('excerpts', () => {
  it('truncate long lines around the mark', () => {
    expect(excerptOf(`${'a'.repeat(200)}WRONG${'b'.repeat(200)}`, 201, 5)).toMatchInlineSnapshot(`
      "f:1:201: error[network/overlap]: wrong
          1 | …aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaWRONGbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb…
            |                                     ^^^^^
      "
    `)
    expect(excerptOf(`WRONG${'b'.repeat(200)}`, 1, 5)).toMatchInlineSnapshot(`
      "f:1:1: error[network/overlap]: wrong
          1 | WRONGbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb…
            | ^^^^^
      "
    `)
    expect(excerptOf(`${'a'.repeat(200)}WRONG`, 201, 5)).toMatchInlineSnapshot(`
      "f:1:201: error[network/overlap]: wrong
          1 | …aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaWRONG
            |                                                                                                          ^^^^^
      "
    `)
    expect(excerptOf('c'.repeat(300), 1, 300)).toMatchInlineSnapshot(`
      "f:1:1: error[network/overlap]: wrong
          1 | ccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc…
            | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      "
    `)
  })
  it('put the mark below wide characters', () => {
    expect(excerptOf('名前: wrong', 5, 5)).toMatchInlineSnapshot(`
      "f:1:5: error[network/overlap]: wrong
          1 | 名前: wrong
            |       ^^^^^
      "
    `)
  })
  it('let no control character through', () => {
    expect(excerptOf('name: \u001B[31mred\u202Etxt\u0007', 7, 4)).toMatchInlineSnapshot(`
      "f:1:7: error[network/overlap]: wrong
          1 | name: �[31mred�txt�
            |       ^^^^
      "
    `)
    expect(print(error('network/overlap', 'bad \u001B[2J value\nsecond line'))).toMatchInlineSnapshot(`
      "rack/profile.yaml:3:9: error[network/overlap]: bad �[2J value�second line
          3 | 	- mac: 52:54:00:aa:bb:01
            | 	       ^^^^^^^^^^^^^^^^^
      "
    `)
  })
  it.each([
    'passwordHash: $6$salt$hash',
    'password: "correct horse"',
    'hash: "$y$j9T$F5Jx5fExrKuPp53xLKQ..1$X3DX6M94c7o"',
    'auth_pass 1234',
    'token = 0a1b2c',
    'kubeadm join --token abcdef.0123456789abcdef',
    'server: http://me:letmein@10.0.0.1',
    'passwordSecret: Horse',
    '- { path: /etc/own, fromSecret: "correct horse" }',
    pemBegin('OPENSSH PRIVATE KEY'),
    'b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtzc2gtZW',
  ])('hide the secret of %s', (line) => {
    const shown = excerptOf(line, 1, line.length).split('\n')[1] ?? ''
    expect(shown).toContain('********')
    expect(shown).not.toMatch(/salt|[Hh]orse|X3DX|1234|0a1b2c|0123456789|letmein|OPENSSH|b3Blbn/)
  })
  it('show what is not a secret', () => {
    for (const line of [
      'secret: true',
      '- ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINtODLLcxnxUAPxj6q1T6K2l46ecNNiL1HXgI ops',
      '# the token is made at boot',
      '- { path: /etc/own, fromSecret: registry-token }',
      'passwordSecret: "registry" # of the mirror',
    ]) {
      expect(excerptOf(line, 1, 3)).toContain(line)
    }
  })
})

describe('output for programs', () => {
  it('is JSON', () => {
    expect(printDiagnostics([{ diagnostic: duplicate, loaded }], 'json')).toMatchInlineSnapshot(`
      "[
        {
          "file": "rack/profile.yaml",
          "line": 3,
          "column": 9,
          "severity": "error",
          "code": "mac/duplicate",
          "message": "the MAC address is used twice",
          "hint": "every card has its own",
          "path": "$.machines[0].mac",
          "source": "https://example.com/why",
          "related": [
            {
              "file": "rack/profile.yaml",
              "line": 3,
              "column": 9,
              "message": "first used here"
            }
          ]
        }
      ]
      "
    `)
    expect(printDiagnostics([], 'json')).toBe('[]\n')
  })
  it('is JSON for diagnostics without a position', () => {
    expect(printDiagnostics([{ diagnostic: warning('network/overlap', 'odd') }], 'json'))
      .toMatchInlineSnapshot(`
        "[
          {
            "file": null,
            "line": null,
            "column": null,
            "severity": "warning",
            "code": "network/overlap",
            "message": "odd",
            "hint": null,
            "path": null,
            "source": null,
            "related": []
          }
        ]
        "
      `)
  })
  it('is GitHub annotations', () => {
    expect(printDiagnostics([{ diagnostic: duplicate, loaded }], 'github')).toMatchInlineSnapshot(`
      "::error file=rack/profile.yaml,line=3,col=9,title=mac/duplicate::the MAC address is used twice%0Ahint: every card has its own%0Arack/profile.yaml:3:9: first used here%0Asource: https://example.com/why
      "
    `)
  })
  it('escapes GitHub annotations', () => {
    const position = { file: 'a,b:c%d.yaml', line: 1, column: 2, length: 1 }
    expect(
      printDiagnostics(
        [{ diagnostic: warning('network/overlap', '100 %\r\nof: it, all', { position }) }],
        'github',
      ),
    ).toMatchInlineSnapshot(`
      "::warning file=a%2Cb%3Ac%25d.yaml,line=1,col=2,title=network/overlap::100 %25%0D%0Aof: it, all
      "
    `)
    expect(printDiagnostics([], 'github')).toBe('')
  })
  it('has no control or bidirectional characters in GitHub annotations', () => {
    const position = { file: 'a\u001B[31m.yaml', line: 1, column: 2, length: 1 }
    expect(
      printDiagnostics(
        [{ diagnostic: warning('network/overlap', 'a\u001B]0;x\u0007b', { hint: '\u202Ec', position }) }],
        'github',
      ),
    ).toBe(
      '::warning file=a\uFFFD[31m.yaml,line=1,col=2,title=network/overlap::a\uFFFD]0;x\uFFFDb%0Ahint: \uFFFDc\n',
    )
  })
})

it('countDiagnostics counts errors and warnings', () => {
  expect(countDiagnostics([])).toBe('')
  expect(countDiagnostics([duplicate])).toBe('1 error')
  expect(countDiagnostics([duplicate, duplicate, warning('network/overlap', 'odd')])).toBe(
    '2 errors and 1 warning',
  )
})
