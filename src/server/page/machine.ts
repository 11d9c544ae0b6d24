import { colonMac } from '../../network/mac.ts'
import type { StateEvent } from '../../state/events.ts'
import { factWords } from '../../state/words.ts'
import { renderHtml } from '../../templates/html.ts'
import { alarmsOf } from '../api/alarms.ts'
import type { Call, Operation } from '../api/operation.ts'
import { describeMachine, stepsOf } from '../api/show.ts'
import { machineFinder } from '../operated.ts'
import type { ServedSite } from '../served-site.ts'
import { lengthOf } from '../shared-bodies.ts'
import { sendMessage, sendPage, sessionOf } from './frame.ts'
import { logLines } from './log.ts'
import { heardWords, sinceWords } from './rack.ts'
import { eventWords, shownTime } from './words.ts'

const fromOf = (event: StateEvent): string => ('from' in event ? event.from : '-')

/** Names and sizes of a machine's files, without their contents, of which some are secret. */
function filesOf(site: ServedSite, name: string) {
  return [...site.files]
    .filter(([, { machine }]) => machine === name)
    .map(([path, { pieces, secret }]) => ({
      path: `/${path}`,
      size: lengthOf(pieces),
      content: secret ? 'has secrets, which are not shown' : 'no secrets',
    }))
}

function answerMachine(call: Call): null {
  const { site, operated, parameter } = call
  const { keeper } = operated
  const known = machineFinder(site)(parameter)
  if (!known)
    return sendMessage(
      call,
      404,
      'No such machine',
      'No machine of the profile has this name or MAC address.',
    )
  const now = keeper.now()
  const machine = describeMachine(site, operated, known, now)
  const macs = [...site.machines].filter(([, { mac }]) => mac === known.mac).map(([mac]) => colonMac(mac))
  const { key } = keeper.machine(known)
  const facts = [
    { name: 'Role', value: machine.role ?? 'unknown' },
    { name: 'Address', value: machine.address ?? 'unknown' },
    { name: 'MAC addresses', value: macs.join(', ') },
    { name: 'Waits for', value: machine.awaited },
    ...(machine.commit === null ? [] : [{ name: 'Installed from commit', value: machine.commit }]),
    { name: 'Last heard', value: heardWords(machine, now) },
    ...(machine.until === null ? [] : [{ name: 'May begin until', value: shownTime(machine.until) }]),
    ...(machine.hardware === null
      ? []
      : [
          {
            name: 'Hardware, as reported',
            value: `${factWords(machine.hardware.facts)} (${shownTime(machine.hardware.time)})`,
          },
        ]),
    ...(key === null ? [] : [{ name: 'Key (SHA-256)', value: key }]),
  ]
  const session = sessionOf(call)
  const content = renderHtml('page/machine.ejs', {
    name: machine.name,
    mac: machine.mac,
    state: machine.state,
    failed: machine.failed,
    output: machine.output,
    for: sinceWords(machine.since, now),
    facts,
    alarms: alarmsOf(keeper, [known]).map((alarm) => ({ ...alarm, shown: shownTime(alarm.time) })),
    steps: stepsOf(site, operated, known),
    events: keeper
      .history(known.mac)
      .toReversed()
      .map((event) => ({
        time: event.time,
        shown: shownTime(event.time),
        words: eventWords(event),
        from: fromOf(event),
      })),
    log: logLines(operated, known),
    files: filesOf(site, known.name),
    signedIn: session !== null,
    form: session?.form ?? '',
    actions: renderHtml('page/actions.ejs', { legend: machine.name }),
  })
  return sendPage(call, 200, machine.name, content)
}

export const machinePage: Operation = {
  name: 'machinePage',
  kind: 'page',
  summary: 'One machine with its timeline, as a web page.',
  body: null,
  answers: {},
  run: answerMachine,
}
