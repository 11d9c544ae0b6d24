import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** What a stand-in for a program gives back; `cut`: the power fails before it does. */
export type Reply = { status: number; output?: string; error?: string } | 'cut'

/** A bash that runs scripts, whose programs are answered here. */
export type Shell = {
  /** @returns the status of the script, `cut` when the power failed in it */
  run(script: string, answer: (words: readonly string[]) => Promise<Reply>): Promise<number | 'cut'>
  close(): void
}

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url))

const oneLine = (text: string): string => text.replaceAll('\n', '\u001E')

function openShell(): Shell {
  const child = spawn('bash', [here('shell.sh')], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { PATH: process.env['PATH'], BASH_ENV: here('stand-ins.sh'), LC_ALL: 'C' },
  })
  const lines: string[] = []
  let rest = ''
  let wake: (() => void) | null = null
  let ended = false
  child.stdout.setEncoding('utf8')
  child.stdout.on('data', (text: string) => {
    const parts = (rest + text).split('\n')
    rest = parts.pop() ?? ''
    lines.push(...parts)
    wake?.()
  })
  child.on('exit', () => {
    ended = true
    wake?.()
  })
  async function nextLine(): Promise<string> {
    for (;;) {
      const line = lines.shift()
      if (line !== undefined) return line
      if (ended) throw new Error('the shell of the simulation has ended')
      await new Promise<void>((resolve) => {
        wake = resolve
      })
      wake = null
    }
  }
  return {
    async run(script, answer) {
      child.stdin.write(`${script}\n`)
      let cut = false
      for (;;) {
        const [program, ...words] = (await nextLine()).replaceAll('\u001E', '\n').split('\u001F')
        if (program === 'end') return cut ? 'cut' : Number(words[0])
        const reply = await answer([program ?? '', ...words])
        cut = reply === 'cut'
        child.stdin.write(
          reply === 'cut'
            ? 'cut\n'
            : `${reply.status}\u001F${oneLine(reply.output ?? '')}\u001F${oneLine(reply.error ?? '')}\n`,
        )
      }
    },
    close: () => void child.kill('SIGKILL'),
  }
}

/** Shells that wait for a script, and those that run one. */
export type Shells = {
  take(): Shell
  give(shell: Shell): void
  /** Ends all that run something: what they ask is not answered any more. */
  drop(): void
  close(): void
}

export function openShells(): Shells {
  const free: Shell[] = []
  const busy = new Set<Shell>()
  const drop = () => {
    for (const shell of busy) shell.close()
    busy.clear()
  }
  return {
    take() {
      const shell = free.pop() ?? openShell()
      busy.add(shell)
      return shell
    },
    give(shell) {
      if (busy.delete(shell)) free.push(shell)
    },
    drop,
    close() {
      drop()
      for (const shell of free.splice(0)) shell.close()
    },
  }
}
