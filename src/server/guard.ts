import { grubLocalDisk } from '../boot/grub-local-disk.ts'
import { ipxeLocalDisk, pxelinuxLocalDisk } from '../boot/local-disk.ts'
import { menuPath } from '../boot/menu.ts'
import { plainText } from '../templates/site-file.ts'
import type { FetchedKind, MachineEvent } from '../state/events.ts'
import { type Keeper, mustBeKept } from '../state/keeper.ts'
import { StoreError } from '../state/store.ts'
import { decide } from '../state/view.ts'
import { clientOf } from './client.ts'
import { type Exchange, neverStored, sendBody, sendText } from './exchange.ts'
import { bodyOf } from './shared-bodies.ts'
import type { PreparedFile, ServedSite } from './served-site.ts'
import { commitFor } from './versions.ts'

/** A script in the language of the boot loader that asks. */
function localDisk(site: ServedSite, { machine, mac, path }: MachineFile, why: string): string {
  if (path.startsWith('/ipxe/')) {
    const menu = menuPath(mac)
    return ipxeLocalDisk(machine, why, site.files.has(menu) ? menu : null)
  }
  return path.startsWith('/grub/') ? grubLocalDisk(machine, why) : pxelinuxLocalDisk(machine, why)
}

/** The requested file and its machine. `mac` is the machine's first one. */
export type MachineFile = {
  file: PreparedFile
  machine: string
  mac: string
  what: FetchedKind
  path: string
}

/**
 * Answers with a machine's file, or with what it may have instead: a machine that is not to be installed gets a boot script that starts
 * its disk, and neither answers nor a seed. If a file changes the machine's state, it is sent only once that change is on the disk: if it
 * cannot be written, no installation begins.
 */
export function answerGuarded(
  exchange: Exchange,
  keeper: Keeper,
  site: ServedSite,
  asked: MachineFile,
): Promise<void> | null {
  const { machine, mac, path } = asked
  let { file } = asked
  // The newest site decides: an installer that replaced the one that has begun would start again at each boot.
  const beginsAgain = site.beginAgain.has(mac)
  // Such an installer begins with its script. It fetches the seed at its end, possibly for a copy from before `hakube arm`.
  const what = asked.what === 'answers' && beginsAgain ? 'other' : asked.what
  const time = keeper.now()
  const record = keeper.machine({ mac, name: machine })
  const repeats = record.repeats && beginsAgain
  const decision = decide({ ...record, repeats }, time, what, !site.inMemory.has(mac))
  let commit: string | null = null
  const fetched = (kind: FetchedKind, status: number): MachineEvent => ({
    type: 'fetched',
    time,
    mac,
    name: machine,
    what: kind,
    path: path.slice(0, 256),
    from: clientOf(exchange.request.socket),
    status,
    ...(commit === null ? {} : { commit }),
  })
  // HEAD requests do not fetch the file.
  const isTaken = exchange.request.method === 'GET'
  if (decision.do === 'refuse') {
    if (isTaken) keeper.note(fetched(what, 403))
    sendText(
      exchange,
      403,
      `${machine} gets no files, because ${decision.why}; to install it: hakube arm PROFILE ${machine}`,
    )
    return null
  }
  if (decision.do === 'disk') {
    exchange.kind = 'disk'
    if (isTaken) keeper.note(fetched('disk', 200))
    const body = Buffer.from(localDisk(site, asked, decision.why))
    const head = ['Content-Type', plainText, 'Content-Length', String(body.length), ...neverStored]
    sendBody(exchange, 200, head, body)
    return null
  }
  if (what === 'boot-script' || what === 'answers' || what === 'script') {
    // A machine that starts over gets the newest site.
    if (what !== 'answers' && isTaken) file = site.takeNewest(mac, file)
    commit = commitFor(site, mac)
  }
  const event = fetched(what, 200)
  if (!isTaken || !mustBeKept(keeper, event)) {
    if (isTaken) keeper.note(event)
    sendBody(exchange, 200, file.head, bodyOf(file.pieces))
    return null
  }
  return keeper.record(event).then(
    () => {
      if (!exchange.gone) sendBody(exchange, 200, file.head, bodyOf(file.pieces))
    },
    (fault: unknown) => {
      if (!(fault instanceof StoreError)) throw fault
      sendText(exchange, 503, 'the server cannot store its state, so no installation starts', [
        'Retry-After',
        '30',
      ])
    },
  )
}
