import { isFor } from '../kernel-arguments.ts'
import { modulesBelow, moduleName } from '../../distributions/sysctls/modules.ts'
import { matchesOf } from '../../profile/rules/old-advice/matches-of.ts'
import type { Text } from '../../profile/rules/old-advice/texts.ts'
import type { Assembly } from '../assemble.ts'
import { groupBy } from '../lines.ts'
import { wantedModules, type WantedModule } from '../wanted-modules.ts'
import type { Conflict, Place } from './conflict.ts'
import { isSetRight, ownTexts } from './texts.ts'

/** A module that the profile prevents from loading. `whole`: also when another module depends on it. */
type Kept = { name: string; how: string; whole: boolean; place: Place }

/** Modules that the profile prevents from loading although the machine needs them. */
export function moduleConflicts(assembly: Assembly): Conflict[] {
  const { declared } = assembly
  const kept = keptFrom(assembly)
  if (kept.length === 0) return []
  // A module that a component declares gives a better reason than one that a sysctl key implies.
  const wanted = [...groupBy(wantedModules(declared), ({ name }) => moduleName(name)).values()].flatMap(
    (same) => {
      const asked = same.filter(({ component }) => component !== 'sysctl')
      return asked.length > 0 ? asked : same
    },
  )
  return kept.flatMap((each) =>
    wanted.flatMap((module) => {
      const isIt = moduleName(module.name) === each.name
      return isIt || (each.whole && modulesBelow(module.name).includes(each.name))
        ? [conflict(each, module, isIt)]
        : []
    }),
  )
}

function conflict(kept: Kept, module: WantedModule, isIt: boolean): Conflict {
  const loads = isIt ? 'loads it' : `loads ${moduleName(module.name)}, which needs it`
  const reason = module.from ? 'kernel.modules of the profile' : module.reason
  return {
    code: 'conflict/module',
    place: kept.place,
    what: `the kernel module ${kept.name} is ${kept.how}`,
    component: module.component,
    need: `${loads}${reason === undefined ? '' : `: ${reason}`}`,
    hint: module.from ? 'remove it here, or from kernel.modules' : 'remove it',
    source: 'modprobe.d(5), kernel-parameters',
  }
}

function keptFrom(assembly: Assembly): Kept[] {
  const { settings } = assembly.machine
  const byArgument = settings.kernelArguments.filter(isFor('installed')).flatMap(({ argument, from }) => {
    const [, name, value = ''] = /^(modprobe\.blacklist|module_blacklist)=(.*)$/.exec(argument) ?? []
    if (name === undefined || !from) return []
    return value.split(',').map((module): Kept => ({
      name: moduleName(module),
      how: 'blacklisted',
      // modprobe(8) applies its list only to the module requested; the kernel applies module_blacklist to every module that it loads.
      whole: name === 'module_blacklist',
      place: { path: from },
    }))
  })
  const byText = ownTexts(settings).flatMap((own) =>
    [...lines(own.text), ...(isSetRight(assembly, own, 'kernel') ? [] : unloads(own.text))].map(
      ({ start, length, ...kept }): Kept => ({ ...kept, place: own.placeOf(start, length) }),
    ),
  )
  return [...byArgument, ...byText]
}

/** An `install` command that does nothing or fails, so that the module is not loaded. */
const doesNothing = /^[ \t]+(?:\/\S*\/)?(?:false|true|:|exit\b.*)(?:\\n)?[ \t]*(?:#.*)?$/
const entry = String.raw`(?<word>blacklist|install)[ \t]+(?<module>[\w-]+)(?<rest>[^\n"';|&>]*)`
const inFile = new RegExp(String.raw`^[ \t]*${entry}`, 'gm')
const echoed = new RegExp(
  String.raw`\b(?:echo|printf)[ \t]+(?:-\w+[ \t]+)*["']?${entry}[^\n]*/modprobe\.d/`,
  'g',
)
const unloaded =
  /\b(?:rmmod|modprobe[ \t]+(?:-\w+[ \t]+)*(?:-\w*r\w*|--remove))[ \t]+(?<modules>(?:-\w+[ \t]+)*[\w-]+(?:[ \t]+[\w-]+)*)/g

type Line = Omit<Kept, 'place'> & { start: number; length: number }

/** The lines that are written to modprobe.d. */
function lines({ kinds, bare }: Text): Line[] {
  const pattern = kinds.has('modprobe') ? inFile : kinds.has('shell') ? echoed : null
  if (!pattern) return []
  return matchesOf(pattern, bare).flatMap((match): Line[] => {
    const { word, module = '', rest = '' } = match.groups ?? {}
    const isInstall = word === 'install'
    if (isInstall && !doesNothing.test(rest)) return []
    const start = match.index + match[0].search(/\b(?:blacklist|install)\b/)
    const length = match[0].length - (start - match.index)
    const how = isInstall ? 'never installed' : 'blacklisted'
    return [{ name: moduleName(module), how, whole: isInstall, start, length }]
  })
}

/** Commands of a script that unload modules from the running kernel. */
const unloads = ({ kinds, bare }: Text): Line[] =>
  (kinds.has('shell') ? matchesOf(unloaded, bare) : []).flatMap((match) =>
    (match.groups?.['modules'] ?? '')
      .split(/[ \t]+/)
      .filter((word) => !word.startsWith('-'))
      .map((name): Line => ({
        name: moduleName(name),
        how: 'unloaded',
        whole: false,
        start: match.index,
        length: match[0].length,
      })),
  )
