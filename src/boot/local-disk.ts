/*
 * Boot scripts for a machine that is not to be installed. They are made on request, because their text depends on the machine's state.
 * They contain only a name of this restricted form and hakube's own words.
 */

const safeName = (name: string): string => (/^[a-z0-9.-]{1,253}$/i.test(name) ? name : 'this machine')

/** There is no menu unless a script of hakube has set the address of the server. */
const choices = (menu: string): string => `isset \${base} || goto disk
clear due ||
set choice disk
chain --autofree \${base}/${menu} && goto \${choice} ||
goto disk
:again
chain --autofree --replace \${base}/boot.ipxe ||
:disk
`

/**
 * For iPXE: starts the disk. With BIOS, where control returns from a disk that does not boot, it asks the server again every half minute,
 * so that arming the machine is enough and nobody has to reset it. UEFI continues with the boot order of its firmware.
 *
 * A text console has 80 columns, so the lines are short.
 *
 * @param why a sentence about the machine, without the full stop
 * @param menu path on the server of the other choices (menu.ts); null: there are none
 */
export const ipxeLocalDisk = (name: string, why: string, menu: string | null = null): string => `#!ipxe
echo
echo hakube: ${safeName(name)} boots from its disk:
echo hakube: ${why}.
echo hakube: Nothing was changed. To install it:
echo hakube: hakube arm PROFILE ${safeName(name)}
${menu === null ? '' : choices(menu)}iseq \${platform} efi && goto disk_efi ||
isset \${disk} || set disk 0x80
sanboot --no-describe --drive \${disk} ||
echo hakube: this machine has no bootable disk. Next try in 30 s.
prompt --timeout 30000 ||
isset \${base} && chain --autofree --replace \${base}/boot.ipxe ||
exit 1
# Status 1, not 0: some firmware opens its setup after a boot entry that ended well.
:disk_efi
exit 1
`

/** The same for pxelinux, and for U-Boot, which reads its configuration format. */
export const pxelinuxLocalDisk = (
  name: string,
  why: string,
): string => `# hakube: ${safeName(name)} boots from its disk
SAY hakube: ${safeName(name)} boots from its disk:
SAY hakube: ${why}.
SAY hakube: Nothing was changed. To install it:
SAY hakube: hakube arm PROFILE ${safeName(name)}
DEFAULT local
PROMPT 0

LABEL local
  LOCALBOOT -1
`
