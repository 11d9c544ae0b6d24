#!/usr/bin/env node
import { readFileSync, writeFileSync } from 'node:fs'
import { Socket } from 'node:net'
import type { WriteStream } from 'node:tty'
import { fileURLToPath } from 'node:url'
import type { Output } from './commands/context.ts'
import { exit } from './commands/context.ts'
import { faultMessage } from './commands/fault-message.ts'
import { loadFrugally } from './files/frugal-modules.ts'
import { fewestOpenFiles, openFilesLimit } from './files/open-files.ts'
import { describeSystemError } from './files/system-error.ts'

/*
 * From the process to a command and back to an exit code: the only file that uses the arguments, streams, environment and signals of the
 * process.
 */

function readVersion(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8')
  const { version }: { version: string } = JSON.parse(text)
  return version
}

/** For a pipe or a file, `isTTY` is missing although its type says otherwise. */
const isTerminal = (stream: { isTTY?: boolean }): boolean => stream.isTTY === true

/** https://no-color.org and https://force-color.org; NO_COLOR counts with any value that is not empty. */
function wantsColour(stream: WriteStream): boolean {
  const { NO_COLOR, FORCE_COLOR, TERM } = process.env
  if (NO_COLOR) return false
  if (FORCE_COLOR) return FORCE_COLOR !== '0'
  return isTerminal(stream) && TERM !== 'dumb'
}

/** Pipes and terminals are sockets. A file is not, whatever the type of process.stdout. */
const isSocket = (stream: unknown): boolean => stream instanceof Socket

function outputOf(
  stream: WriteStream,
  descriptor: number,
  failed: (fault: NodeJS.ErrnoException) => void,
): Output {
  stream.on('error', failed)
  // After the disk was full, a stream to a file buffers everything that follows in memory and never writes again.
  const isFile = !isSocket(stream)
  return {
    write(text) {
      try {
        if (isFile) writeFileSync(descriptor, text)
        else stream.write(text)
      } catch (fault) {
        if (!(fault instanceof Error)) throw fault
        failed(fault)
      }
    },
    terminal: isTerminal(stream),
    colour: wantsColour(stream),
    columns: stream.columns > 0 ? stream.columns : 100,
    stream,
  }
}

// Errors of stderr cannot be reported, and a server continues without a log if the disk is full or the log's reader is gone.
const stderr = outputOf(process.stderr, 2, () => {})
let isCut = false
const stdout = outputOf(process.stdout, 1, (fault) => {
  // `hakube schema | head -1`: a reader that closes the pipe is not an error.
  if (fault.code === 'EPIPE' || isCut) return
  isCut = true
  stderr.write(`hakube: cannot write to stdout: ${describeSystemError(fault)}\n`)
})

const version = readVersion()
const stop = new AbortController()
/** Longer than the server needs to finish running requests. */
const seconds = 15

function end(): void {
  // The second signal ends hakube immediately. The first gives it time to remove temporary directories and finish running requests.
  if (stop.signal.aborted) process.exit(exit.interrupted)
  stop.abort()
  setTimeout(() => process.exit(exit.interrupted), seconds * 1000).unref()
}

// SIGQUIT dumps core by default, which would contain keys.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGQUIT'] as const) process.on(signal, end)

/** The terminal is gone, unless a server uses the signal to reload. */
let hangUp = end
process.on('SIGHUP', () => hangUp())

process.on('uncaughtException', (fault) => {
  stderr.write(faultMessage(fault, version))
  process.exit(exit.internalError)
})

/** Fewer than a command has modules. */
const fewFiles = 512
const limit = openFilesLimit()
if (limit !== null && limit < fewestOpenFiles) {
  stderr.write(
    `hakube: this process may open only ${limit} files, but needs ${fewestOpenFiles}: ulimit -n ${fewestOpenFiles}, or more\n`,
  )
  process.exit(exit.invalidInput)
}
if (limit !== null && limit < fewFiles) loadFrugally()

// Imported only now, because the definitions of all commands are more files than a process may be allowed to open at once.
const { main } = await import('./commands/main.ts')
const code = await main({
  words: process.argv.slice(2),
  stdout,
  stderr,
  environment: process.env,
  version,
  program: [process.execPath, fileURLToPath(import.meta.url)],
  signals: {
    stop: stop.signal,
    onReload: (listener) => void (hangUp = listener),
  },
})
process.exitCode = isCut && code === exit.success ? exit.invalidInput : code
