import {
  systemdSysctlUnit,
  modulesLoadUnit,
  networkManagerUnit,
  networkdUnit,
  sshdUnit,
  sshUnit,
} from '../../distributions/unit-names.ts'
import { isFor } from '../kernel-arguments.ts'
import type { Machine } from '../../cluster/cluster.ts'
import { networkServiceOf } from '../../cluster/links.ts'
import type { NetworkService } from '../../distributions/distribution.ts'
import { groupOf, matchesOf } from '../../profile/rules/old-advice/matches-of.ts'
import type { Text } from '../../profile/rules/old-advice/texts.ts'
import type { Assembly } from '../assemble.ts'
import { startStepName } from '../start-steps.ts'
import type { Owned, Unit } from '../component.ts'
import { firstBootUnit } from '../first-boot.ts'
import type { Conflict, Place } from './conflict.ts'
import { isSetRight, ownTexts } from './texts.ts'

type Deed = 'stops' | 'disables' | 'masks' | 'starts' | 'enables' | 'unmasks'

/** What a command does to a unit. The name may be a pattern. */
type Call = { deed: Deed; unit: string; step: string | null; place: Place }

/** The actions that reverse each action. */
const undone: Partial<Record<Deed, readonly Deed[]>> = {
  stops: ['starts'],
  disables: ['enables'],
  masks: ['unmasks'],
}

type Needed = Owned<Pick<Unit, 'name' | 'aliases'>>

/** Units of the system that components rely on: they apply kernel settings and load modules at each boot, and set up the network. */
const systemUnits: readonly Needed[] = [
  { name: firstBootUnit, component: 'first-boot' },
  { name: systemdSysctlUnit, aliases: ['procps.service'], component: 'sysctl' },
  { name: modulesLoadUnit, aliases: ['kmod.service'], component: 'kernel' },
]

/** The units that configure the machine's network interface. */
const networkUnits = {
  NetworkManager: networkManagerUnit,
  'systemd-networkd': networkdUnit,
  ifupdown: 'networking.service',
} as const satisfies Record<NetworkService, string>

function systemUnitsOf(machine: Machine): Needed[] {
  const service = networkServiceOf(machine)
  return [
    ...systemUnits,
    machine.system.distribution.family === 'debian'
      ? { name: sshUnit, aliases: [sshdUnit], component: logins }
      : { name: sshdUnit, component: logins },
    ...(service === undefined ? [] : [{ name: networkUnits[service], component: 'network' }]),
  ]
}

/** Where systemd starts sshd through its socket, the service itself is stopped and disabled, so only masking counts. */
const logins = 'users'

/** Units that components enable, and that commands, kernel arguments or files of the profile disable. */
export function unitConflicts(assembly: Assembly): Conflict[] {
  const { machine, units } = assembly
  const calls = callsOf(machine)
  if (calls.length === 0) return []
  const declared = new Set(units.map(({ name }) => name))
  const ofSystem = systemUnitsOf(machine).filter(({ name }) => !declared.has(name))
  return [...ofSystem, ...units].flatMap((unit) => {
    const about = calls.filter(
      (call) =>
        isMeant(call.unit, unit.name) || unit.aliases?.some((name) => isMeant(call.unit, name)) === true,
    )
    return (
      about
        .filter((call) => call.deed === 'masks' || !isSetRight(assembly, call, startStepName(unit.name)))
        .filter(
          ({ deed }, index, left) =>
            undone[deed] &&
            (unit.component !== logins || deed === 'masks') &&
            !left.slice(index + 1).some((later) => undone[deed]?.includes(later.deed)),
        )
        // `disable --now` disables and stops, which is one mistake.
        .filter(({ place }, index, left) => !left.slice(0, index).some((earlier) => earlier.place === place))
        .map((call) => conflict(call, unit))
    )
  })
}

const conflict = ({ deed, place }: Call, { name, component }: Needed): Conflict => ({
  code: 'conflict/unit',
  place,
  what: `this ${deed} ${name}`,
  component,
  need: deed === 'stops' ? 'needs it to run' : 'enables it',
  hint: deed === 'stops' ? 'remove it, or start the unit again after it' : 'remove it',
  source: 'systemctl(1)',
})

function isMeant(written: string, unit: string): boolean {
  const name = /\.(?:service|socket|timer|target|mount|path|slice)$|\*$/.test(written)
    ? written
    : `${written}.service`
  const star = name.indexOf('*')
  if (star < 0) return name === unit
  // A pattern with one star, such as `kube*`.
  return unit.startsWith(name.slice(0, star)) && unit.endsWith(name.slice(star + 1))
}

const deeds: Readonly<Record<string, readonly Deed[]>> = {
  stop: ['stops'],
  disable: ['disables'],
  mask: ['masks'],
  start: ['starts'],
  restart: ['starts'],
  'reload-or-restart': ['starts'],
  enable: ['enables'],
  reenable: ['enables'],
  preset: ['enables'],
  unmask: ['unmasks'],
}

