import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { describe, expect, it } from 'vitest'

const root = new URL('..', import.meta.url).pathname

/** The rooms in the order of ARCHITECTURE.md: imports go up this list only, from a row to rows above it. */
const rooms = [
  ...readFileSync(join(root, 'ARCHITECTURE.md'), 'utf8').matchAll(/^\| `src\/([a-z-]+(?:\.ts)?)` \|/gm),
].map(([, room = '']) => room)

const roomOf = (file: string): string => file.split('/')[0] ?? ''

/** Each file of src with the files that it imports: types too, and what it loads only when it is needed. */
const imports: ReadonlyMap<string, readonly string[]> = new Map(
  readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => {
      const text = readFileSync(join(root, 'src', file), 'utf8')
      const targets = [...text.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)]
      return [file, targets.map(([, target = '']) => normalize(join(dirname(file), target)))]
    }),
)

/** Each import of another room: `components/time.ts → cluster`. */
const importsAcrossRooms = (): { file: string; from: string; to: string }[] =>
  [...imports].flatMap(([file, targets]) =>
    targets
      .map(roomOf)
      .filter((to) => to !== roomOf(file))
      .map((to) => ({ file, from: roomOf(file), to })),
  )

/** Files that import each other, directly or by way of others: for each that is on a loop, the way back to it. */
function importLoops(): string[] {
  const wayBack = (start: string): string[] | null => {
    const ways = (imports.get(start) ?? []).map((next) => [start, next])
    const seen = new Set<string>()
    for (let way = ways.shift(); way; way = ways.shift()) {
      const last = way.at(-1) ?? ''
      if (last === start) return way
      if (seen.has(last)) continue
      seen.add(last)
      for (const next of imports.get(last) ?? []) ways.push([...way, next])
    }
    return null
  }
  return [...imports.keys()].flatMap((file) => wayBack(file)?.join(' → ') ?? [])
}

describe('rooms', () => {
  it('ARCHITECTURE.md lists every room of src once', () => {
    const present = readdirSync(join(root, 'src'))
    expect(rooms.toSorted()).toEqual(present.toSorted())
  })

  it('a room imports only from rooms above it in ARCHITECTURE.md', () => {
    const upward = importsAcrossRooms().filter(({ from, to }) => rooms.indexOf(to) >= rooms.indexOf(from))
    expect(upward.map(({ file, to }) => `${file} imports ${to}`)).toEqual([])
  })

  it('no files of src import each other in a loop', () => {
    expect(importLoops()).toEqual([])
  })
})
