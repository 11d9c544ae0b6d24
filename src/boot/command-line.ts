import type { Machine } from '../cluster/cluster.ts'
import type { KernelArgument } from '../installers/installer.ts'

/*
 * The kernel command line as arguments with names and values. A boot loader reports what it would change, and how long the line may be;
 * then the line is written as words separated by single spaces. It has no quotes: the kernel supports them for spaces in a value, but
 * cloud-init and Debian's installer read the line too and split it at each space.
 */

/** A machine, the network interface that it boots from, and the addresses of its kernel and initrd. */
export type BootedFrom = { machine: Machine; mac: string; kernel: string; initrd: string }

/** A program that passes a command line to a kernel. */
export type BootLoader = {
  name: string
  /** Whether a machine can boot with it. */
  loads(machine: Machine): boolean
  /** Why it cannot pass on a word unchanged, as the end of a sentence; null if it can. */
  problemOf(word: string): string | null
  /** All words that the kernel receives, including those that the loader adds. */
  lineOf(words: readonly string[], booted: BootedFrom): string[]
  /** The maximum number of characters of the line. */
  limit: number
}

export const wordOf = ({ name, value }: KernelArgument): string =>
  value === undefined ? name : `${name}=${value}`

/** Reads an argument as profiles and components write it, `name` or `name=value`. */
export function argumentOf(word: string): KernelArgument {
  const end = word.indexOf('=')
  return end === -1 ? { name: word } : { name: word.slice(0, end), value: word.slice(end + 1) }
}

export const lengthOf = (words: readonly string[]): number => Buffer.byteLength(words.join(' '))

/** Reports words that no boot loader can pass to the kernel. */
function problemOfKernel(word: string): string | null {
  if (word === '') return 'is empty'
  if (/[\s\p{Cc}]/u.test(word)) return 'contains white space or a control character'
  // In next_arg() of lib/cmdline.c, spaces up to the next quotation mark belong to the value.
  return word.includes('"') ? 'holds a quotation mark, which the kernel removes' : null
}

/** Why a boot loader would not pass an argument to the kernel unchanged, as the end of a sentence; null if it does. */
export function argumentProblem(loader: BootLoader, argument: KernelArgument): string | null {
  const word = wordOf(argument)
  return problemOfKernel(word) ?? loader.problemOf(word)
}

/**
 * Writes the arguments for the configuration of a boot loader.
 *
 * @throws for an argument that would not arrive unchanged, and for a line that would be truncated; `check` finds both before
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
      `the kernel command line for ${loader.name} has ${length} characters, but at most ${loader.limit} are allowed`,
    )
  return words.join(' ')
}