/** What `--now` adds. */
const now: Readonly<Record<string, Deed>> = { enable: 'starts', disable: 'stops', mask: 'stops' }

/** The link that `systemctl mask` creates. */
const linked =
  /\bln[ \t]+(?:-[-\w]+[ \t]+)*\/dev\/null[ \t]+["']?\/(?:etc|run)\/systemd\/system\/(?<unit>[\w.@-]+)/g
const systemctl = /\bsystemctl[ \t]+(?<words>[^\n;&|()#]+)/g
const service = /\bservice[ \t]+(?<unit>[\w.@-]+)[ \t]+(?<verb>stop|start|restart)\b/g
const chkconfig = /\bchkconfig[ \t]+(?:--\S+[ \t]+(?:\d+[ \t]+)?)*(?<unit>[\w.@-]+)[ \t]+(?<verb>off|on)\b/g

const updateRcD =
  /\bupdate-rc\.d[ \t]+(?:-f[ \t]+)?(?<unit>[\w.@-]+)[ \t]+(?<verb>disable|remove|enable|defaults)\b/g

const unitDirectory = '/etc/systemd/system/'

/** kernel-command-line(7). */
const maskArgument = 'systemd.mask='

/** A systemctl call in a text: its words, its actions and the units concerned. */
type Found = { match: RegExpExecArray; done: readonly Deed[]; units: readonly string[] }

const callsOf = ({ settings }: Machine): Call[] => [
  // An empty unit file masks the unit like a link to /dev/null (systemd.unit(5)).
  ...settings.files
    .filter(({ path, content }) => path.startsWith(unitDirectory) && content.trim() === '')
    .map(({ path, from = [] }): Call => {
      const unit = path.slice(unitDirectory.length)
      return { deed: 'masks', unit, step: null, place: { path: [...from, 'path'] } }
    }),
  ...ownTexts(settings).flatMap(({ text, step, placeOf }) =>
    callsIn(text).flatMap(({ match, done, units }) => {
      const place = placeOf(match.index, match[0].trimEnd().length)
      return units
        .flatMap((unit) => loopWords(text.bare, unit, match.index))
        .flatMap((unit) => done.map((deed): Call => ({ deed, unit, step, place })))
    }),
  ),
  ...settings.kernelArguments
    .filter(isFor('installed'))
    .filter(({ argument }) => argument.startsWith(maskArgument))
    .map(({ argument, from = [] }): Call => {
      const unit = argument.slice(maskArgument.length)
      return { deed: 'masks', unit, step: null, place: { path: from } }
    }),
]

/** The words of the shell loop whose variable names the unit: `for unit in one two; do systemctl mask "$unit"`. */
function loopWords(bare: string, unit: string, before: number): string[] {
  const [, variable] = /^\$\{?(\w+)\}?(?:\.\w+)?$/.exec(unit) ?? []
  if (variable === undefined) return [unit]
  const loops = matchesOf(/\bfor[ \t]+(?<name>\w+)[ \t]+in[ \t]+(?<words>[^;\n]*)/g, bare.slice(0, before))
  const loop = loops.findLast((each) => groupOf(each, 'name') === variable)
  if (!loop) return []
  return groupOf(loop, 'words')
    .replaceAll(/["']/g, '')
    .split(/[ \t]+/)
    .filter(Boolean)
}

/** In the order of the text. */
function callsIn({ kinds, bare }: Text): Found[] {
  if (!kinds.has('shell')) return []
  const found = [
    ...matchesOf(systemctl, bare).flatMap((match) => fromSystemctl(match)),
    ...matchesOf(linked, bare).map((match) => one(match, 'masks')),
    ...matchesOf(service, bare).map((match) =>
      one(match, groupOf(match, 'verb') === 'stop' ? 'stops' : 'starts'),
    ),
    ...matchesOf(updateRcD, bare).map((match) =>
      one(match, /^(?:disable|remove)$/.test(groupOf(match, 'verb')) ? 'disables' : 'enables'),
    ),
    ...matchesOf(chkconfig, bare).map((match) =>
      one(match, groupOf(match, 'verb') === 'off' ? 'disables' : 'enables'),
    ),
  ]
  return found.toSorted((former, latter) => former.match.index - latter.match.index)
}

const one = (match: RegExpExecArray, deed: Deed): Found => ({
  match,
  done: [deed],
  units: [groupOf(match, 'unit')],
})

function fromSystemctl(match: RegExpExecArray): Found[] {
  const ahead = groupOf(match, 'words').replace(/\d?[<>].*/, '')
  const words: readonly string[] = ahead.replaceAll(/["']/g, '').match(/\S+/g) ?? []
  const [verb = '', ...units] = words.filter((word) => !word.startsWith('-'))
  const done = Object.hasOwn(deeds, verb) ? deeds[verb] : undefined
  // `--user` concerns the services of a user, not of the system.
  if (!done || words.includes('--user')) return []
  const also = words.includes('--now') ? now[verb] : undefined
  return [{ match, done: also ? [...done, also] : done, units }]
}
