import { mkdir } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import type { Cluster } from '../cluster/cluster.ts'
import { type Diagnostic, error } from '../diagnostics/diagnostic.ts'
import { describeSystemError, isSystemError } from '../files/system-error.ts'
import { cloudInit } from './cloud-init.ts'
import { collectSubjects } from './collect.ts'
import { debconf } from './debconf.ts'
import { diagnose, type ProfileText } from './diagnose.ts'
import { haproxy } from './haproxy.ts'
import { keepalived } from './keepalived.ts'
import { nft } from './nft.ts'
import { findProgram, mapInParallel } from './programs.ts'
import { type Environment } from '../files/find-program.ts'
import type { MachineOutput, Reader, Reading, CheckedText } from './reader.ts'
import { bash, shellcheck } from './shell.ts'
import { inTemporaryDirectory, temporaryTop } from './temporary.ts'

/** All programs that can check a part of the output, in the order of their messages. */
export const readers: readonly Reader[] = [cloudInit, debconf, haproxy, keepalived, nft, bash, shellcheck]

/** `auto`: those that are installed; `all`: a missing one is an error; `none`: no programs. */
export const programChoices = ['auto', 'all', 'none'] as const
export type ProgramChoice = (typeof programChoices)[number]

export type ProgramReport = {
  diagnostics: Diagnostic[]
  /** The number of different texts that each program has read. */
  read: { program: string; texts: number }[]
  notRun: { program: string; reason: string }[]
  machines: number
  files: number
}

type Options = {
  programs: ProgramChoice
  environment: Environment
  /** The repository of the profile; null if there is none. Programs within it are not run. */
  repository: string | null
  profile: ProfileText | null
  signal?: AbortSignal | undefined
}

/**
 * Checks the output with the programs that will read it on the machines. Texts that several machines share are checked once.
 *
 * @param outputs everything that is rendered, machine by machine; it is consumed even if no program runs, so that errors in rendering are
 *   found
 */
export async function checkWithPrograms(
  cluster: Cluster,
  outputs: Iterable<MachineOutput>,
  options: Options,
): Promise<ProgramReport> {
  const chosen = options.programs === 'none' ? [] : readers
  const work = await collectSubjects(chosen, cluster, outputs)
  const report: ProgramReport = {
    diagnostics: [],
    read: [],
    notRun: [],
    machines: work.machines,
    files: work.files,
  }
  if (chosen.length === 0) return report
  const runReaders = async (directory: string): Promise<void> => {
    // A text that one program cannot parse is not given to the next one, which would report the same.
    const broken = new Set<string>()
    for (const reader of chosen) {
      const subjects = (work.subjects.get(reader) ?? []).filter(({ text }) => !broken.has(text))
      // A program without texts to check need not be installed.
      if (subjects.length === 0) continue
      const program = findProgram(reader.program, options.environment, options.repository)
      if (program) await readAll(reader, subjects, { program, directory, broken }, options, report)
      else missing(reader, options.programs, report)
    }
  }
  try {
    await inTemporaryDirectory(options.environment, runReaders)
  } catch (fault) {
    if (!isSystemError(fault) || !isOfTheDirectory(fault)) throw fault
    report.diagnostics.push(
      error(
        'program/no-directory',
        `cannot write temporary files for the programs: ${describeSystemError(fault)}`,
        {
          hint: `free space in ${temporaryTop(options.environment)}, or set TMPDIR to another directory`,
        },
      ),
    )
  }
  return report
}

/** The directory cannot be created, or its disk is full; other errors are bugs in hakube. */
const isOfTheDirectory = ({ syscall, code }: NodeJS.ErrnoException): boolean =>
  syscall === 'mkdtemp' || code === 'ENOSPC' || code === 'EDQUOT'

function missing(reader: Reader, choice: ProgramChoice, report: ProgramReport): void {
  if (choice !== 'all') report.notRun.push({ program: reader.program, reason: 'not installed' })
  else
    report.diagnostics.push(
      error('program/missing', `the program ${reader.program} is not installed`, {
        hint: `install the package ${reader.package ?? reader.program}, or omit --programs all`,
      }),
    )
}

async function readAll(
  reader: Reader,
  subjects: readonly CheckedText[],
  workdir: { program: string; directory: string; broken: Set<string> },
  options: Options,
  report: ProgramReport,
): Promise<void> {
  // As many as the program accepts at once, but few enough to use every core.
  const size = Math.min(reader.batch ?? 1, Math.ceil(subjects.length / availableParallelism()))
  const batches = inBatches(subjects, size)
  const readings = await mapInParallel(batches, async (batch, index): Promise<Reading[]> => {
    options.signal?.throwIfAborted()
    // A separate directory for each call, because programs run concurrently.
    const directory = join(workdir.directory, `${reader.program}-${index}`)
    await mkdir(directory, { mode: 0o700 })
    return reader.read({ program: workdir.program, directory, signal: options.signal }, batch)
  })
  options.signal?.throwIfAborted()
  let texts = 0
  const reasons = new Set<string>()
  for (const [index, reading] of readings.flat().entries()) {
    const subject = subjects[index]
    if (!subject) continue
    if ('notRun' in reading) reasons.add(reading.notRun)
    else {
      texts += 1
      for (const finding of reading.findings) {
        report.diagnostics.push(diagnose(reader, subject, finding, options.profile))
        if (finding.severity === 'error') workdir.broken.add(subject.text)
      }
    }
  }
  if (texts > 0) report.read.push({ program: reader.program, texts })
  for (const reason of reasons) {
    if (options.programs === 'all')
      report.diagnostics.push(error('program/missing', `${reader.program} could not run: ${reason}`))
    else report.notRun.push({ program: reader.program, reason })
  }
}

function inBatches<T>(items: readonly T[], size: number): T[][] {
  const batches: T[][] = []
  for (let start = 0; start < items.length; start += size) batches.push(items.slice(start, start + size))
  return batches
}
