import { kernelLines, type KernelLine } from '../boot/kernel-lines.ts'
import type { Cluster, Machine } from '../cluster/cluster.ts'
import { type Diagnostic, error, type Path } from '../diagnostics/diagnostic.ts'
import { machineNames } from './machine-names.ts'

type Group = { line: KernelLine; machine: Machine; machines: Machine[] }

/** The number of arguments that a message lists. */
const namedArguments = 3

/**
 * Kernel command lines that are longer than the kernel accepts: it truncates them silently. One message for all machines whose line is
 * too long in the same way, with the longest of them.
 *
 * Only the profile sets kernel arguments, so the machines need not be assembled.
 */
export function findLongKernelLines(cluster: Cluster, stop?: AbortSignal): Diagnostic[] {
  const groups = new Map<string, Group>()
  for (const machine of cluster.machines) {
    stop?.throwIfAborted()
    const tooLong = kernelLines(cluster, machine, machine.settings).find(
      ({ length, limit }) => length > limit,
    )
    if (!tooLong) continue
    const group = groups.get(tooLong.whose) ?? { line: tooLong, machine, machines: [] }
    groups.set(tooLong.whose, group)
    group.machines.push(machine)
    if (tooLong.length > group.line.length) Object.assign(group, { line: tooLong, machine })
  }
  return [...groups.values()].map(diagnosticOf)
}

function diagnosticOf({ line, machine, machines }: Group): Diagnostic {
  const { whose, words, length, limit } = line
  const places = new Map(machine.settings.kernelArguments.map(({ argument, from }) => [argument, from]))
  const byLength = words.toSorted((one, other) => other.length - one.length)
  const own = byLength.filter((word) => places.has(word))
  const shown = (own.length > 0 ? own : byLength).slice(0, namedArguments)
  const who =
    machines.length === 1 ? machine.name : `${machineNames(machines)}, the longest on ${machine.name}`
  const path = places.get(own[0] ?? '') ?? (byLength[0]?.startsWith('inst.repo=') ? mirror : null)
  return error(
    'kernel/line-too-long',
    `the kernel command line of ${whose} is too long on ${who}: it has ${length} characters instead of at most ${limit}; the longest ${own.length > 0 ? 'of kernel.arguments' : 'arguments'} are ${shown.map((word) => `${cut(word)} (${word.length})`).join(', ')}`,
    {
      hint:
        own.length > 0
          ? `remove ${length - limit} characters: write module options in a file below /etc/modprobe.d, and kernel settings under sysctls`
          : `shorten the values that it is derived from by ${length - limit} characters`,
      ...(path ? { path } : {}),
      source: 'https://docs.kernel.org/arch/x86/boot.html',
    },
  )
}

const mirror: Path = ['mirrors', 'distribution']

const cut = (word: string): string => (word.length > 40 ? `${word.slice(0, 39)}…` : word)
