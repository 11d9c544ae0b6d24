import { certifyMachine } from '../../secrets/machine-certificate.ts'
import type { ShownKey } from '../../secrets/signing-request.ts'
import type { MachineEvent } from '../../state/events.ts'
import { mayEnrol, stageAt } from '../../state/machine-state.ts'
import { StoreError } from '../../state/store.ts'
import { clientOf } from '../client.ts'
import { ownName } from '../machine-name.ts'
import { sendText } from '../exchange.ts'
import { type Asked, refuse, sendCertificate } from './asked.ts'
import { signerOf } from './certificates.ts'

/** Signs the certificate by which a machine identifies itself. */
export function certify(asked: Asked, { publicKey }: ShownKey): void {
  const { enrolling, operated, machine } = asked
  const { issuer, notAfter } = signerOf(enrolling.machineAuthority)
  const now = new Date(operated.keeper.now())
  sendCertificate(asked, certifyMachine({ name: ownName(machine.name), publicKey, now, notAfter }, issuer))
}

/** Decides about the key of a request. Requests of the same machine are decided one after the other. */
export async function decideKey(asked: Asked, shown: ShownKey): Promise<void> {
  const { exchange, enrolling, operated, machine } = asked
  const { keeper } = operated
  const { mac, name } = machine
  const time = keeper.now()
  const record = keeper.machine(machine)
  const stage = stageAt(record, time)
  const from = clientOf(exchange.request.socket)
  const expected = enrolling.addresses.get(mac)
  const isElsewhere = expected !== undefined && expected !== from
  const event = async (what: MachineEvent): Promise<boolean> => {
    try {
      await keeper.record(what)
      return true
    } catch (fault) {
      if (!(fault instanceof StoreError)) throw fault
      sendText(exchange, 503, 'the server cannot store its state, so no machine enrols', [
        'Retry-After',
        '30',
      ])
      return false
    }
  }
  const twoKeys = (first: string | null, second: string): void =>
    refuse(
      asked,
      'certificate',
      409,
      `gets nothing, because two keys were presented for it: first ${first}, then ${second}. Find out who sent the other one, then: hakube arm PROFILE ${name}`,
    )
  if (record.alarm) return twoKeys(record.key, record.alarm.key)
  if (stage !== 'idle' && record.key === shown.fingerprint) return certify(asked, shown)
  if (!mayEnrol(stage)) {
    const why = stage === 'idle' ? 'it is not armed' : 'it is installed, with another key'
    return refuse(
      asked,
      'certificate',
      403,
      `may not enrol, because ${why}; to install it: hakube arm PROFILE ${name}`,
    )
  }
  if (isElsewhere && operated.strictSource === true) {
    operated.alarm?.(
      `${name} was not enrolled: the request came from ${from}, and the profile says ${expected}`,
    )
    return refuse(asked, 'certificate', 403, `may not enrol from ${from}: its address is ${expected}`)
  }
  if (record.key === null) {
    const about = { time, mac, name, from, key: shown.fingerprint }
    const enrolled = { type: 'enrolled' as const, ...about, ...(isElsewhere ? { expected } : {}) }
    if (!(await event(enrolled))) return
    if (isElsewhere)
      operated.alarm?.(
        `${name} enrolled from ${from}, and the profile says ${expected}; its key is ${shown.fingerprint}`,
      )
    return certify(asked, shown)
  }
  if (!(await event({ type: 'conflict', time, mac, name, from, key: shown.fingerprint }))) return
  operated.alarm?.(
    `two keys were presented for ${name}, so it gets nothing: first ${record.key}, then ${shown.fingerprint} from ${from}`,
  )
  twoKeys(record.key, shown.fingerprint)
}
