import { canonicalMac } from '../network/mac.ts'
import type { Operation } from './api/operation.ts'
import { clientOf } from './client.ts'
import { sendText } from './exchange.ts'
import { factsOf } from './machine-facts.ts'

/**
 * Records what iPXE knows about a machine of the profile, which someone at its boot menu had it send (pxe/menu.ipxe.ejs). The sender is not
 * authenticated, so the report is only shown.
 */
export const noteHardware: Operation = {
  name: 'noteHardware',
  kind: 'report',
  summary: 'Records what iPXE reports about a machine.',
  body: null,
  answers: {},
  run({ exchange, site, operated: { keeper }, parameter }) {
    const mac = canonicalMac(parameter)
    const machine = mac === null ? undefined : site.machines.get(mac)
    if (!machine) {
      sendText(exchange, 404, 'no machine has this MAC address')
      return null
    }
    const { request } = exchange
    if (request.method === 'GET') {
      const { mac, name } = machine
      const from = clientOf(request.socket)
      const facts = factsOf(request.url ?? '')
      keeper.note({ type: 'described', time: keeper.now(), mac, name, from, facts })
    }
    sendText(exchange, 200, 'noted')
    return null
  },
}
