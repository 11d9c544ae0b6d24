import type { Operated } from './operated.ts'
import { sendText } from './exchange.ts'
import type { Operation } from './api/operation.ts'
import type { Vitals } from './vitals.ts'

/**
 * Problems of the server, as sentences. `grave`: it cannot do its work. A failed reload is not grave, because the previous site is still
 * served.
 */
export function troubles(operated: Operated, vitals: Vitals): { sentence: string; grave: boolean }[] {
  const found = []
  if (!operated.keeper.isKeeping())
    found.push({
      sentence: 'The server cannot store its state: no machine can be armed and no installation starts.',
      grave: true,
    })
  if (vitals.reloadFault !== null)
    found.push({
      sentence: `The last reload failed, so the last good site is served: ${vitals.reloadFault}`,
      grave: false,
    })
  return found
}

export const readiness: Operation = {
  name: 'readiness',
  kind: 'health',
  summary: 'Whether the server is ready.',
  body: null,
  answers: {},
  run({ exchange, operated, vitals }) {
    const found = troubles(operated, vitals)
    const isReady = !found.some(({ grave }) => grave)
    // The reason of a failed reload may contain paths of the server.
    const words = found.map(({ sentence, grave }) =>
      grave ? sentence : 'The last reload failed, so the last good site is served.',
    )
    sendText(exchange, isReady ? 200 : 503, [isReady ? 'ready' : 'not ready', ...words].join('\n'))
    return null
  },
}
