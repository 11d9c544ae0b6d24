import type { Exchange } from './exchange.ts'

/** Reads the body of a request as bytes. Null if it is too large or the client disconnected. */
export async function readBytes({ request }: Exchange, most: number): Promise<Buffer | null> {
  const chunks: Buffer[] = []
  let length = 0
  try {
    const pieces: AsyncIterable<Buffer> = request.iterator({ destroyOnReturn: false })
    for await (const piece of pieces) {
      length += piece.length
      if (length > most) return null
      chunks.push(piece)
    }
  } catch {
    return null
  }
  return Buffer.concat(chunks)
}

/** The body of a request as text, or null as {@link readBytes}. */
export const readBody = async (exchange: Exchange, most: number): Promise<string | null> =>
  (await readBytes(exchange, most))?.toString('utf8') ?? null
