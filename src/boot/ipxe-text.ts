import { ipxe } from './loaders.ts'

/** Text for iPXE's `echo`: its words come out with single spaces between them. @throws for a word that iPXE would change */
export function ipxeText(text: string): string {
  const words = text.split(' ').filter((word) => word !== '')
  for (const word of words) {
    const problem = /[\s\p{Cc}]/u.test(word) ? 'holds a control character' : ipxe.problemOf(word)
    if (problem !== null) throw new TypeError(`iPXE cannot show ${JSON.stringify(word)}: it ${problem}`)
  }
  return words.join(' ')
}
