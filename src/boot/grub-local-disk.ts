import { grubQuote } from './grub-quote.ts'

/** Directories below /EFI on the EFI system partition, as the distributions' installers name them. */
const vendors = ['debian', 'ubuntu', 'rocky', 'almalinux', 'redhat', 'centos']

/**
 * Starts the system on the disk: the boot loader that a distribution installed on an EFI system partition, or else `exit`, after which
 * the firmware continues with its boot order. The status is 1, because some firmware opens its setup after a boot entry that succeeded.
 * MAAS does the same (src/provisioningserver/templates/uefi/config.local.amd64.template).
 */
export const diskEntryLines: readonly string[] = [
  'set hakube_efi=x64',
  'if [ "$grub_cpu" = arm64 ]; then set hakube_efi=aa64; fi',
  `for hakube_vendor in ${vendors.join(' ')}; do`,
  '  for hakube_program in shim grub; do',
  '    if search --no-floppy --file --set=root /EFI/$hakube_vendor/$hakube_program$hakube_efi.efi; then',
  '      if chainloader /EFI/$hakube_vendor/$hakube_program$hakube_efi.efi; then boot; fi',
  '    fi',
  '  done',
  'done',
  'exit 1',
]

const safeName = (name: string): string => (/^[a-z0-9.-]{1,253}$/i.test(name) ? name : 'this machine')

/**
 * The menu of a machine that is not to be installed. It starts the disk after ten seconds; an operator who armed the machine in the
 * meantime can choose to ask the server again.
 *
 * @param why a sentence about the machine, without the full stop
 */
export const grubLocalDisk = (name: string, why: string): string =>
  [
    `# hakube: ${safeName(name)} boots from its disk`,
    'set hakube_found=yes',
    'set default=disk',
    'set timeout=10',
    `menuentry ${grubQuote(`${safeName(name)} boots from its disk: ${why}`)} --id disk {`,
    `  echo ${grubQuote(`hakube: ${safeName(name)} boots from its disk:`)}`,
    `  echo ${grubQuote(`hakube: ${why}.`)}`,
    '  echo hakube: Nothing was changed. To install it:',
    `  echo ${grubQuote(`hakube: hakube arm PROFILE ${safeName(name)}`)}`,
    ...diskEntryLines.map((line) => `  ${line}`),
    '}',
    `menuentry ${grubQuote('Ask the server again')} --id again {`,
    '  configfile "$prefix/grub.cfg"',
    '}',
    '',
  ].join('\n')
