import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

const running = new Set<ChildProcess>()

/** Starts a program whose output goes to a file, and which `stopAll` ends. */
export function start(
  program: string,
  args: readonly string[],
  logFile: string,
  options: SpawnOptions = {},
): ChildProcess {
  const log = createWriteStream(logFile, { flags: 'a' })
  const child = spawn(program, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
  child.stdout?.pipe(log, { end: false })
  child.stderr?.pipe(log, { end: false })
  running.add(child)
  child.on('exit', () => {
    running.delete(child)
    log.end()
  })
  child.on('error', (error) => log.write(`${program}: ${error.message}\n`))
  return child
}

/** Ends a program with SIGTERM, and after two seconds with SIGKILL. */
export async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve())
  })
  child.kill('SIGTERM')
  const killer = setTimeout(() => child.kill('SIGKILL'), 2000)
  await ended
  clearTimeout(killer)
}

export async function stopAll(): Promise<void> {
  await Promise.all([...running].map(stop))
}

/** Repeats the question until the answer is not null. @throws after the deadline, with the last words of `describe` */
export async function until<T>(
  what: string,
  seconds: number,
  ask: () => Promise<T | null> | T | null,
  describe: () => string = () => '',
): Promise<T> {
  const deadline = Date.now() + seconds * 1000
  for (;;) {
    const answer = await ask()
    if (answer !== null) return answer
    if (Date.now() > deadline) throw new Error(`${what}: not within ${seconds} s\n${describe()}`)
    await sleep(200)
  }
}
