import type { IncomingMessage } from 'node:http'
import { groupBy } from '../../assembly/lines.ts'
import { renderHtml } from '../../templates/html.ts'
import { count } from '../../text/count.ts'
import { shortDuration } from '../../text/duration.ts'
import { stages } from '../../state/machine-state.ts'
import { alarmsOf } from '../api/alarms.ts'
import type { Call, Operation } from '../api/operation.ts'
import type { Machine } from '../api/schemas.ts'
import { describeMachine } from '../api/show.ts'
import { clusterIn, ownName } from '../machine-name.ts'
import { machinesOf } from '../operated.ts'
import { troubles } from '../readiness.ts'
import { isHere } from './access.ts'
import { sendPage, sessionOf } from './frame.ts'
import { queryOf } from './query.ts'
import { factWords } from '../../state/words.ts'
import { shownTime } from './words.ts'

/** Maximum number of rows: more are hard to read, and slow to make. */
const mostRows = 500

/** In the order in which a cluster comes up. */
const roles = new Map([
  ['load-balancer', 'Load balancers'],
  ['etcd', 'etcd'],
  ['control-plane', 'Control planes'],
  ['worker', 'Workers'],
])

export const machinePath = (mac: string): string => `/machines/${mac}`

const secondsBetween = (from: string, to: string): number =>
  Math.max(0, (Date.parse(to) - Date.parse(from)) / 1000)

/** How long a state has lasted. */
export const sinceWords = (since: string | null, now: string): string =>
  since === null ? '-' : shortDuration(secondsBetween(since, now))

export const heardWords = ({ lastHeard }: Machine, now: string): string =>
  lastHeard ? `${lastHeard.words}, ${sinceWords(lastHeard.time, now)} ago` : 'nothing yet'

/** The number of machines in each state; states that need attention come first. */
function summary(machines: readonly Machine[], alarms: number): string {
  const failed = machines.filter((machine) => machine.failed !== null).length
  const parts = stages.toReversed().flatMap((stage) => {
    const number = machines.filter(({ state }) => state === stage).length
    return number === 0 ? [] : [`${number} ${stage}`]
  })
  const marks = [
    ...(alarms === 0 ? [] : [count(alarms, 'alarm')]),
    ...(failed === 0 ? [] : [`${failed} marked as failed`]),
  ]
  return `${count(machines.length, 'machine')}: ${[...parts, ...marks].join(', ')}`
}

const mostWords = 80
const shorten = (text: string): string => (text.length > mostWords ? `${text.slice(0, mostWords)}…` : text)

const row = (machine: Machine, now: string) => ({
  id: `m-${machine.mac}`,
  mac: machine.mac,
  name: ownName(machine.name),
  fullName: machine.name,
  href: machinePath(machine.mac),
  address: machine.address,
  state: machine.state,
  // Two keys fill a line; the machine's page shows them in full.
  failed: machine.failed === null ? null : shorten(machine.failed),
  for: sinceWords(machine.since, now),
  awaited: machine.awaited,
  heard: heardWords(machine, now),
})

/** The machines by cluster, if there are several, and by role. */
function groups(machines: readonly Machine[], now: string) {
  return [...groupBy(machines, ({ name }) => clusterIn(name) ?? '')].flatMap(([cluster, members]) =>
    groupsOf(cluster, members, now),
  )
}

function groupsOf(cluster: string, machines: readonly Machine[], now: string) {
  const named = [...roles, [null, 'Machines'] as const]
  return named.flatMap(([role, title]) => {
    const members = machines.filter(
      (machine) => (roles.has(machine.role ?? '') ? machine.role : null) === role,
    )
    return members.length === 0
      ? []
      : [
          {
            id: `${cluster === '' ? '' : `${cluster}-`}${role ?? 'machines'}`,
            title: cluster === '' ? title : `${cluster}: ${title}`,
            machines: members.map((machine) => row(machine, now)),
          },
        ]
  })
}

/** The requested part of a large rack: `?page=2`. */
function pageOf(request: IncomingMessage, pages: number): number {
  const text = queryOf(request).get('page') ?? ''
  return /^[1-9]\d{0,4}$/.test(text) ? Math.min(Number(text), pages) : 1
}

function answerRack(call: Call): null {
  const { exchange, site, operated, vitals } = call
  const { keeper } = operated
  const now = keeper.now()
  const known = machinesOf(site)
  const all = known.map((machine) => describeMachine(site, operated, machine, now))
  const order = [...roles.keys(), null]
  const clusters = [...new Set(all.map(({ name }) => clusterIn(name)))]
  const sorted = all.toSorted(
    (a, b) =>
      clusters.indexOf(clusterIn(a.name)) - clusters.indexOf(clusterIn(b.name)) ||
      order.indexOf(a.role) - order.indexOf(b.role),
  )
  const pages = Math.max(1, Math.ceil(sorted.length / mostRows))
  const current = pageOf(exchange.request, pages)
  const alarms = alarmsOf(keeper, known)
  const session = sessionOf(call)
  const content = renderHtml('page/rack.ejs', {
    summary: summary(all, alarms.length),
    troubles: troubles(operated, vitals).map(({ sentence }) => sentence),
    alarms: alarms.map((alarm) => ({ ...alarm, shown: shownTime(alarm.time), href: machinePath(alarm.mac) })),
    groups: groups(sorted.slice((current - 1) * mostRows, current * mostRows), now),
    pages: Array.from({ length: pages }, (_, index) => ({
      href: `/?page=${index + 1}`,
      title: `${index * mostRows + 1} to ${Math.min((index + 1) * mostRows, sorted.length)}`,
      current: index + 1 === current,
    })),
    // What unknown machines report about themselves is shown only to clients on this machine.
    unknown: isHere(exchange.request)
      ? [...keeper.rack.unknown.values()].toReversed().map(({ mac, time, from, facts }) => ({
          macs: (facts.macs ?? [mac]).join(', '),
          facts: factWords(facts),
          from,
          time,
          shown: shownTime(time),
        }))
      : [],
    signedIn: session !== null,
    form: session?.form ?? '',
    actions: renderHtml('page/actions.ejs', { legend: 'The chosen machines' }),
  })
  return sendPage(call, 200, 'Machines', content)
}

export const rackPage: Operation = {
  name: 'rackPage',
  kind: 'page',
  summary: 'The state of each machine, as a web page.',
  body: null,
  answers: {},
  run: answerRack,
}
