#!/usr/bin/env node
import { readFileSync } from 'node:fs'
import type { WriteStream } from 'node:tty'
import type { Output } from './commands/context.ts'
import { exit } from './commands/context.ts'
import { faultMessage, main } from './commands/main.ts'

/*
 * From the process to a command and back to an exit code: the only file that touches arguments, streams, environment and signals of
 * the process.
 */

function readVersion(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8')
  const { version }: { version: string } = JSON.parse(text)
  return version
}

/** For a pipe or a file `isTTY` isn't there at all, whatever its type says. */
const isTerminal = (stream: { isTTY?: boolean }): boolean => stream.isTTY === true

/** https://no-color.org and https://force-color.org; any value of NO_COLOR counts, but not an empty one. */
function wantsColour(stream: WriteStream): boolean {
  const { NO_COLOR, FORCE_COLOR, TERM } = process.env
  if (NO_COLOR) return false
  if (FORCE_COLOR) return FORCE_COLOR !== '0'
  return isTerminal(stream) && TERM !== 'dumb'
}

function outputOf(stream: WriteStream): Output {
  // `hakube schema | head -1`: the reader has had enough, and that is no mistake.
  stream.on('error', (fault: NodeJS.ErrnoException) => {
    if (fault.code === 'EPIPE') process.exit(exit.good)
    throw fault
  })
  return {
    write: (text) => void stream.write(text),
    terminal: isTerminal(stream),
    colour: wantsColour(stream),
    columns: stream.columns > 0 ? stream.columns : 100,
    stream,
  }
}

const version = readVersion()
const stop = new AbortController()
/** Longer than the server takes to end what is under way. */
const seconds = 15

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    // The second one is impatient. The first gives temporary folders and answers under way the time to come to their end.
    if (stop.signal.aborted) process.exit(exit.interrupted)
    stop.abort()
    setTimeout(() => process.exit(exit.interrupted), seconds * 1000).unref()
  })
}

process.on('uncaughtException', (fault) => {
  process.stderr.write(faultMessage(fault, version))
  process.exit(exit.fault)
})

process.exitCode = await main({
  words: process.argv.slice(2),
  stdout: outputOf(process.stdout),
  stderr: outputOf(process.stderr),
  environment: process.env,
  version,
  signals: {
    stop: stop.signal,
    onReload: (listener) => void process.on('SIGHUP', listener),
  },
})
