import type { BootLoader } from './command-line.ts'

/**
 * COMMAND_LINE_SIZE is 2048 on x86 and arm64, with the byte that ends it (arch/x86/include/asm/setup.h,
 * arch/arm64/include/uapi/asm/setup.h): the kernel, or the boot loader before it, cuts off the rest without a word.
 */
export const limitOfKernel = 2047

const bootInterface = (mac: string): string => `BOOTIF=01-${mac}`

/**
 * It splits a line at white space, takes a `#` at the start of a word for a comment, stand-alone `;`, `&&` and `||` for operators, and
 * expands `${…}`. Within a word, `;`, `#`, `$` and single quotes are characters like others. src/core/exec.c, src/core/settings.c.
 */
export const ipxe: BootLoader = {
  name: 'iPXE',
  loads: () => true,
  problemOf(word) {
    if (word.startsWith('#')) return 'begins with #'
    if (word.includes('${')) return 'holds ${'
    return ['||', '&&', ';'].includes(word) ? 'is an operator of iPXE' : null
  },
  // As pxe/machine.ipxe.ejs has it. With UEFI it puts the name of the kernel first: efi_image_cmdline in src/image/efi_image.c.
  lineOf: (words, { machine, kernel, mac }) => [
    ...(machine.firmware === 'uefi' ? [kernel.replace(/^.*\//, '')] : []),
    'initrd=initrd.img',
    ...words,
    bootInterface(mac),
  ],
  limit: limitOfKernel,
}

/** It passes on what follows APPEND as it stands: record() in com32/elflink/ldlinux/readconfig.c. */
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
  // It counts the byte that ends the line although the header of the kernel does not (com32/lib/syslinux/load_linux.c).
  limit: limitOfKernel - 1,
}

/** Path at the server, as GRUB names a file on the device that `root` is. */
export const pathAtServer = (address: string): string => decodeURI(new URL(address).pathname)

/**
 * Words are quoted in its script (grub-quote.ts). When it writes the line for the kernel, it puts a backslash before quotes and backslashes,
 * and quotation marks around spaces: grub_create_loader_cmdline in grub-core/lib/cmdline.c, and seen at a kernel.
 */
export const grub: BootLoader = {
  name: 'GRUB',
  loads: ({ firmware }) => firmware === 'uefi',
  problemOf: (word) =>
    /['\\]/.test(word) ? 'holds a single quote or a backslash, before which GRUB puts a backslash' : null,
  lineOf: (words, { kernel, mac }) => [`BOOT_IMAGE=${pathAtServer(kernel)}`, ...words, bootInterface(mac)],
  // It cuts off what is longer, with the byte that ends the line, without a word: the same function.
  limit: limitOfKernel - 1,
}

/** Each that a machine can come by gets a menu. */
export const bootLoaders: readonly BootLoader[] = [ipxe, pxelinux, grub]
