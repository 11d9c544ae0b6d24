import { createReadStream, openSync } from 'node:fs'
import { createInterface } from 'node:readline/promises'

/**
 * Asks the person at the terminal, even if the standard streams are redirected.
 *
 * @returns null when there is no terminal, or a signal came
 */
export async function askTerminal(
  question: string,
  write: (text: string) => void,
  stop: AbortSignal,
): Promise<string | null> {
  let descriptor
  try {
    descriptor = openSync('/dev/tty', 'r')
  } catch {
    return null
  }
  const input = createReadStream('', { fd: descriptor })
  const lines = createInterface({ input, terminal: false })
  try {
    write(question)
    const ended = new Promise<null>((resolve) => lines.once('close', () => resolve(null)))
    return await Promise.race([lines.question('', { signal: stop }), ended])
  } catch (fault) {
    if (stop.aborted) return null
    throw fault
  } finally {
    lines.close()
    input.destroy()
  }
}
