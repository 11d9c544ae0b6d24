import { z } from 'zod'
import { mostFound, reportedStates, MachineFacts, StateEvent } from '../../state/events.ts'
import { stages } from '../../state/machine-state.ts'
import { severities } from '../syslog/message.ts'
import { stepStates } from '../../state/progress.ts'

/*
 * Requests and answers of the API. The server validates requests with these schemas, hakube's commands parse the answers with them, and
 * the OpenAPI document is made from them. Each named schema is a component of the document.
 */

const time = z.iso.datetime().describe('UTC, in ISO 8601.')
const mac = z.string().describe('First MAC address of the machine, in lower case with dashes.')

/** Enough to list all machines of a large rack. */
const mostNames = 100_000
const longestWindow = 366 * 24 * 3600

export const Which = z
  .union([z.literal('all'), z.array(z.string().max(256)).min(1).max(mostNames)])
  .describe('"all", or names and MAC addresses.')

export const Arm = z.strictObject({
  machines: Which,
  seconds: z
    .number()
    .int()
    .positive()
    .max(longestWindow)
    .exactOptional()
    .describe('For how many seconds an installation may begin. Default: no limit.'),
  wipe: z.boolean().exactOptional().describe('Whether installers may erase living systems. Default: false.'),
})

export const Disarm = z.strictObject({ machines: Which })

export const Changed = z.object({ machines: z.array(z.string()).describe('Their names.') })

export const NoSuchMachine = z.object({
  unknown: z.string().describe('The first word that does not name a machine. Nothing was changed.'),
  machines: z.array(z.string()).describe('Names of all machines.'),
})

export const Report = z.strictObject({
  state: z.enum(reportedStates),
  step: z.string().max(256).exactOptional().describe('Step of the first boot that the report is about.'),
  text: z.string().max(8192).exactOptional().describe('Last lines of its output.'),
})

export const Look = z.strictObject({
  found: z.string().max(mostFound).describe('The living systems on the disks, in words. Empty: none.'),
})

/**
 * An event of cloud-init (cloudinit/reporting/events.py, as_dict) or curtin (curtin/reporter/events.py). Other fields are ignored: files, and
 * the level and time of those versions that send them; clocks of machines that are being installed are wrong.
 */
export const Progress = z.object({
  name: z.string().max(512).describe('What the event is about, e.g. modules-final/config-runcmd.'),
  description: z.string().max(8192),
  event_type: z.string().max(32).describe('start or finish.'),
  origin: z.string().max(64).exactOptional().describe('cloudinit or curtin.'),
  result: z.string().max(32).exactOptional().describe('For finish: SUCCESS, WARN or FAIL.'),
})

export const Machine = z.object({
  mac,
  name: z.string().describe('CLUSTER/NAME where the server has several profiles.'),
  role: z
    .string()
    .nullable()
    .describe('Null where a rendered directory is served, which does not record it.'),
  address: z.string().nullable().describe('Null where a rendered directory is served.'),
  state: z.enum(stages),
  failed: z
    .string()
    .nullable()
    .describe('Why the machine is marked as failed. The next report of progress removes the mark.'),
  output: z.string().nullable().describe('Lines that go with the failure.'),
  since: time
    .nullable()
    .describe('When the machine entered this state. Null if the server has never heard from it.'),
  until: time
    .nullable()
    .describe('Until when the installation of an armed machine may begin. Null: no limit.'),
  lastHeard: z.object({ time, words: z.string() }).nullable(),
  commit: z
    .string()
    .nullable()
    .describe(
      'The commit from which its boot script and its answers were rendered. Null before it fetches them, and outside of git.',
    ),
  hardware: z
    .object({ time, from: z.string(), facts: MachineFacts })
    .nullable()
    .describe(
      'What iPXE reported about its hardware, from the boot menu; `memory` in MiB. Not authenticated. Null: no report was sent.',
    ),
  awaited: z.string().describe('What the server is waiting for, in words.'),
})
export type Machine = z.infer<typeof Machine>

export const Step = z.object({
  name: z.string(),
  state: z.enum(stepStates),
  output: z.string().nullable().describe('Last lines of the output of a step that fails.'),
})

export const Unknown = z.object({ mac, time, from: z.string(), facts: MachineFacts })

export const Alarm = z.object({
  time,
  machine: z.string(),
  mac,
  kind: z
    .enum(['two-keys', 'other-address'])
    .describe(
      'two-keys: two keys were presented for one machine, which receives nothing more. other-address: it enrolled from an address that is not in the profile.',
    ),
  words: z.string(),
})
export type Alarm = z.infer<typeof Alarm>

export const Followed = z.object({
  repository: z.string(),
  ref: z.string().describe('Branch, or another reference in full.'),
  commit: z.string().nullable().describe('The commit that is served.'),
  since: time.nullable(),
  checked: time.nullable().describe('When the repository last answered.'),
  fault: z
    .object({
      time,
      commit: z.string().nullable().describe('Null when the repository cannot be read.'),
      text: z.string(),
    })
    .nullable()
    .describe('Why the current commit of the repository is not served.'),
})

export const Machines = z.object({
  time,
  machines: z.array(Machine),
  unknown: z.array(Unknown),
  followed: Followed.nullable().describe('The repository that the server follows. Null: none.'),
})
export const MachineDetails = z.object({
  time,
  machine: Machine,
  steps: z.array(Step).describe('Steps of the first boot, in order.'),
  alarms: z.array(Alarm),
  events: z
    .array(StateEvent)
    .describe('Events since the machine was last armed: the latest 200, oldest first.'),
})
export const LogEntry = z.object({
  time,
  kind: z.enum(['event', 'log']).describe('event: the server saw it. log: received by syslog, from anyone.'),
  from: z.string().nullable().describe('Source address.'),
  severity: z.enum(severities).nullable(),
  program: z.string().nullable(),
  text: z.string().describe('Without control characters; secrets are hidden.'),
})
export const Log = z.object({
  machine: z.string(),
  left: z.number().int().describe('Older lines that were left out.'),
  lines: z.array(LogEntry).describe('Oldest first.'),
})
export const UnknownLogs = z.object({
  senders: z.array(z.object({ from: z.string(), left: z.number().int(), lines: z.array(LogEntry) })),
})
export const Events = z.object({ events: z.array(StateEvent).describe('Oldest first.') })
export const Alarms = z.object({ time, alarms: z.array(Alarm) })
export const UnknownMachines = z.object({ time, unknown: z.array(Unknown) })

export const Document = z
  .looseObject({ openapi: z.string(), info: z.looseObject({ title: z.string(), version: z.string() }) })
  .describe('An OpenAPI document: https://spec.openapis.org/oas/v3.1.1')

/** The components of the OpenAPI document, by name. */
export const components = {
  Arm,
  Disarm,
  Changed,
  NoSuchMachine,
  Report,
  Look,
  Progress,
  Machine,
  Step,
  Unknown,
  Followed,
  Alarm,
  Event: StateEvent,
  Machines,
  MachineDetails,
  LogEntry,
  Log,
  UnknownLogs,
  Events,
  Alarms,
  UnknownMachines,
  Document,
} as const
