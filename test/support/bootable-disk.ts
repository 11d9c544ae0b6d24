/** What the disk of {@link bootableDisk} writes. */
export const onDisk = 'hakube: this is the disk'

/** A disk whose boot sector writes the text to the first serial port, and halts. */
export function bootableDisk(): Buffer {
  const code = Buffer.from(
    [
      '31c0', // xor ax, ax
      '8ed8', // mov ds, ax
      'baf803', // mov dx, 0x3f8
      'be167c', // mov si, text
      'fc', // cld
      'ac', // next: lodsb
      '84c0', // test al, al
      '7403', // jz end
      'ee', // out dx, al
      'ebf8', // jmp next
      'f4', // end: hlt
      'ebfd', // jmp end
    ].join(''),
    'hex',
  )
  const sector = Buffer.alloc(512)
  code.copy(sector)
  sector.write(`\r\n${onDisk}\r\n`, code.length, 'latin1')
  sector.writeUInt16LE(0xaa55, 510)
  return Buffer.concat([sector, Buffer.alloc(1024 * 1024)])
}
