/*
 * Labels of Mermaid's flowcharts (https://mermaid.js.org/syntax/flowchart.html). A label ends at `"`, can contain HTML, Markdown, icons,
 * formulas and directives, and has one way to escape a character: its entity code, `#34;` for `"`.
 */

/** What nothing in Mermaid gives a meaning. A dot or dash has one in front of a space: Markdown's lists. */
const plain = /[^\p{L}\p{N} _.:,/()@+=…-]|[.)+-](?= )/gu

/** Mermaid drops a semicolon on lines that look like a style, even inside a label (encodeEntities in packages/mermaid/src/utils.ts). */
const likeStyles = /style|classDef/g

/**
 * Mermaid resolves entity codes before it looks for formulas, `\n`, icons and its own marks. An invisible word joiner keeps these apart
 * (hasKatex, lineBreakRegex, replaceIconSubstring and decodeEntities in packages/mermaid/src).
 */
const meansMore = /(?<=\$)(?=\$)|(?<=\\)(?=n)|(?<=fa[a-z]?)(?=:fa-)|(?<=¶)(?=ß)|(?<=ﬂ)(?=°)/g
const wordJoiner = '\u2060'

const entity = (character: string): string => `#${character.codePointAt(0)};`

/**
 * Quotes a label so that it shows exactly this text.
 *
 * @param lines from top to bottom; lone surrogates and control characters are shown as U+FFFD
 */
export const mermaidLabel = (lines: readonly string[]): string =>
  `"${lines
    .map((line) =>
      line
        .replaceAll(/[\p{Cs}\p{Cc}]/gu, '\uFFFD')
        .replaceAll(meansMore, wordJoiner)
        .replaceAll(plain, entity)
        .replaceAll(likeStyles, (word) => entity(word) + word.slice(1)),
    )
    .join('<br/>')}"`
