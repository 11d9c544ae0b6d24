/*
 * Boot scripts for a machine that is not to be installed. They are made when a machine asks, since what they say depends on its state; all that is put
 * into them is a name of this narrow form and words of hakube's own.
 */

const safeName = (name: string): string => (/^[a-z0-9.-]{1,253}$/i.test(name) ? name : 'this machine')

/**
 * For iPXE: starts the disk. With BIOS, where a disk that does not boot comes back, it asks again every half minute, so that a machine
 * that is armed meanwhile needs nobody at its power button. UEFI goes on by the boot order of its firmware.
 *
 * A screen has 80 columns: hence the short lines.
 *
 * @param why a sentence about the machine, without its full stop
 */
export const ipxeLocalDisk = (name: string, why: string): string => `#!ipxe
echo
echo hakube: ${safeName(name)} boots from its disk:
echo hakube: ${why}.
echo hakube: Nothing was changed. To install it:
echo hakube: hakube arm PROFILE ${safeName(name)}
iseq \${platform} efi && goto disk_efi ||
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

/** The same for pxelinux, and for U-Boot, which reads its format. */
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
