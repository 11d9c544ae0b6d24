import type { Machine } from '../cluster/cluster.ts'
import type { KernelArgument } from '../installers/installer.ts'

/*
 * The kernel command line as arguments with names and values. A boot loader says what it would change, and how long the line may be; then
 * it is written down as words with single spaces between them. There are no quotes: the kernel has some, for spaces in a value, but
 * cloud-init and Debian's installer read the line as well, and split it at each space.
 */

/** A machine with the network interface that it boots from, and the addresses of what it boots. */
export type BootedFrom = { machine: Machine; mac: string; kernel: string; initrd: string }

/** What hands a kernel its command line. */
export type BootLoader = {
  name: string
  /** Whether a machine can come by it. */
  loads(machine: Machine): boolean
  /** What keeps it from passing on a word as it is, as the end of a sentence; null: it does. */
  problemOf(word: string): string | null
  /** All words that the kernel gets, with those of the loader's own. */
  lineOf(words: readonly string[], booted: BootedFrom): string[]
  /** Characters that the line may have. */
  limit: number
}

export const wordOf = ({ name, value }: KernelArgument): string =>
  value === undefined ? name : `${name}=${value}`

/** An argument as profiles and components write it. */
export function argumentOf(word: string): KernelArgument {
  const end = word.indexOf('=')
  return end === -1 ? { name: word } : { name: word.slice(0, end), value: word.slice(end + 1) }
}

export const lengthOf = (words: readonly string[]): number => Buffer.byteLength(words.join(' '))

/** What no line can carry, whoever writes it. */
function problemOfKernel(word: string): string | null {
  if (word === '') return 'is empty'
  if (/[\s\p{Cc}]/u.test(word)) return 'contains white space or a control character'
  // next_arg() in lib/cmdline.c: up to the next one, spaces are part of the value.
  return word.includes('"') ? 'holds a quotation mark, which the kernel takes out' : null
}

/** What is wrong with an argument for a boot loader, in words that end a sentence; null: the kernel gets it as it is. */
export function argumentProblem(loader: BootLoader, argument: KernelArgument): string | null {
  const word = wordOf(argument)
  return problemOfKernel(word) ?? loader.problemOf(word)
}

/**
 * The arguments as a boot loader's configuration has them.
 *
 * @throws for an argument that would not arrive as it is, and for a line that would be cut; `check` finds both before
 */
export function encodeLine(loader: BootLoader, given: readonly KernelArgument[], booted: BootedFrom): string {
  for (const argument of given) {
    const problem = argumentProblem(loader, argument)
    if (problem !== null)
      throw new TypeError(`${loader.name} cannot pass on ${JSON.stringify(wordOf(argument))}: it ${problem}`)
  }
  const words = given.map(wordOf)
  const length = lengthOf(loader.lineOf(words, booted))
  if (length > loader.limit && loader.loads(booted.machine))
    throw new RangeError(
      `the kernel command line by ${loader.name} has ${length} characters, and ${loader.limit} is the most`,
    )
  return words.join(' ')
}
