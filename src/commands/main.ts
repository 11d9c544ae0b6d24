import type { Environment } from '../check/programs.ts'
import { Refusal } from '../diagnostics/refusal.ts'
import { describeSystemError, isSystemError } from '../files/system-error.ts'
import { type Context, exit, type Output, type Signals } from './context.ts'
import { parseCommandLine } from './command-line.ts'
import { type CommandDefinition, commands, groups } from './definitions.ts'
import { commandHelp, generalHelp, groupHelp } from './help.ts'

/** The outside, as cli.ts or a test gives it. */
export type Outside = {
  words: readonly string[]
  stdout: Output
  stderr: Output
  environment: Environment
  version: string
  signals: Signals
}

/** Help is easier to read in lines of a book's width, however wide the window is. */
const widest = 100

/**
 * Runs one command line to its end.
 *
 * @returns the exit code; nothing is thrown, a fault of ours is printed and becomes 70
 */
export async function main(outside: Outside): Promise<number> {
  const { stdout, stderr, version } = outside
  const request = parseCommandLine(outside.words, commands, groups)
  const width = Math.min(stdout.columns, widest)
  switch (request.kind) {
    case 'version':
      stdout.write(`hakube ${version}\n`)
      return exit.good
    case 'help': {
      const { command, group } = request
      const text = command
        ? commandHelp(command, width)
        : group
          ? groupHelp(group, commands, width)
          : generalHelp(commands, groups, version, width)
      // Asked for nothing at all: that is no answer to a question, but wrong usage.
      if (outside.words.length === 0) {
        stderr.write(text)
        return exit.usage
      }
      stdout.write(text)
      return exit.good
    }
    case 'mistake': {
      const name = request.about ? `${request.about.name} ` : ''
      stderr.write(`hakube: ${request.message}\nSee hakube ${name}--help.\n`)
      return exit.usage
    }
    case 'run':
      return runCommand(request.command, {
        parameters: request.parameters,
        options: request.options,
        stdout,
        stderr,
        environment: outside.environment,
        version,
        signals: outside.signals,
      })
    default:
      return request satisfies never
  }
}

async function runCommand(definition: CommandDefinition, context: Context): Promise<number> {
  try {
    const command = await definition.load()
    return await command(context)
  } catch (fault) {
    if (fault instanceof Refusal) {
      // Help and completion start faster without it.
      const { printRefusal } = await import('./report.ts')
      context.stderr.write(printRefusal(fault, context.stderr.colour))
      return exit.mistakes
    }
    if (context.signals.stop.aborted) return exit.interrupted
    context.stderr.write(faultMessage(fault, context.version))
    return exit.fault
  }
}

/** For people who report it: what broke and where, but no content of any file. */
export function faultMessage(fault: unknown, version: string): string {
  if (isSystemError(fault) && ['EMFILE', 'ENFILE'].includes(fault.code))
    return `hakube: ${describeSystemError(fault)}: ulimit -n, or LimitNOFILE= of a systemd unit, allows more\n`
  const text = fault instanceof Error ? (fault.stack ?? fault.message) : String(fault)
  return [
    'hakube: this is a fault of hakube, not of yours.',
    'Please report it with these lines and the command that you ran:',
    `  hakube ${version}`,
    ...text.split('\n').map((line) => `  ${line}`),
    '',
  ].join('\n')
}
