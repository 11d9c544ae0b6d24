import type { Environment } from '../files/find-program.ts'
import { Refusal } from '../diagnostics/refusal.ts'
import { type Context, exit, type Output, type Signals } from './context.ts'
import { faultMessage } from './fault-message.ts'
import { parseCommandLine } from './command-line.ts'
import type { CommandDefinition } from './definition.ts'
import { commands, groups } from './definitions.ts'
import { commandHelp, generalHelp, groupHelp, widestText } from './help.ts'

/** The surroundings of the process, from cli.ts or a test. */
export type Host = {
  words: readonly string[]
  stdout: Output
  stderr: Output
  environment: Environment
  version: string
  /** How hakube was started: a program, and the words before the command. */
  program: readonly string[]
  signals: Signals
}

/**
 * Runs one command line.
 *
 * @returns the exit code; never throws: a bug in hakube is printed and becomes 70
 */
export async function main(host: Host): Promise<number> {
  const { stdout, stderr, version } = host
  const request = parseCommandLine(host.words, commands, groups)
  const width = Math.min(stdout.columns, widestText)
  switch (request.kind) {
    case 'version':
      stdout.write(`hakube ${version}\n`)
      return exit.success
    case 'help': {
      const { command, group } = request
      const text = command
        ? commandHelp(command, width)
        : group
          ? groupHelp(group, commands, width)
          : generalHelp(commands, groups, version, width)
      // Without any words this is a usage error, not a request for help.
      if (host.words.length === 0) {
        stderr.write(text)
        return exit.usage
      }
      stdout.write(text)
      return exit.success
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
        environment: host.environment,
        version,
        program: host.program,
        signals: host.signals,
      })
    default:
      return request satisfies never
  }
}

async function runCommand(definition: CommandDefinition, context: Context): Promise<number> {
  try {
    const { action } = await definition.load()
    return await action(context)
  } catch (fault) {
    if (fault instanceof Refusal) {
      // Help and completion start faster without it.
      const { printRefusal } = await import('./report.ts')
      context.stderr.write(printRefusal(fault, context.stderr.colour))
      return exit.invalidInput
    }
    if (context.signals.stop.aborted) return exit.interrupted
    context.stderr.write(faultMessage(fault, context.version))
    return exit.internalError
  }
}
