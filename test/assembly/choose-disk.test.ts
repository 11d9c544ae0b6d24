import { describe, expect, it } from 'vitest'
import {
  chooseDisks,
  diskFunctions,
  eraseFunction,
  keepSerials,
  refuseData,
  takeDisk,
} from '../../src/assembly/choose-disk.ts'
import { storageFrom } from '../installers/storage.ts'

/** The calls that come behind the functions. */
const calls = (script: string): string[] => script.replace(diskFunctions(), () => 'FUNCTIONS\n').split('\n')

const calling = (yaml: string): string => takeDisk(storageFrom(yaml).disks[0]!)

describe('the call that takes a disk', () => {
  it.each([
    ['{disk: /dev/disk/by-id/nvme-1}', 'named /dev/disk/by-id/nvme-1'],
    ['{disk: "/dev/a b\'c"}', String.raw`named '/dev/a b'\''c'`],
    ['{disk: {model: "EXAMPLE  SSD *"}}', "choose 'with model EXAMPLE  SSD *' '' 'EXAMPLE_SSD_*' '' '' 1 ''"],
    ['{disk: {serial: " S1 "}}', "choose 'with serial  S1 ' '' '' S1 '' 1 ''"],
    [
      '{disk: {type: nvme, size: smallest}}',
      "choose 'with type nvme, size smallest' smallest '' '' nvme 1 ''",
    ],
    ['{disk: {size: ">=400GB"}}', "choose 'with size >=400GB' '' '' '' '' 400000000000 ''"],
    ['{disk: {size: "<=1TB"}}', "choose 'with size <=1TB' '' '' '' '' 1 1000000000000"],
    ['{disk: {size: 100GB}}', "choose 'with size 100GB' '' '' '' '' 95000000000 105000000000"],
  ])('of %s', (yaml, call) => {
    expect(calling(yaml)).toBe(call)
  })

  it('treats only the star in a model or serial number as a pattern', () => {
    expect(calling(String.raw`{disk: {model: 'a?[b]\c*'}}`)).toBe(
      String.raw`choose 'with model a?[b]\c*' '' 'a[?][[]b[]][\\]c*' '' '' 1 ''`,
    )
  })
})

describe('disks that are named by serial number', () => {
  it('are kept from being chosen for others', () => {
    const { data } = storageFrom(
      'dataDisks: [{disk: {serial: S1}}, {disk: {serial: "S*"}}, {disk: /dev/sdb}, {disk: {serial: "S 2"}}]',
    )
    expect(keepSerials(data.map(({ disk }) => disk))).toEqual(['keep_serials S1 S_2'])
    expect(keepSerials([])).toEqual([])
  })
})

describe('the script that chooses the system disks', () => {
  it('sets the path of the only disk', () => {
    expect(calls(chooseDisks(storageFrom('{disk: /dev/sda}'), []))).toEqual([
      'FUNCTIONS',
      '',
      'taken=',
      'named /dev/sda',
      'disk_1=$disk',
      'disk=$disk_1',
      '',
    ])
  })

  it('chooses disks with a name first, whichever they are, and never chooses data disks', () => {
    const storage = storageFrom(
      '{disk: [{type: ssd}, /dev/sdb], raid: 1, dataDisks: [{disk: /dev/sdc}, {disk: {serial: S1}, mount: /a}, {disk: /dev/sdd}]}',
    )
    expect(calls(chooseDisks(storage, ['uuid-1', 'uuid-2']))).toEqual([
      'FUNCTIONS',
      '',
      'taken=',
      'keep_named /dev/sdc /dev/sdd',
      'keep_serials S1',
      'keep_file_systems uuid-1 uuid-2',
      'named /dev/sdb',
      'disk_2=$disk',
      "choose 'with type ssd' '' '' '' ssd 1 ''",
      'disk_1=$disk',
      'disk=$disk_1',
      '',
    ])
  })

  it('is absent without a system disk', () => {
    expect(() => chooseDisks(storageFrom('{}'), [])).toThrow('there is no system disk to choose')
  })
})

const refusing = (yaml: string, uuids: string[] = []) => {
  const script = refuseData(storageFrom(yaml), uuids)
  return script === null ? null : calls(script)
}

describe('the script that refuses data disks', () => {
  it('names them, and the disk that was chosen', () => {
    expect(
      refusing('{disk: {type: ssd}, dataDisks: [{disk: /dev/disk/by-id/x}, {disk: {serial: S1}}]}', ['u']),
    ).toEqual([
      '# Data disks are kept.',
      'FUNCTIONS',
      '',
      'taken=',
      'keep_named /dev/disk/by-id/x',
      'keep_serials S1',
      'keep_file_systems u',
      'refuse_kept "$disk"',
      '# They are others.',
      '',
    ])
  })

  it.each([
    ['{disk: /dev/disk/by-id/y, dataDisks: [{disk: /dev/sdb}]}', null],
    ['{disk: /dev/mapper/mpatha, dataDisks: [{disk: /dev/sdb}]}', null],
    ['{disk: {type: ssd}, dataDisks: [{disk: /dev/sdb}]}', null],
    ['{disk: /dev/sda, dataDisks: [{disk: /dev/sdb}]}', 'keep_named /dev/sdb'],
    ['{disk: [/dev/disk/by-id/y, /dev/sda], raid: 1, dataDisks: [{disk: /dev/sdb}]}', 'keep_named /dev/sdb'],
  ])('does not compare a persistent name with a name that the kernel assigns: %s', (yaml, call) => {
    expect(refusing(yaml)?.find((line) => line.startsWith('keep_')) ?? null).toBe(call)
  })

  it('is absent without data disks', () => {
    expect(refusing('{disk: /dev/sda}')).toBeNull()
  })
})

it('functions are those of the templates', () => {
  expect(diskFunctions()).toMatch(/^choose\(\) \{/m)
  expect(diskFunctions()).toMatch(/^named\(\) \{/m)
  expect(eraseFunction()).toMatch(/^erase\(\) \{/m)
})
