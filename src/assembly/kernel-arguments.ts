import type { ArgumentSetting, Machine } from '../cluster/cluster.ts'
import { render } from '../templates/template.ts'
import { quote } from '../text/quote.ts'
import type { File } from './component.ts'
import { oneLine } from './lines.ts'
import { reboot } from './on-change.ts'

type Scoped = { appliesTo?: ArgumentSetting['appliesTo'] }

/** The kernel arguments that all components of a machine declared. */
export type KernelArguments = { readonly kernelArguments: readonly (Scoped & { argument: string })[] }

/** Whether a kernel argument is for the installer, or for the installed system. */
export const isFor =
  (system: 'installer' | 'installed') =>
  ({ appliesTo = 'both' }: Scoped): boolean =>
    appliesTo === 'both' || appliesTo === system

/**
 * The kernel arguments that components and the profile want for the installer or the installed system, each once, in the order of first
 * mention. They exclude those that an install method adds itself, and the consoles of `hardware.console`: consoles come last, because
 * the last one becomes /dev/console.
 */
export const argumentsFor = (
  { kernelArguments }: KernelArguments,
  system: 'installer' | 'installed',
): string[] => [...new Set(kernelArguments.filter(isFor(system)).map(({ argument }) => oneLine(argument)))]

/** The kernel arguments that select a machine's consoles. */
export const consoleArguments = (console: string | null): string[] =>
  console === null ? [] : ['console=tty0', `console=${console}`]

/**
 * The file that gives GRUB the kernel arguments of the installed system. The installer writes it, so that they hold at the first boot,
 * and the first boot writes it again. Null if something else sets them, or if there are none.
 */
export function grubDropIn({ system }: Machine, declared: KernelArguments): File | null {
  const { distribution, install } = system
  const kernelArguments = argumentsFor(declared, 'installed')
  if (kernelArguments.length === 0 || !install.keepsDisk || distribution.bootLoaderTool !== 'update-grub')
    return null
  return {
    path: '/etc/default/grub.d/hakube.cfg',
    mode: '0644',
    content: render('cloud-init/kernel/grub.cfg.ejs', { allArguments: quote(kernelArguments.join(' ')) }),
    onChange: reboot('the kernel reads its arguments at boot'),
  }
}
