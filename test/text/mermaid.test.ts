import { assert, property, string } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { mermaidLabel } from '../../src/text/mermaid.ts'

// test/commands/explain-pictures.integration.test.ts shows that Mermaid itself reads them as they were.
describe('mermaidLabel', () => {
  it.each([
    [['worker-1', '10.1.0.21'], '"worker-1<br/>10.1.0.21"'],
    [['[fd00::1]:6443'], '"#91;fd00::1#93;:6443"'],
    [['"]'], '"#34;#93;"'],
    [['<b>&amp;</b>'], '"#60;b#62;#38;amp#59;#60;/b#62;"'],
    [['#quot;'], '"#35;quot#59;"'],
    [['1. list', '- list'], '"1#46; list<br/>#45; list"'],
    [['$$x$$'], '"#36;#8288;#36;x#36;#8288;#36;"'],
    [['style a:'], '"#115;tyle a:"'],
    [['Grüße 😀'], '"Grüße #128512;"'],
    [['a\nb\uD800'], '"a#65533;b#65533;"'],
  ])('%j', (lines, label) => {
    expect(mermaidLabel(lines)).toBe(label)
  })

  it('is one quoted word of harmless characters for every text', () => {
    assert(
      property(string({ unit: 'binary' }), (text) => {
        expect(mermaidLabel([text])).toMatch(/^"(?:[\p{L}\p{N} _.:,/()@+=…-]|#\d+;)*"$/u)
      }),
    )
  })
})
