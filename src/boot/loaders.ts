import type { BootLoader } from './command-line.ts'

/**
 * COMMAND_LINE_SIZE is 2048 on x86 and arm64, including the terminating byte (arch/x86/include/asm/setup.h,
 * arch/arm64/include/uapi/asm/setup.h). The kernel, or the boot loader before it, silently truncates longer lines.
 */
export const limitOfKernel = 2047

const bootInterface = (mac: string): string => `BOOTIF=01-${mac}`

/**
 * iPXE splits a line at white space, reads a `#` at the start of a word as a comment and stand-alone `;`, `&&` and `||` as operators, and
 * expands `${…}`. Within a word, `;`, `#`, `$` and single quotes are literal. src/core/exec.c, src/core/settings.c.
 */
export const ipxe: BootLoader = {
  name: 'iPXE',
  loads: () => true,
  problemOf(word) {
    if (word.startsWith('#')) return 'begins with #'
    if (word.includes('${')) return 'holds ${'
    return ['||', '&&', ';'].includes(word) ? 'is an operator of iPXE' : null
  },
  // As pxe/machine.ipxe.ejs writes it. With UEFI, iPXE adds the name of the kernel in front: efi_image_cmdline in src/image/efi_image.c.
  lineOf: (words, { machine, kernel, mac }) => [
    ...(machine.firmware === 'uefi' ? [kernel.replace(/^.*\//, '')] : []),
    'initrd=initrd.img',
    ...words,
    bootInterface(mac),
  ],
  limit: limitOfKernel,
}

/** pxelinux passes on the text after APPEND unchanged: record() in com32/elflink/ldlinux/readconfig.c. */
export const pxelinux: BootLoader = {
  name: 'pxelinux',
  loads: ({ architecture, firmware }) => firmware === 'bios' && architecture === 'amd64',
  problemOf: () => null,
  // record(), and new_linux_kernel() in com32/elflink/ldlinux/kernel.c.
  lineOf: (words, { kernel, initrd, mac }) => [
    `BOOT_IMAGE=${kernel}`,
    ...words,
    `initrd=${initrd}`,
    bootInterface(mac),
  ],
  // It counts the terminating byte although the kernel's header does not (com32/lib/syslinux/load_linux.c).
  limit: limitOfKernel - 1,
}

/** The path of an address on the server: GRUB resolves it on the device in `root`. */
export const pathAtServer = (address: string): string => decodeURI(new URL(address).pathname)

/**
 * Words are quoted in its script (grub-quote.ts). When GRUB writes the line for the kernel, it escapes quotes and backslashes, and puts
 * words that contain spaces in quotation marks: grub_create_loader_cmdline in grub-core/lib/cmdline.c, confirmed with a real kernel.
 */
export const grub: BootLoader = {
  name: 'GRUB',
  loads: ({ firmware }) => firmware === 'uefi',
  problemOf: (word) =>
    /['\\]/.test(word) ? 'holds a single quote or a backslash, before which GRUB puts a backslash' : null,
  lineOf: (words, { kernel, mac }) => [`BOOT_IMAGE=${pathAtServer(kernel)}`, ...words, bootInterface(mac)],
  // The same function silently truncates longer lines, including the terminating byte.
  limit: limitOfKernel - 1,
}

/** Each boot loader that a machine may use gets a menu. */
export const bootLoaders: readonly BootLoader[] = [ipxe, pxelinux, grub]
