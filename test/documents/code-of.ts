import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../commands/hakube.ts'

/** TypeScript in a page of docs/, in its order. */
export const codeOf = (page: string): string[] =>
  [...readFileSync(join(root, 'docs', page), 'utf8').matchAll(/^```ts\n(.*?)^```$/gms)].map(
    ([, code = '']) => code,
  )
