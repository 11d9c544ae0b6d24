/*
 * Files of a large rack are nearly the same on many machines. So a body is kept in pieces, and equal pieces are kept once: a rack of
 * thousands then takes little more memory than what differs between its machines.
 */

/** A body is the concatenation of its pieces. */
export type Pieces = readonly Buffer[]

/** A function that keeps a body, and shares with those that it has kept before. */
export type Sharing = (path: string, body: Buffer) => Pieces

/** Smaller files are not worth the search. */
const smallest = 2048

/** Paragraphs: what differs between machines, such as an address, is rarely all over a file. */
const separator = Buffer.from('\n\n')

/** A longer paragraph, such as a list, is in pieces of some lines: on machines of one role, lists have the same lines in the same order. */
const longest = 1024
const linesOfLong = 8
const lineFeed = 10

/** Where the piece that begins at `from` ends. */
function endOf(body: Buffer, from: number): number {
  const found = body.indexOf(separator, from)
  const end = found === -1 ? body.length : found + separator.length
  if (end - from <= longest) return end
  let to = from
  for (let line = 0; line < linesOfLong; line++) {
    const next = body.indexOf(lineFeed, to)
    // Neither a line without an end, nor more than the paragraph.
    if (next === -1 || next + 1 >= end) return end
    to = next + 1
  }
  return to
}

/** Bodies of the same kind have the same path but for the name or MAC address in it. */
const kindOf = (path: string): string => path.replaceAll(/[0-9a-f]{2}(?:-[0-9a-f]{2}){5}/g, '')

/** A piece that outlives the body: a slice would keep all of it. */
const copyOf = (body: Buffer, from: number, to: number): Buffer => Buffer.from(body.subarray(from, to))

export function shareBodies(): Sharing {
  const latest = new Map<string, Pieces>()
  const known = new Map<string, Buffer>()
  const intern = (body: Buffer, from: number, to: number): Buffer => {
    const text = body.toString('latin1', from, to)
    const same = known.get(text)
    if (same) return same
    const piece = copyOf(body, from, to)
    known.set(text, piece)
    return piece
  }
  return (path, body) => {
    if (body.length < smallest) return [body]
    const kind = kindOf(path)
    // Most pieces are those of the machine before, which a comparison finds faster than a look-up.
    const before = latest.get(kind) ?? []
    const pieces: Buffer[] = []
    for (let from = 0; from < body.length;) {
      const to = endOf(body, from)
      const candidate = before[pieces.length]
      const isSame =
        candidate !== undefined &&
        candidate.length === to - from &&
        body.compare(candidate, 0, candidate.length, from, to) === 0
      pieces.push(isSame ? candidate : intern(body, from, to))
      from = to
    }
    latest.set(kind, pieces)
    return pieces
  }
}

export const lengthOf = (pieces: Pieces): number => pieces.reduce((sum, { length }) => sum + length, 0)

/** Bodies that were put together lately: what a whole rack asks for at once, and what one machine asks for repeatedly. */
const mostWhole = 32
const whole = new Map<Pieces, Buffer>()

/** The body, in one piece. */
export function bodyOf(pieces: Pieces): Buffer {
  const [only] = pieces
  if (pieces.length === 1 && only) return only
  const made = whole.get(pieces)
  if (made) return made
  const body = Buffer.concat(pieces)
  whole.set(pieces, body)
  for (const oldest of whole.keys()) {
    if (whole.size <= mostWhole) break
    whole.delete(oldest)
  }
  return body
}

/** Forgets the bodies that were put together: those of an earlier site may contain secrets that nobody needs now. */
export const forgetBodies = (): void => whole.clear()
