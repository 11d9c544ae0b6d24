import { PassThrough } from 'node:stream'
import { optionsOf } from '../../src/commands/command-line.ts'
import type { Context, Output } from '../../src/commands/context.ts'
import { commands } from '../../src/commands/definitions.ts'

/** An outside whose output can be read afterwards: what a command gets in place of the process. */
export function context(
  parameters: readonly string[],
  options: Readonly<Record<string, string | true>>,
  command = 'check',
): { context: Context; stdout: () => string; stderr: () => string } {
  const texts = { stdout: '', stderr: '' }
  const output = (name: keyof typeof texts): Output => ({
    write: (text) => {
      texts[name] += text
    },
    terminal: false,
    colour: false,
    columns: 100,
    stream: new PassThrough(),
  })
  const definition = commands.find(({ name }) => name === command)
  if (!definition) throw new Error(`no command ${command}`)
  return {
    context: {
      parameters,
      options: optionsOf(definition, new Map(Object.entries(options))),
      stdout: output('stdout'),
      stderr: output('stderr'),
      environment: { PATH: process.env['PATH'] },
      version: '1.2.3',
      program: ['/usr/bin/node', '/usr/lib/node_modules/hakube/dist/cli.js'],
      signals: { stop: new AbortController().signal, onReload: () => undefined },
    },
    stdout: () => texts.stdout,
    stderr: () => texts.stderr,
  }
}
