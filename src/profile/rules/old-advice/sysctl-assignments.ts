import { matchesOf } from './matches-of.ts'
import type { Text } from './texts.ts'

/** An assignment of a kernel setting in a text; start and length are positions in that text. */
export type SysctlAssignment = {
  /** As written, without a leading dash. */
  key: string
  value: string
  /** It has a leading dash: the key may be missing in the kernel (sysctl.d(5)). */
  mayBeMissing: boolean
  start: number
  length: number
}

/** `key = value` of sysctl.d(5) and sysctl(8), and writes to /proc/sys. */
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
