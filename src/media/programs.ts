import { findProgram, runProgram } from '../check/programs.ts'
import { refusal } from '../diagnostics/refusal.ts'
import type { Environment } from '../files/find-program.ts'

/** What making an image needs from outside. */
export type Means = { environment: Environment; repository: string | null; signal: AbortSignal }

/** The time in every image, so that equal contents give equal bytes: 1980, the first that each file system can express, in seconds. */
export const epoch = 315_532_800

/**
 * Path of a program that makes images.
 *
 * @param name also that of its Debian package, unless another is given
 * @throws Refusal if it is missing
 */
export function makerOf(name: string, { environment, repository }: Means, inPackage = name): string {
  const program = findProgram(name, environment, repository)
  if (program !== null) return program
  throw refusal('media/program', `the program ${name} is not installed`, {
    hint: `install the package ${inPackage}`,
  })
}

/**
 * Runs such a program with a fixed time and time zone.
 *
 * @param what the result, for the message
 * @throws Refusal with the program's message if it fails
 */
export async function make(
  program: string,
  parameters: readonly string[],
  { what, directory, signal }: { what: string; directory: string; signal: AbortSignal },
): Promise<void> {
  const outcome = await runProgram(program, parameters, {
    directory,
    signal,
    // Ignores the system's configuration of mtools.
    environment: { SOURCE_DATE_EPOCH: String(epoch), TZ: 'UTC', MTOOLSRC: '/dev/null' },
  })
  signal.throwIfAborted()
  if (outcome.status === 0) return
  const lines = outcome.stderr.split('\n').filter((line) => line.trim() !== '')
  const why = lines.find((line) => /FAILURE|FATAL|SORRY/.test(line)) ?? lines.at(-1)
  const name = program.replace(/^.*\//, '')
  throw refusal('media/failed', `${name} cannot make ${what}: ${outcome.problem ?? why ?? 'it says nothing'}`)
}
