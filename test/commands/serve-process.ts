import { type ChildProcess, spawn, type SpawnOptions } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { exampleFile } from '../example.ts'
import { until } from '../support/processes.ts'
import { program } from './hakube.ts'

/** The machine of the example profile that tests ask for, and the text that is in its answer. */
export const known = { path: '/seed/52-54-00-aa-bb-01/meta-data', name: 'sample-haproxy-001' } as const

export type ServeProcess = {
  child: ChildProcess
  port: number
  directory: string
  /** What was read of it so far. */
  stderr: () => string
}

/**
 * Starts `hakube serve` as a process of its own, with an example profile, on a free port of the loopback; it is killed at the end of the test.
 *
 * @param options.shell a command that comes before, such as `ulimit -n 64`
 * @param options.reads whether its log is read
 */
export async function serveProcess({
  words = [],
  shell,
  reads = true,
  prepare,
}: {
  words?: readonly string[]
  shell?: string
  reads?: boolean
  prepare?: (directory: string) => void
} = {}): Promise<ServeProcess> {
  const directory = mkdtempSync(join(tmpdir(), 'hakube-serve-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  writeFileSync(join(directory, 'profile.yaml'), readFileSync(exampleFile('external-load-balancers')))
  prepare?.(directory)
  const listen = ['--listen', '127.0.0.1:0']
  // As if each machine were to be installed: what they may have is not the matter here.
  const serve = ['serve', 'profile.yaml', '--ephemeral-secrets', '--arm', 'all', ...listen, ...words]
  const options: SpawnOptions = { cwd: directory, stdio: ['ignore', 'pipe', 'pipe'] }
  const child =
    shell === undefined
      ? spawn(process.execPath, [program, ...serve], options)
      : spawn('sh', ['-c', `${shell}; exec "$@"`, 'sh', process.execPath, program, ...serve], options)
  onTestFinished(() => void child.kill('SIGKILL'))
  let stdout = ''
  let stderr = ''
  child.stdout?.on('data', (data: Buffer) => (stdout += data.toString()))
  if (reads) child.stderr?.on('data', (data: Buffer) => (stderr += data.toString()))
  const port = await until(
    'the server listens',
    60,
    () => /on http:\/\/127\.0\.0\.1:(\d+)\n[^]*boot\.ipxe\n/.exec(stdout)?.[1] ?? null,
    () => stderr,
  )
  return { child, port: Number(port), directory, stderr: () => stderr }
}

export const isAlive = ({ child }: ServeProcess): boolean =>
  child.exitCode === null && child.signalCode === null
