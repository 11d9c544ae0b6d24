import { spawn } from 'node:child_process'

/** Limits of a git command that reads from a remote. */
export type GitBounds = {
  /** Milliseconds. */
  time: number
  /** Maximum size in bytes of a file that it may write: exceeding it ends git (`ulimit -f`, SIGXFSZ). */
  fileSize: number
  /** Maximum size in bytes of its output. */
  output: number
}

export type GitRun = { status: number | null; stdout: Buffer; stderr: string; isLate: boolean }

const mostWords = 64 * 1024

/** `ulimit -f` counts blocks of 512 bytes (POSIX, ulimit). A lower existing limit stays. */
const script = 'umask 077; ulimit -c 0; ulimit -f "$1" 2>/dev/null || :; shift; exec "$@"'

/**
 * Runs git in a separate session and process group: the programs that it starts (ssh, index-pack) have no terminal for questions, and end
 * with it.
 *
 * @param stop ends it
 */
export function runGit(
  words: readonly [program: string, ...rest: string[]],
  { cwd, env }: { cwd: string; env: NodeJS.ProcessEnv },
  bounds: GitBounds,
  stop: AbortSignal,
): Promise<GitRun> {
  return new Promise((settle, refuse) => {
    const blocks = String(Math.ceil(bounds.fileSize / 512))
    const child = spawn('/bin/sh', ['-c', script, 'sh', blocks, ...words], {
      cwd,
      env,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let isLate = false
    const kill = (): void => {
      if (child.pid === undefined) return
      try {
        process.kill(-child.pid, 'SIGKILL')
      } catch {
        // It has already ended.
      }
    }
    const timer = setTimeout(() => {
      isLate = true
      kill()
    }, bounds.time)
    stop.addEventListener('abort', kill, { once: true })
    const chunks: Buffer[] = []
    let length = 0
    let stderr = ''
    child.stdout.on('data', (data: Buffer) => {
      length += data.length
      if (length > bounds.output) kill()
      else chunks.push(data)
    })
    child.stderr.on('data', (data: Buffer) => {
      if (stderr.length < mostWords) stderr += data.toString('utf8')
    })
    const end = (): void => {
      clearTimeout(timer)
      stop.removeEventListener('abort', kill)
    }
    child.once('error', (fault) => {
      end()
      refuse(fault)
    })
    child.once('close', (status) => {
      end()
      settle({
        status: length > bounds.output ? null : status,
        stdout: Buffer.concat(chunks),
        stderr,
        isLate,
      })
    })
    if (stop.aborted) kill()
  })
}
