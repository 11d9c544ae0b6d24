import { canonicalMac } from '../network/mac.ts'
import type { Operation } from './api/operation.ts'
import { clientOf } from './client.ts'
import { sendText } from './exchange.ts'
import { factsOf } from './machine-facts.ts'

/**
 * Takes down what iPXE knows of a machine of the profile, which somebody chose in its boot menu (pxe/menu.ipxe.ejs). Nobody is authenticated who
 * asks, so nothing follows from it.
 */
export const noteHardware: Operation = {
  name: 'noteHardware',
  kind: 'report',
  summary: 'Notes what iPXE reports of a machine.',
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
      const facts = factsOf(request.url ?? '')
      keeper.note({
        type: 'described',
        time: keeper.now(),
        mac: machine.mac,
        name: machine.name,
        from: clientOf(request.socket),
        facts,
      })
    }
    sendText(exchange, 200, 'noted')
    return null
  },
}
