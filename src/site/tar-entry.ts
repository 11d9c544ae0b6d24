import type { Header, Pack } from 'tar-stream'

/** Adds an entry; resolves when the stream has accepted it, after the reader has consumed what came before. */
export async function addEntry(
  archive: Pack,
  header: Partial<Header> & { name: string },
  body?: Buffer,
): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const done = (fault?: Error | null): void => (fault ? reject(fault) : resolve())
    if (body) archive.entry(header, body, done)
    else archive.entry(header, done)
  })
}
