import { defaultOf } from '../profile/defaults.ts'
import type { Profile } from '../profile/schema.ts'
import { resolveAsset } from './asset-address.ts'
import type { BootMenu } from './cluster.ts'
import type { Choice } from './facts.ts'

/** What machines offer on their screens; null where the profile wants no menu. */
export function resolveBootMenu({ bootMenu: given }: Profile, { choose }: Choice): BootMenu | null {
  if (!given) return null
  const program = (firmware: 'bios' | 'uefi') => {
    const asset = given.memoryTest?.[firmware]
    return choose(
      ['bootMenu', 'memoryTest', firmware],
      asset && resolveAsset(asset),
      defaultOf.menuMemoryTest,
    )
  }
  return {
    timeout: choose(['bootMenu', 'timeout'], given.timeout, defaultOf.menuTimeout),
    rescue: choose(['bootMenu', 'rescue'], given.rescue, defaultOf.menuRescue),
    memoryTest: { bios: program('bios'), uefi: program('uefi') },
  }
}
