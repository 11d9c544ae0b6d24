import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client'
import { groupBy } from '../assembly/lines.ts'
import { stages } from '../state/machine-state.ts'
import { alarmsOf } from './api/alarms.ts'
import type { Call, Operation } from './api/operation.ts'
import { describeMachine } from './api/show.ts'
import { clusterIn } from './machine-name.ts'
import { neverStored, sendBody } from './exchange.ts'
import { machinesOf } from './operated.ts'
import type { Vitals } from './vitals.ts'

/** The values are read from this when metrics are requested, so that counting costs requests almost nothing. */
type Source = Pick<Call, 'site' | 'operated' | 'vitals'>

type Labels = Readonly<Record<string, string>>
type Sample = readonly [labels: Labels, value: number]

/** Registers a metric with a function that returns its samples. */
type Adding = (name: string, help: string, samples: (source: Source) => number | readonly Sample[]) => void

const listed = (samples: number | readonly Sample[]): readonly Sample[] =>
  typeof samples === 'number' ? [[{}, samples]] : samples

/** Gauges may decrease; counters only increase, and their names end in `_total` by Prometheus' convention. */
function adders(registers: Registry[], source: () => Source): { gauge: Adding; counter: Adding } {
  return {
    gauge(name, help, samples) {
      const labelNames = labelsOf[name] ?? []
      const metric: Gauge = new Gauge({
        name,
        help,
        labelNames,
        registers,
        collect() {
          metric.reset()
          for (const [labels, value] of listed(samples(source()))) metric.set(labels, value)
        },
      })
    },
    counter(name, help, samples) {
      const labelNames = labelsOf[name] ?? []
      const metric: Counter = new Counter({
        name,
        help,
        labelNames,
        registers,
        collect() {
          metric.reset()
          for (const [labels, value] of listed(samples(source()))) metric.inc(labels, value)
        },
      })
    },
  }
}

const labelsOf: Readonly<Record<string, string[]>> = {
  hakube_machines: ['state', 'cluster'],
  hakube_machines_failed: ['cluster'],
  hakube_machines_enrolled: ['cluster'],
  hakube_alarms: ['cluster'],
  hakube_http_requests_total: ['kind', 'status'],
  hakube_http_response_bytes_total: ['kind'],
  hakube_build_info: ['version', 'profile', 'commit'],
}

type Views = ReturnType<typeof describeMachine>[]

/** Cached by source, of which there is a new object for each rendering: several metrics count the same machines. */
const described = new WeakMap<Source, Views>()

function viewsOf(source: Source): Views {
  const { site, operated } = source
  const now = operated.keeper.now()
  const views =
    described.get(source) ?? machinesOf(site).map((machine) => describeMachine(site, operated, machine, now))
  described.set(source, views)
  return views
}

/** Machines with the labels of their cluster, which there are only in a server of several: sums over all stay the same. */
const byCluster = <Named extends { name: string }>(machines: readonly Named[]): [Labels, Named[]][] => {
  const clusters = groupBy(machines, ({ name }) => clusterIn(name) ?? '')
  if (clusters.size === 0) return [[{}, []]]
  return [...clusters].map(([cluster, group]) => [cluster === '' ? {} : { cluster }, [...group]])
}

function addMachines({ gauge }: ReturnType<typeof adders>): void {
  gauge('hakube_machines', 'Machines of the profile by state.', (source) => {
    return byCluster(viewsOf(source)).flatMap(([labels, machines]) =>
      stages.map((state): Sample => [
        { ...labels, state },
        machines.filter((machine) => machine.state === state).length,
      ]),
    )
  })
  gauge(
    'hakube_machines_failed',
    'Machines of the profile that are marked as failed, whatever their state.',
    (source) =>
      byCluster(viewsOf(source)).map(([labels, machines]) => [
        labels,
        machines.filter(({ failed }) => failed !== null).length,
      ]),
  )
  gauge(
    'hakube_machines_enrolled',
    'Machines of the profile that have presented the key with which they fetch their secrets.',
    ({ site, operated: { keeper } }) =>
      byCluster(machinesOf(site)).map(([labels, machines]) => [
        labels,
        machines.filter((machine) => keeper.machine(machine).key !== null).length,
      ]),
  )
  gauge(
    'hakube_machines_unknown',
    'Machines that asked for a boot script and are not in the profile; at most 500 are remembered.',
    ({ operated: { keeper } }) => keeper.rack.unknown.size,
  )
  gauge(
    'hakube_alarms',
    'Alarms that need an operator: two keys for a machine, or an address that is not its own.',
    ({ site, operated: { keeper } }) =>
      byCluster(machinesOf(site)).map(([labels, machines]) => [labels, alarmsOf(keeper, machines).length]),
  )
}

