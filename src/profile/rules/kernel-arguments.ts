import { error, warning } from '../../diagnostics/diagnostic.ts'
import type { Diagnostic, Path } from '../../diagnostics/diagnostic.ts'
import { inQuotes } from '../../diagnostics/in-quotes.ts'
import type { InstallMethod } from '../../distributions/install-methods.ts'
import { installMethodOf } from '../install-method.ts'
import { kernelArgumentsOf, type ProfileKernelArgument } from '../kernel-arguments.ts'
import type { ProfileSystem } from '../systems.ts'
import { onEach, systemsAt } from './of-systems.ts'
import { settingsPlaces } from './rule.ts'
import type { Rule } from './rule.ts'

/** Kernel arguments: whether all boot loaders and installers pass them on unchanged, and whether they have the intended effect. */
export const kernelArgumentRules: Rule = ({ profile }) => {
  return [...settingsPlaces(profile)].flatMap(({ path, settings }) => {
    const first = new Map<string, Path>()
    return kernelArgumentsOf(settings, path).flatMap((given): Diagnostic[] => {
      const earlier = first.get(given.argument)
      first.set(given.argument, earlier ?? given.path)
      const shown = inQuotes(given.argument)
      const reason = argumentReason(given.argument)
      if (reason !== null)
        return [
          error('kernel/argument', `${shown} is not valid on a kernel command line`, {
            ...reason,
            path: given.path,
          }),
        ]
      if (earlier)
        return [
          error('kernel/argument-twice', `the kernel argument ${shown} is in this list twice`, {
            hint: 'keep one: without appliesTo it applies to both the installer and the installed system',
            path: given.path,
            related: [{ path: earlier, message: 'first written here' }],
          }),
        ]
      const systems = systemsAt(profile, path)
      return [
        ...onEach(profile, systems, (system) => {
          const install = installMethodOf(system)
          return install === null ? [] : checkOwn(given, install)
        }),
        ...checkScope(given, systems),
      ]
    })
  })
}

/** Boot loaders pass arguments without quotes, and GRUB and iPXE parse them as a line of a script. */
function argumentReason(argument: string): Pick<Diagnostic, 'hint' | 'source'> | null {
  if (!/^[\u0021-\u007E]+$/.test(argument) || /["'\\`]/.test(argument)) {
    return {
      hint: 'write one argument per list item, without spaces and quotes',
      source: 'https://docs.kernel.org/admin-guide/kernel-parameters.html',
    }
  }
  // The kernel passes what follows to init, and installers copy it to the installed system.
  if (/^--+$/.test(argument))
    return { hint: 'remove it; to keep an argument from the installer, write appliesTo: installed' }
  if (!argument.startsWith('#') && !/[{}|&$;<>]/.test(argument)) return null
  return {
    hint: 'write it without a leading # and without { } | & $ ; < >, which boot loaders interpret',
    source: 'https://www.gnu.org/software/grub/manual/grub/grub.html#Shell_002dlike-scripting',
  }
}

/** Arguments that boot loaders add themselves, for installers and installed systems. */
const ofBootLoaders = new Set(['BOOT_IMAGE', 'BOOTIF', 'initrd'])

/** The root file system, and the location of cloud-init's seed. */
const ofInstalledSystems = new Set(['root', 'ds', 'network-config'])

function checkOwn(
  { argument, appliesTo, path }: ProfileKernelArgument,
  install: InstallMethod,
): Diagnostic[] {
  const [name = ''] = argument.split('=', 1)
  const own = (by: string, hint: string): Diagnostic[] => [
    error('kernel/argument-own', `${inQuotes(argument)}: ${by} sets ${name} itself`, { hint, path }),
  ]
  if (ofBootLoaders.has(name)) return own('the boot loader', 'remove it')
  if (appliesTo !== 'installer' && install.keepsDisk && ofInstalledSystems.has(name))
    return own('the installer', 'remove it')
  if ((appliesTo !== 'installed' || !install.keepsDisk) && install.ownArguments.includes(name)) {
    const installed = install.keepsDisk ? ', or add appliesTo: installed to it' : ''
    return own('hakube', `remove it${installed}`)
  }
  return []
}

function checkScope(
  { argument, appliesTo, path }: ProfileKernelArgument,
  systems: readonly ProfileSystem[],
): Diagnostic[] {
  const isInstalled = systems.some((system) => installMethodOf(system)?.keepsDisk ?? true)
  if (isInstalled || appliesTo !== 'installer') return []
  return [
    warning(
      'kernel/applies-to',
      `${inQuotes(argument)} applies only to the installer, but machines that run from memory have none`,
      { hint: 'remove appliesTo, or the argument', path: [...path.slice(0, -1), 'appliesTo'] },
    ),
  ]
}
