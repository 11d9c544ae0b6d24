import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { pipeline } from 'node:stream/promises'
import { dirname, resolve } from 'node:path'
import { error } from '../../diagnostics/diagnostic.ts'
import { Refusal } from '../../diagnostics/refusal.ts'
import { type Environment, findProgram, pathDirectories } from '../../files/find-program.ts'
import { topOf } from '../../files/git.ts'

/** How to start ssh. */
export type Ssh = { program: string; words: readonly string[]; environment: NodeJS.ProcessEnv }

export type SshOptions = { user: string | null; options: readonly string[] }

/**
 * Finds ssh.
 *
 * @param file the profile: programs in its repository are never run
 * @throws Refusal if there is none
 */
export function openSsh(environment: Environment, file: string, { user, options }: SshOptions): Ssh {
  const program = findProgram('ssh', pathDirectories(environment), topOf(dirname(resolve(file))))
  if (program === null)
    throw new Refusal([
      error('apply/no-ssh', 'the program ssh is not installed', {
        hint: 'install OpenSSH, or pipe the output of hakube files PROFILE MACHINE --tar - to hakube-apply',
      }),
    ])
  // The first value of an option counts (ssh_config(5)), so the user's options come first.
  const all = [
    ...options,
    'BatchMode=yes',
    'ConnectTimeout=15',
    'ServerAliveInterval=15',
    'ServerAliveCountMax=4',
    // Nobody on the machine can use the user's keys.
    'ForwardAgent=no',
    'ForwardX11=no',
  ]
  const { HAKUBE_AGE_KEY_FILE: _one, SOPS_AGE_KEY_FILE: _other, ...rest } = environment
  return {
    program,
    words: ['-T', ...all.flatMap((option) => ['-o', option]), ...(user === null ? [] : ['-l', user])],
    environment: rest,
  }
}

/**
 * Runs one command on one machine.
 *
 * @param command for the machine's shell
 * @param input standard input of the command
 * @param tell is called with each line of output
 * @returns its exit code; 255 if there is no connection; null if a signal ended it
 */
export async function runOn(
  { program, words, environment }: Ssh,
  address: string,
  {
    command,
    input,
    tell,
    stop,
  }: {
    command: string
    input: AsyncIterable<Uint8Array>
    tell: (line: string) => void
    stop: AbortSignal
  },
): Promise<number | null> {
  const child = spawn(program, [...words, '--', address, command], {
    env: environment,
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  const end = (): void => void child.kill('SIGTERM')
  stop.addEventListener('abort', end, { once: true })
  const spoken = [child.stdout, child.stderr].map(async (stream) => {
    let left = ''
    for await (const text of stream.setEncoding('utf8')) {
      const lines = (left + String(text)).split('\n')
      left = lines.pop() ?? ''
      lines.forEach(tell)
    }
    if (left !== '') tell(left)
  })
  // A machine that refuses immediately stops reading; its status reports what happened.
  const sent = pipeline(input, child.stdin).catch(() => undefined)
  try {
    const [status]: unknown[] = await once(child, 'close')
    await Promise.all([...spoken, sent])
    return typeof status === 'number' ? status : null
  } finally {
    stop.removeEventListener('abort', end)
  }
}
