import { mkdir, open, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { inTemporaryDirectory } from '../check/temporary.ts'
import type { Machine } from '../cluster/cluster.ts'
import { refusal } from '../diagnostics/refusal.ts'
import { describeSystemError, isSystemError } from '../files/system-error.ts'
import { putInto, writeImage } from './files.ts'
import { make, makerOf, type Means } from './programs.ts'

/** Directory of Debian's package `ipxe`. */
export const packageLoaders = '/usr/lib/ipxe'

/** The label of the disk, for people. */
const label = 'HAKUBE'

/** iPXE for UEFI looks for a script with this name on the disk that it was loaded from: src/interface/efi/efi_autoexec.c, since 2021. */
const efiScript = 'autoexec.ipxe'

/** The files that firmware starts from a disk without a boot entry (UEFI specification, 3.5.1.1), and their loaders. */
const efiLoaders = [
  { architecture: 'amd64', loader: 'ipxe.efi', name: 'BOOTX64.EFI' },
  { architecture: 'arm64', loader: 'ipxe-arm64.efi', name: 'BOOTAA64.EFI' },
] as const

/** ISOLINUX starts iPXE as a kernel, with the script as its initrd: src/arch/x86/prefix/lkrnprefix.S, src/arch/x86/core/runtime.c. */
const isolinuxConfiguration = `DEFAULT ipxe
PROMPT 0
LABEL ipxe
  KERNEL /ipxe.krn
  INITRD /script.ipx
`

/** A disk that starts iPXE with a script. */
export type BootDisk = {
  script: string
  /** Their firmware determines the loaders. */
  machines: readonly Pick<Machine, 'firmware' | 'architecture'>[]
  /** Directory with iPXE: `ipxe.lkrn` and `ipxe.iso` for BIOS; `ipxe.efi` and `ipxe-arm64.efi` for UEFI. */
  loaders: string
}

/**
 * Writes an ISO 9660 image that BIOS and UEFI boot from a CD, from virtual media and from a USB stick; it supports only the firmware that
 * one of the machines has.
 *
 * For BIOS, ISOLINUX and its boot sector come from the `ipxe.iso` of the package, so that no other package is needed. For UEFI it
 * contains a small FAT file system.
 *
 * @throws Refusal if a program or a loader is missing, the loader reads no script, or a program fails
 */
export async function writeBootDisk(
  out: string,
  { script, machines, loaders }: BootDisk,
  means: Means,
): Promise<void> {
  const { environment, signal } = means
  const bios = machines.some(({ firmware }) => firmware === 'bios')
  const efi = efiLoaders.filter(({ architecture }) =>
    machines.some((machine) => machine.firmware === 'uefi' && machine.architecture === architecture),
  )
  const xorriso = makerOf('xorriso', means)
  const mtools = efi.length > 0 ? makerOf('mtools', means) : null
  const started = await Promise.all(
    efi.map(async ({ loader, name }) => ({ name, body: await efiLoader(join(loaders, loader)) })),
  )
  const kernel = bios ? await readLoader(join(loaders, 'ipxe.lkrn')) : null
  await inTemporaryDirectory(environment, async (directory) => {
    const content = join(directory, 'content')
    await mkdir(content)
    const parts: string[] = []
    if (kernel !== null) {
      const { isolinux, sector } = await isolinuxOf(join(loaders, 'ipxe.iso'), xorriso, { directory, signal })
      const given = [
        ...isolinux,
        { name: 'ipxe.krn', body: kernel },
        { name: 'script.ipx', body: script },
        { name: 'isolinux.cfg', body: isolinuxConfiguration },
      ]
      await putInto(content, given)
      parts.push('-eltorito-boot', 'isolinux.bin', '-eltorito-catalog', 'boot.cat', '-no-emul-boot')
      parts.push('-boot-load-size', '4', '-boot-info-table', '-isohybrid-mbr', sector)
    }
    if (mtools !== null) {
      const image = await efiFileSystem(mtools, started, script, { directory, signal })
      await putInto(content, [{ name: 'efi.img', body: await readFile(image) }])
      if (bios) parts.push('-eltorito-alt-boot')
      else parts.push('-eltorito-catalog', 'boot.cat')
      parts.push('-e', 'efi.img', '-no-emul-boot')
      // Makes it a partition of a stick: in the MBR next to that of ISOLINUX, or else in a separate table.
      parts.push(...(bios ? ['-isohybrid-gpt-basdat'] : ['-efi-boot-part', '--efi-boot-image']))
    }
    const draft = join(directory, 'boot.iso')
    const options = ['-as', 'mkisofs', '-quiet', '-volid', label, '-rational-rock', '-joliet']
    const owner = ['-uid', '0', '-gid', '0', '-file-mode', '0444', '-dir-mode', '0555']
    const words = [...options, ...owner, ...parts, '-output', draft, content]
    await make(xorriso, words, { what: out, directory, signal })
    await writeImage(out, draft, 0o644)
  })
}

/** @throws Refusal that names the package if the file cannot be read */
async function readLoader(file: string): Promise<Buffer> {
  try {
    return await readFile(file)
  } catch (fault) {
    if (!isSystemError(fault)) throw fault
    throw refusal('media/loader', `cannot read the boot loader ${file}: ${describeSystemError(fault)}`, {
      hint: 'install the package ipxe, or name the directory of another iPXE with --loaders',
    })
  }
}

/** @throws Refusal also for an iPXE that would not look for the script */
async function efiLoader(file: string): Promise<Buffer> {
  const loader = await readLoader(file)
  // UTF-16 in the first versions that support it.
  if (loader.includes(efiScript) || loader.includes(Buffer.from(efiScript, 'utf16le'))) return loader
  throw refusal('media/loader', `${file} is not an iPXE that reads a script from its disk`, {
    hint: 'unpack the package ipxe of Debian 13 or later, and name its directory with --loaders',
  })
}

type Place = { directory: string; signal: AbortSignal }

/** Extracts ISOLINUX from an image that boots with it: its files, and a file with its boot sector for disks. */
async function isolinuxOf(image: string, xorriso: string, place: Place) {
  const names = ['isolinux.bin', 'ldlinux.c32']
  const head = Buffer.alloc(512)
  await readLoader(image)
  const handle = await open(image)
  try {
    await handle.read(head, 0, head.length, 0)
  } finally {
    await handle.close()
  }
  const extract = names.flatMap((name) => ['-extract', `/${name}`, join(place.directory, name)])
  const words = ['-abort_on', 'FAILURE', '-osirrox', 'on', '-indev', `stdio:${image}`, ...extract]
  await make(xorriso, words, { what: `a boot disk from ${image}`, ...place })
  const isolinux = await Promise.all(
    names.map(async (name) => ({ name, body: await readFile(join(place.directory, name)) })),
  )
  const sector = join(place.directory, 'sector')
  await writeFile(sector, head)
  return { isolinux, sector }
}

/**
 * Makes a FAT file system with loaders and script.
 *
 * @returns its file
 */
async function efiFileSystem(
  mtools: string,
  loaders: readonly { name: string; body: Uint8Array }[],
  script: string,
  { directory, signal }: Place,
): Promise<string> {
  const top = join(directory, 'efi')
  await mkdir(top)
  await putInto(top, [...loaders, { name: efiScript, body: script }])
  const image = join(directory, 'efi.img')
  const bytes = loaders.reduce((sum, { body }) => sum + body.length, script.length)
  // Whole MiB, including one for the tables, the directories and the script, which occurs twice.
  const sectors = Math.ceil((bytes + script.length) / 2 ** 20 + 1) * 2048
  const run = (command: string, ...words: string[]) =>
    make(mtools, ['-c', command, ...words], { what: image, directory, signal })
  const shape = ['-T', String(sectors), '-h', '16', '-s', '63', '-N', '48414b55', '-v', label]
  await run('mformat', '-C', '-i', image, ...shape, '::')
  await run('mmd', '-i', image, '::/EFI', '::/EFI/BOOT')
  const files = [...loaders.map(({ name }) => name), efiScript]
  await run('mcopy', '-m', '-i', image, ...files.map((name) => join(top, name)), '::/EFI/BOOT/')
  // Some versions look only in the top directory.
  await run('mcopy', '-m', '-i', image, join(top, efiScript), '::/')
  return image
}
