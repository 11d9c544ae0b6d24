import type { Machine } from '../cluster/cluster.ts'
import { autoinstall } from './autoinstall.ts'
import { image } from './image.ts'
import type { Installer } from './installer.ts'
import { kickstart } from './kickstart.ts'
import { live } from './live.ts'
import { preseed } from './preseed.ts'

/** All install methods. */
export const installers: readonly Installer[] = [kickstart, autoinstall, preseed, live, image]

/** The installer of a machine. */
export function installerOf(
  { system: { install } }: Pick<Machine, 'system'>,
  among: readonly Installer[] = installers,
): Installer {
  const installer = among.find(({ method }) => method.name === install.name)
  if (!installer) throw new Error(`no installer is called ${install.name}`)
  return installer
}
