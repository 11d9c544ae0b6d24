import { z } from 'zod'
import { byDefault } from './defaults.ts'
import { Asset } from './schema-parts.ts'

/** What a machine offers on its screen when it boots from the network by iPXE. */
export const BootMenu = z
  .strictObject({
    timeout: z
      .int()
      .min(1)
      .max(60)
      .meta({
        description: `Seconds for which a machine waits for a key. If no key is pressed, it does what it would do without a menu. ${byDefault('menuTimeout')}`,
        examples: [5],
      })
      .optional(),
    rescue: z
      .boolean()
      .meta({
        description: `Offer a shell in hakube's RAM system (\`hakube image --type ram\`). It has no secrets and does not change disks. ${byDefault('menuRescue')}`,
      })
      .optional(),
    memoryTest: z
      .strictObject({
        bios: Asset.meta({ description: 'For machines with BIOS, e.g. memtest86+x64.bin.' }).optional(),
        uefi: Asset.meta({ description: 'For machines with UEFI, e.g. memtest86+x64.efi.' }).optional(),
      })
      .meta({
        description: `memtest86+ for machines with amd64. ${byDefault('menuMemoryTest')}`,
      })
      .optional(),
  })
  .meta({
    description:
      'A menu on machines that boot from the network with iPXE: boot from disk, a rescue shell, a memory test, a hardware report to the server. No menu without this field.',
    examples: [{ timeout: 5, rescue: true }],
  })
