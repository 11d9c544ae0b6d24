/** Maximum size of a message in bytes. RFC 5424, section 6.1: receivers should accept 2,048; anaconda's tracebacks are longer. */
export const mostFrame = 8192

const lineFeed = 0x0a

/**
 * Splits a stream into messages, which are preceded by their length, or followed by a line feed or a NUL (RFC 6587, section 3.4).
 * Overlong lines are truncated.
 *
 * @returns a function that takes bytes and returns complete messages
 */
export function createFrames(): (bytes: Buffer) => Buffer[] {
  let rest: Buffer = Buffer.alloc(0)
  /** The rest of a truncated line is still to come. */
  let skipping = false
  const endOfLine = (): number => rest.findIndex((byte) => byte === lineFeed || byte === 0)
  return (bytes) => {
    rest = rest.length === 0 ? bytes : Buffer.concat([rest, bytes])
    const frames: Buffer[] = []
    for (;;) {
      const counted = skipping ? null : /^([1-9]\d{0,4}) </.exec(rest.subarray(0, 8).toString('latin1'))
      const [, digits = ''] = counted ?? []
      const length = Number(digits)
      if (counted && length <= mostFrame) {
        const end = digits.length + 1 + length
        if (rest.length < end) break
        frames.push(rest.subarray(digits.length + 1, end))
        rest = rest.subarray(end)
        continue
      }
      const end = endOfLine()
      if (end === -1) {
        if (rest.length <= mostFrame) break
        if (!skipping) frames.push(rest.subarray(0, mostFrame))
        skipping = true
        rest = Buffer.alloc(0)
        break
      }
      if (!skipping && end > 0) frames.push(rest.subarray(0, Math.min(end, mostFrame)))
      skipping = false
      rest = rest.subarray(end + 1)
    }
    // A copy, so that the rest does not keep a large chunk alive.
    rest = Buffer.from(rest)
    return frames
  }
}
