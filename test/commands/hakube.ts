import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** The compiled program, as people run it. */
export const program = fileURLToPath(new URL('../../dist/cli.js', import.meta.url))
export const root = fileURLToPath(new URL('../../', import.meta.url))

export type Ended = { status: number | null; stdout: string; stderr: string }

/** Runs hakube to its end, in the project's directory unless told otherwise. */
export function hakube(
  words: readonly string[],
  options: { directory?: string; environment?: Readonly<Record<string, string>> } = {},
): Ended {
  if (!existsSync(program)) throw new Error('dist/cli.js is not there: npm run build')
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...words], {
    cwd: options.directory ?? root,
    encoding: 'utf8',
    env: {
      PATH: process.env['PATH'],
      // A server keeps its state there, not in the home of whoever runs the tests.
      XDG_STATE_HOME: process.env['XDG_STATE_HOME'],
      ...options.environment,
    },
    maxBuffer: 64 * 1024 * 1024,
  })
  return { status, stdout, stderr }
}
