import { error, warning } from '../../diagnostics/diagnostic.ts'
import type { Diagnostic, Path } from '../../diagnostics/diagnostic.ts'
import { inQuotes } from '../../diagnostics/in-quotes.ts'
import type { InstallMethod } from '../../distributions/distribution.ts'
import { findDistribution } from '../../distributions/index.ts'
import { kernelArgumentsOf, type ProfileKernelArgument } from '../kernel-arguments.ts'
import type { Profile } from '../schema.ts'
import { settingsPlaces } from './rule.ts'
import type { Rule } from './rule.ts'

/** Kernel arguments: whether all boot loaders and installers pass them on as they are, and whether they do what they say. */
export const kernelArgumentRules: Rule = ({ profile }) => {
  const install = installOf(profile)
  return [...settingsPlaces(profile)].flatMap(({ path, settings }) => {
    const first = new Map<string, Path>()
    return kernelArgumentsOf(settings, path).flatMap((given): Diagnostic[] => {
      const earlier = first.get(given.argument)
      first.set(given.argument, earlier ?? given.path)
      const shown = inQuotes(given.argument)
      const reason = argumentReason(given.argument)
      if (reason !== null)
        return [
          error('kernel/argument', `${shown} cannot stand on a kernel command line`, {
            ...reason,
            path: given.path,
          }),
        ]
      if (earlier)
        return [
          error('kernel/argument-twice', `the kernel argument ${shown} is in this list twice`, {
            hint: 'keep one: without appliesTo it is for the installer and the installed system',
            path: given.path,
            related: [{ path: earlier, message: 'first written here' }],
          }),
        ]
      return install === null ? [] : [...checkOwn(given, install), ...checkScope(given, install)]
    })
  })
}

const installOf = ({ distribution: { name, version, install } }: Profile): InstallMethod | null =>
  install ?? findDistribution(name, version)?.installs[0] ?? null

/** Boot loaders give the arguments on without quotes, and GRUB and iPXE read them as a line of a script. */
function argumentReason(argument: string): Pick<Diagnostic, 'hint' | 'source'> | null {
  if (!/^[\u0021-\u007E]+$/.test(argument) || /["'\\`]/.test(argument)) {
    return {
      hint: 'write one argument without spaces and quotes on each line of the list',
      source: 'https://docs.kernel.org/admin-guide/kernel-parameters.html',
    }
  }
  // The kernel leaves what follows to init, installers copy it for the installed system.
  if (/^--+$/.test(argument))
    return { hint: 'remove it; appliesTo: installed says that an argument is not for the installer' }
  if (!argument.startsWith('#') && !/[{}|&$;<>]/.test(argument)) return null
  return {
    hint: 'write it without # at the start and without { } | & $ ; < >: boot loaders read those as signs of their own',
    source: 'https://www.gnu.org/software/grub/manual/grub/grub.html#Shell_002dlike-scripting',
  }
}

/** What boot loaders put on the line themselves, of installers and of installed systems. */
const ofBootLoaders = new Set(['BOOT_IMAGE', 'BOOTIF', 'initrd'])

/**
 * Names of arguments that stand on the line of what boots from the network, by how machines are installed, with the other names that
 * their readers have for them (/etc/preseed_aliases of Debian's installer). A second one would take the place of the first, or be lost.
 */
export const ownArguments: Readonly<Record<InstallMethod, readonly string[]>> = {
  kickstart: ['inst.ks', 'inst.repo', 'inst.text', 'ip'],
  autoinstall: ['root', 'ramdisk_size', 'ip', 'url', 'cloud-config-url', 'autoinstall', 'ds'],
  preseed: [
    'auto',
    'auto-install/enable',
    'priority',
    'debconf/priority',
    'url',
    'preseed/url',
    'interface',
    'netcfg/choose_interface',
    'hostname',
    'netcfg/get_hostname',
    'domain',
    'netcfg/get_domain',
    'netcfg/disable_autoconfig',
    'netcfg/confirm_static',
    'netcfg/get_ipaddress',
    'netcfg/get_netmask',
    'netcfg/get_gateway',
    'netcfg/get_nameservers',
  ],
  live: ['boot', 'components', 'fetch', 'nonetworking', 'ds', 'network-config'],
}

/** Where its root is, and where cloud-init looks for its seed. */
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
  if (appliesTo !== 'installer' && install !== 'live' && ofInstalledSystems.has(name))
    return own('the installer', 'remove it')
  if ((appliesTo !== 'installed' || install === 'live') && ownArguments[install].includes(name)) {
    const installed = install === 'live' ? '' : ', or write appliesTo: installed beside it'
    return own('hakube', `remove it${installed}`)
  }
  return []
}

function checkScope(
  { argument, appliesTo, path }: ProfileKernelArgument,
  install: InstallMethod,
): Diagnostic[] {
  if (install !== 'live' || appliesTo !== 'installer') return []
  return [
    warning(
      'kernel/applies-to',
      `${inQuotes(argument)} is for the installer only, and machines that run from memory have none`,
      { hint: 'remove appliesTo, or the argument', path: [...path.slice(0, -1), 'appliesTo'] },
    ),
  ]
}
