import type { Machine } from '../cluster/cluster.ts'
import { autoinstall } from './autoinstall.ts'
import { image } from './image.ts'
import type { Installer } from './installer.ts'
import { kickstart } from './kickstart.ts'
import { live } from './live.ts'
import { preseed } from './preseed.ts'

/** Every way in which hakube can install a machine. */
export const installers: readonly Installer[] = [kickstart, autoinstall, preseed, live, image]

/** The one by which a machine is installed. */
export function installerOf(
  { system: { install } }: Pick<Machine, 'system'>,
  among: readonly Installer[] = installers,
): Installer {
  const installer = among.find(({ method }) => method.name === install.name)
  if (!installer) throw new Error(`no installer is called ${install.name}`)
  return installer
}
