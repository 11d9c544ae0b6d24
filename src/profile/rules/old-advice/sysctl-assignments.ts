import { matchesOf } from './matches-of.ts'
import type { Text } from './texts.ts'

/** A kernel setting that a text makes; start and length in that text. */
export type SysctlAssignment = {
  /** As it is written, without a dash in front. */
  key: string
  value: string
  /** A dash is in front: a key that the kernel does not have is not an error (sysctl.d(5)). */
  mayBeMissing: boolean
  start: number
  length: number
}

/** `key = value` of sysctl.d(5) and sysctl(8), and what is written to /proc/sys. */
const assignment =
  /(?<![\w./-])(-?)((?:net|fs|vm|kernel|user|debug)[./][\w./:*-]*\w)\s*=\s*["']?([^\s"';|&]+)|\b(?:echo\s+(?:-\w+\s+)*|printf\s+(?:["']?%s(?:\\n)?["']?\s+)?)["']?([\w.-]+?)(?:\\n)?["']?\s*(?:>|\|\s*(?:sudo\s+)?tee\s+)\s*\/proc\/sys\/([\w./-]+)/g

/** Kernel settings in a file of sysctl.d(5), or in a script. */
export const sysctlAssignments = ({ kinds, bare }: Text): SysctlAssignment[] =>
  kinds.has('sysctl') || kinds.has('shell')
    ? matchesOf(assignment, bare).map((match) => {
        const [whole, dash, assigned, given, echoed, written] = match
        return {
          key: assigned ?? written ?? '',
          value: given ?? echoed ?? '',
          mayBeMissing: dash === '-',
          start: match.index,
          length: whole.length,
        }
      })
    : []