function addRequests({ gauge, counter }: ReturnType<typeof adders>): void {
  counter(
    'hakube_http_requests_total',
    'Answered requests, by kind of request and status.',
    ({ vitals: { tally } }) =>
      tally.requests().map(({ kind, status, count }) => [{ kind, status: String(status) }, count]),
  )
  counter(
    'hakube_http_response_bytes_total',
    'Bytes of response bodies that the system has accepted, by kind of request.',
    ({ vitals: { tally } }) => tally.bytes().map(({ kind, count }) => [{ kind }, count]),
  )
  counter(
    'hakube_http_aborted_total',
    'Responses that the client did not receive completely.',
    ({ vitals: { tally } }) => tally.aborted(),
  )
  gauge('hakube_http_connections', 'Open connections.', ({ vitals }) => vitals.connections())
  counter(
    'hakube_http_connections_refused_total',
    'Connections that were refused before their first request.',
    ({ vitals }) => vitals.refused(),
  )
}

function addServer({ gauge }: ReturnType<typeof adders>): void {
  gauge(
    'hakube_state_writable',
    '1 when the last event could be stored; 0 when no machine can be armed and no installation starts.',
    ({ operated }) => (operated.keeper.isKeeping() ? 1 : 0),
  )
  gauge(
    'hakube_site_loaded_timestamp_seconds',
    'When the site that is served was rendered, in seconds since 1970.',
    ({ vitals }) => vitals.siteSince.getTime() / 1000,
  )
  gauge(
    'hakube_last_reload_successful',
    '1 when the last reload succeeded; 0 when the previous site is still served.',
    ({ vitals }) => (vitals.reloadFault === null ? 1 : 0),
  )
  gauge(
    'hakube_build_info',
    'Always 1: the version of hakube, and the profile and commit that are served.',
    ({ vitals, site: { described } }) => [
      [{ version: vitals.version, profile: described.name ?? '', commit: described.commit ?? '' }, 1],
    ],
  )
}

/** Milliseconds for which a rendering is reused: anyone may request metrics, and counting 1,000 machines takes time. */
const shared = 1000

type Metrics = {
  source: Source
  registry: Registry
  /** The last rendering and its start time; null before the first. */
  rendered: { at: number; body: Promise<Buffer> } | null
}

/**
 * The metrics of a server, for Prometheus. Names follow https://prometheus.io/docs/practices/naming/. No label value comes from a client
 * or names a machine, so there are few, and anyone may read them.
 */
function makeMetrics(source: Source): Metrics {
  const registry = new Registry()
  const metrics: Metrics = { source, registry, rendered: null }
  // Metrics of the process: CPU, memory, the event loop.
  collectDefaultMetrics({ register: registry })
  // These are gauges named like counters, which promtool rejects.
  for (const name of ['handles', 'requests', 'resources'])
    registry.removeSingleMetric(`nodejs_active_${name}_total`)
  const adding = adders([registry], () => metrics.source)
  addMachines(adding)
  addRequests(adding)
  addServer(adding)
  return metrics
}

const known = new WeakMap<Vitals, Metrics>()

/** The metrics as text; requests shortly after each other share one rendering. */
function render(metrics: Metrics, source: Source): Promise<Buffer> {
  const at = Date.parse(source.operated.keeper.now())
  // The absolute value also covers a clock that was set back.
  if (metrics.rendered && Math.abs(at - metrics.rendered.at) < shared) return metrics.rendered.body
  metrics.source = source
  const body = metrics.registry.metrics().then((text) => Buffer.from(text))
  metrics.rendered = { at, body }
  return body
}

async function answerMetrics({ exchange, site, operated, vitals }: Call): Promise<void> {
  const source = { site, operated, vitals }
  const metrics = known.get(vitals) ?? makeMetrics(source)
  known.set(vitals, metrics)
  const body = await render(metrics, source)
  if (exchange.gone) return
  const { contentType } = metrics.registry
  const head = ['Content-Type', contentType, 'Content-Length', String(body.length), ...neverStored]
  sendBody(exchange, 200, head, body)
}

export const metrics: Operation = {
  name: 'metrics',
  kind: 'metrics',
  summary: 'Metrics for Prometheus.',
  body: null,
  answers: {},
  run: answerMetrics,
}
