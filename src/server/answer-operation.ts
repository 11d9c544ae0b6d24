import type { Call, Row } from './api/operation.ts'
import { type Exchange, sendText } from './exchange.ts'
import type { Found } from './find-route.ts'
import { isBearer } from './operator.ts'
import { admitReader } from './page/admit.ts'

/** Answers that the path supports other methods only. */
function refuseMethod(exchange: Exchange, rows: readonly Row[]): null {
  const allowed = rows.map(({ method }) => method).join(', ')
  sendText(exchange, 405, `only ${allowed}`, ['Allow', allowed, 'Connection', 'close'])
  return null
}

/**
 * Answers a request for an operation, or for a path that the API does not have. Only clients with the token learn whether a path below
 * the API exists, except for operations that need none.
 */
export function answerOperation(call: Omit<Call, 'parameter'>, found: Found): Promise<void> | null {
  const { exchange, operated } = call
  const { method = '', headers } = exchange.request
  const { rows, parameter } = found.kind === 'operation' ? found : { rows: [], parameter: '' }
  const row = rows.find((each) => each.method === (method === 'HEAD' ? 'GET' : method))
  exchange.kind = row?.operation.kind ?? 'api'
  const open = row === undefined ? rows.some(({ who }) => who !== 'operator') : row.who !== 'operator'
  if (!open && !isBearer(headers.authorization, operated.token)) {
    const extra = ['WWW-Authenticate', 'Bearer', 'Connection', 'close']
    sendText(exchange, 401, 'this needs the token of the operator', extra)
    return null
  }
  if (rows.some(({ who }) => who === 'reader') && !admitReader(call)) return null
  if (row) return row.operation.run({ ...call, parameter })
  if (rows.length > 0) return refuseMethod(exchange, rows)
  sendText(exchange, 404, 'not found')
  return null
}
