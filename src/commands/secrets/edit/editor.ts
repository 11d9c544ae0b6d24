import { spawn } from 'node:child_process'
import { refusal } from '../../../diagnostics/refusal.ts'
import type { Context } from '../../context.ts'

/** As for crontab(1) and git-var(1). */
const editorOf = ({ VISUAL, EDITOR }: Context['environment']): string => VISUAL || EDITOR || 'vi'

/** How long an editor may take to end when it is asked to. */
const patienceMilliseconds = 5_000

/**
 * Lets a person edit a file. The variable is a command line of the shell, e.g. `code --wait`; the name of the file is an argument
 * and not part of it.
 *
 * @throws Refusal when the editor fails; when a signal ends it, whatever the signal means to the command
 */
export async function runEditor({ environment, signals }: Context, file: string): Promise<void> {
  const editor = editorOf(environment)
  signals.stop.throwIfAborted()
  const child = spawn('/bin/sh', ['-c', `${editor} "$@"`, 'sh', file], {
    stdio: 'inherit',
    env: { ...environment },
  })
  const stop = () => {
    child.kill('SIGTERM')
    setTimeout(() => child.kill('SIGKILL'), patienceMilliseconds).unref()
  }
  signals.stop.addEventListener('abort', stop, { once: true })
  try {
    const ended = await new Promise<number | string>((resolve, reject) => {
      child.once('error', reject)
      child.once('exit', (code, signal) => resolve(code ?? signal ?? 'unknown'))
    })
    signals.stop.throwIfAborted()
    if (ended === 0) return
    const how = typeof ended === 'number' ? `status ${ended}` : ended
    throw refusal('secrets/editor', `the editor ended with ${how}`, {
      hint:
        ended === 127
          ? 'set VISUAL or EDITOR to an editor that is installed; nothing was written'
          : 'nothing was written',
    })
  } finally {
    signals.stop.removeEventListener('abort', stop)
  }
}
