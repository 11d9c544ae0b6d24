import { describe, expect, it } from 'vitest'
import { ipxeLocalDisk, pxelinuxLocalDisk } from '../../src/boot/local-disk.ts'

describe('the boot script of a machine that is not to be installed', () => {
  it('starts the disk with iPXE, and asks again if BIOS returns', () => {
    expect(ipxeLocalDisk('worker-1', 'it is not armed')).toMatchInlineSnapshot(`
      "#!ipxe
      echo
      echo hakube: worker-1 boots from its disk:
      echo hakube: it is not armed.
      echo hakube: Nothing was changed. To install it:
      echo hakube: hakube arm PROFILE worker-1
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
      "
    `)
  })

  it('offers the boot menu before that, if a script of hakube has set the address of the server', () => {
    const [head = '', tail = ''] = ipxeLocalDisk('worker-1', 'it is not armed').split('iseq ')
    expect(ipxeLocalDisk('worker-1', 'it is not armed', 'menu/52-54-00-aa-bb-01')).toBe(
      `${head}isset \${base} || goto disk
clear due ||
set choice disk
chain --autofree \${base}/menu/52-54-00-aa-bb-01 && goto \${choice} ||
goto disk
:again
chain --autofree --replace \${base}/boot.ipxe ||
:disk
iseq ${tail}`,
    )
  })

  it('starts the disk with pxelinux', () => {
    expect(pxelinuxLocalDisk('worker-1', 'it is not armed')).toMatchInlineSnapshot(`
      "# hakube: worker-1 boots from its disk
      SAY hakube: worker-1 boots from its disk:
      SAY hakube: it is not armed.
      SAY hakube: Nothing was changed. To install it:
      SAY hakube: hakube arm PROFILE worker-1
      DEFAULT local
      PROMPT 0

      LABEL local
        LOCALBOOT -1
      "
    `)
  })

  it.each(['worker-1; shell', 'worker-1\nshell', '\nworker-1', '${name}', '', 'a'.repeat(254)])(
    'contains no name that is not a host name: %j',
    (name) => {
      for (const script of [ipxeLocalDisk, pxelinuxLocalDisk])
        expect(script(name, 'it is not armed')).toBe(script('this machine', 'it is not armed'))
    },
  )

  it('accepts the longest host name', () => {
    const name = `${'a'.repeat(251)}.B`
    expect(ipxeLocalDisk(name, 'it is not armed')).toContain(`hakube: ${name} boots from its disk`)
  })
})
