import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { describe, expect, it } from 'vitest'

const root = new URL('..', import.meta.url).pathname

/** The rooms in the order of ARCHITECTURE.md: imports go up this list only, from a row to rows above it. */
const rooms = [
  ...readFileSync(join(root, 'ARCHITECTURE.md'), 'utf8').matchAll(/^\| `src\/([a-z-]+(?:\.ts)?)` \|/gm),
].map(([, room = '']) => room)

const roomOf = (file: string): string => file.split('/')[0] ?? ''

/** Each import of another room: `components/time.ts → cluster`. */
function importsAcrossRooms(): { file: string; from: string; to: string }[] {
  const files = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
  return files
    .filter((file) => file.endsWith('.ts'))
    .flatMap((file) =>
      [...readFileSync(join(root, 'src', file), 'utf8').matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)]
        .map(([, target = '']) => roomOf(normalize(join(dirname(file), target))))
        .filter((to) => to !== roomOf(file))
        .map((to) => ({ file, from: roomOf(file), to })),
    )
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
})
