import { expect, it } from 'vitest'
import { describeWith } from '../prerequisites.ts'
import { onDisk } from '../support/bootable-disk.ts'
import { key, loading, menuRack, opened } from '../support/menu-rack.ts'

describeWith({ linux: true, programs: ['qemu-system-x86_64'] }, 'the boot menu in real iPXE', () => {
  it('continues with the default when nobody presses a key', async () => {
    const { boot, arm, asked } = await menuRack()
    expect(await boot([], onDisk)).not.toContain(opened)
    expect(asked()).toEqual(['disk 200', 'menu 200'])
    await arm()
    // There is no kernel: this is as far as it comes.
    expect(await boot([], loading)).not.toContain(opened)
    expect(asked()).toEqual(['boot-script 200', 'menu 200'])
  })

  it('boots an armed machine from its disk when someone leaves the menu, and installs it only when that is chosen', async () => {
    const { boot, arm } = await menuRack()
    await arm()
    const left = await boot(
      [
        [key, ' '],
        [opened, '\u001B\u001B'],
      ],
      onDisk,
      loading,
    )
    expect(left).toMatch(/Install Rocky Linux 9 and ERASE the disk/)
    expect(left).toContain(onDisk)
    // The line above the one that is selected.
    expect(
      await boot(
        [
          [key, ' '],
          [opened, '\u001B[A\r'],
        ],
        onDisk,
        loading,
      ),
    ).toContain(loading)
  })

  it('sends what iPXE knows of the machine, which the server keeps when it is armed', async () => {
    const { boot, arm, keeper, mac, name } = await menuRack()
    const screen = await boot(
      [
        [key, ' '],
        [opened, 'h'],
        [`the server has the hardware report of ${name}`, ' '],
        [opened, 'd'],
      ],
      onDisk,
    )
    // What only an armed machine may do is not on offer.
    expect(screen).not.toContain('ERASE')
    await arm()
    expect(keeper.machine({ mac, name }).hardware).toEqual({
      time: '2026-11-21T12:30:00.000Z',
      from: '127.0.0.1',
      facts: {
        macs: [mac],
        uuid: '12345678-9abc-4def-8123-456789abcdef',
        serial: 'A#B? %C',
        manufacturer: 'Rack "Makers" Ltd.',
        product: 'X 1',
        firmware: 'pcbios',
        architecture: expect.stringMatching(/^(i386|x86_64)$/),
        // QEMU calls it after the machine.
        processor: expect.stringMatching(/^pc-i440fx-/),
        memory: 256,
      },
    })
  })
})
