import type { ChildProcessWithoutNullStreams } from 'node:child_process'
import { expect } from 'vitest'
import { until } from './processes.ts'

/**
 * Waits until a `hakube serve` that was just started says where it listens, and asks it for the boot script.
 *
 * @param end ends the process, whatever came of it; it is over when this returns
 * @param whileItRuns what is done when it has answered
 */
export async function answersWhileItRuns(
  server: ChildProcessWithoutNullStreams,
  what: string,
  end: () => void,
  whileItRuns = async () => {},
): Promise<void> {
  let output = ''
  for (const stream of [server.stdout, server.stderr])
    stream.on('data', (data: Buffer) => (output += data.toString()))
  const ended = new Promise((resolve) => {
    server.once('exit', resolve)
  })
  try {
    const url = await until(
      what,
      300,
      () => /^hakube serves .* on (http:\S+)$/m.exec(output)?.[1] ?? null,
      () => output,
    )
    const answer = await fetch(`${url}/boot.ipxe`)
    expect({ status: answer.status, begin: (await answer.text()).slice(0, 6) }).toEqual({
      status: 200,
      begin: '#!ipxe',
    })
    await whileItRuns()
  } finally {
    end()
    await ended
  }
}
