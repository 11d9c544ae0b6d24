import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  argumentOf,
  argumentProblem,
  type BootedFrom,
  encodeLine,
  lengthOf,
  wordOf,
} from '../../src/boot/command-line.ts'
import { bootLoaders, ipxe, pxelinux } from '../../src/boot/loaders.ts'
import { exampleCluster } from '../example.ts'

const [machine] = exampleCluster().machines
const booted: BootedFrom = {
  machine: { ...machine!, firmware: 'bios', architecture: 'amd64' },
  mac: '52-54-00-aa-bb-01',
  kernel: 'http://10.10.10.5:8080/assets/linux',
  initrd: 'http://10.10.10.5:8080/assets/initrd.gz',
}
const problem = (word: string) => bootLoaders.map((loader) => argumentProblem(loader, argumentOf(word)))

const long = (length: number) => [{ name: 'x', value: 'a'.repeat(length) }]

describe('argumentOf', () => {
  it.each([
    ['quiet', { name: 'quiet' }],
    ['a=', { name: 'a', value: '' }],
    ['ds=nocloud-net;s=http://10.10.10.5/', { name: 'ds', value: 'nocloud-net;s=http://10.10.10.5/' }],
  ])('splits %s at the first equals sign', (word, argument) => {
    expect(argumentOf(word)).toEqual(argument)
  })

  it('is undone by wordOf, for every text', () => {
    fc.assert(fc.property(fc.string(), (word) => wordOf(argumentOf(word)) === word))
  })
})

describe('argumentProblem', () => {
  it.each([
    ['', 'is empty'],
    ['two words', 'contains white space or a control character'],
    ['a=two words', 'contains white space or a control character'],
    ['a=line\nbreak', 'contains white space or a control character'],
    ['a=no\u00a0break', 'contains white space or a control character'],
    ['bell\u0007', 'contains white space or a control character'],
    ['a="b"', 'holds a quotation mark, which the kernel removes'],
    ['a=b"c', 'holds a quotation mark, which the kernel removes'],
  ])('%j is invalid on every line: it %s', (word, text) => {
    expect(problem(word)).toEqual([text, text, text])
  })

  it.each([
    ['#comment', 'begins with #'],
    ['#a=b', 'begins with #'],
    ['a=${net0/mac}', 'holds ${'],
    ['a=$${b}', 'holds ${'],
    ['||', 'is an operator of iPXE'],
    ['&&', 'is an operator of iPXE'],
    [';', 'is an operator of iPXE'],
  ])('%j has another meaning for iPXE: it %s; other loaders pass it on', (word, text) => {
    expect(problem(word)).toEqual([text, null, null])
  })

  it.each([
    'quiet',
    '-',
    '---',
    'ds=nocloud-net;s=http://10.10.10.5:8080/seed/52-54-00-aa-bb-01/',
    'a#b',
    'a=#b',
    'a=$b',
    'a=$',
    'a={b}',
    'a||b',
    'a&&b',
    'a=`b`',
    'a=ü',
  ])('%j is passed on unchanged by each loader', (word) => {
    expect(problem(word)).toEqual([null, null, null])
    for (const loader of bootLoaders)
      expect(encodeLine(loader, [argumentOf('quiet'), argumentOf(word)], booted)).toBe(`quiet ${word}`)
  })

  it.each(["a='b'", 'a=b\\'])('%j is escaped with a backslash only for GRUB', (word) => {
    const text = 'holds a single quote or a backslash, before which GRUB puts a backslash'
    expect(problem(word)).toEqual([null, null, text])
  })
})

describe('encodeLine', () => {
  it('refuses what a loader would not pass on, and names the loader and the argument', () => {
    const given = [{ name: 'quiet' }, { name: 'a', value: '${b}' }]
    expect(() => encodeLine(ipxe, given, booted)).toThrow('iPXE cannot pass on "a=${b}": it holds ${')
    expect(encodeLine(pxelinux, given, booted)).toBe('quiet a=${b}')
  })

  it.each(bootLoaders.map((loader) => [loader.name, loader] as const))(
    'fills a line of %s to its limit, and refuses a character more',
    (_, loader) => {
      const firmware = loader.name === 'GRUB' ? 'uefi' : 'bios'
      const own: BootedFrom = { ...booted, machine: { ...booted.machine, firmware } }
      const room = loader.limit - lengthOf(loader.lineOf(['x='], own))
      expect(encodeLine(loader, long(room), own)).toBe(`x=${'a'.repeat(room)}`)
      expect(() => encodeLine(loader, long(room + 1), own)).toThrow(
        `the kernel command line for ${loader.name} has ${loader.limit + 1} characters, but at most ${loader.limit} are allowed`,
      )
    },
  )

  it('ignores the limit of a loader that the machine cannot use', () => {
    const uefi: BootedFrom = { ...booted, machine: { ...booted.machine, firmware: 'uefi' } }
    expect(encodeLine(pxelinux, long(3000), uefi)).toHaveLength(3002)
    expect(() => encodeLine(ipxe, long(3000), uefi)).toThrow('for iPXE')
  })
})
