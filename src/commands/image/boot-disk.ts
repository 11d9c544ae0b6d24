import { ipxeStickScript } from '../../boot/ipxe.ts'
import type { Cluster, Machine } from '../../cluster/cluster.ts'
import { refusal } from '../../diagnostics/refusal.ts'
import { packageLoaders, writeBootDisk } from '../../media/boot-disk.ts'
import type { Means } from '../../media/programs.ts'
import { type Context, exit } from '../context.ts'

/**
 * Whether an image is for a USB stick, which BIOS numbers as the first disk, or for virtual media: its extension decides.
 *
 * @throws Refusal for other extensions
 */
function isForStick(out: string): boolean {
  if (/\.(?:iso|img)$/i.test(out)) return /\.img$/i.test(out)
  throw refusal('media/name', `--out ${out}: the name of a boot disk must end in .iso or .img`, {
    hint: 'write .iso for virtual media and CDs, .img for USB sticks',
  })
}

/** Writes one image for all machines. */
export async function buildBootDisk(
  { options, stderr }: Context,
  cluster: Cluster,
  machines: readonly Machine[],
  out: string,
  means: Means,
): Promise<number> {
  const script = ipxeStickScript(cluster, {
    fixed: options.flag('static') ? machines : [],
    firstDisk: isForStick(out) ? '0x81' : null,
  })
  const disk = { script, machines, loaders: options.text('loaders') ?? packageLoaders }
  await writeBootDisk(out, disk, means)
  stderr.write(`${out}: boots ${cluster.name} from ${cluster.server}\n`)
  return exit.success
}
