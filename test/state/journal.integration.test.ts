import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { describe, expect, it, onTestFinished } from 'vitest'
import { openJournal } from '../../src/state/journal.ts'
import { describeWith } from '../prerequisites.ts'

const writer = new URL('journal-writer.mjs', import.meta.url).pathname

function newDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'hakube-journal-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

async function namesIn(directory: string): Promise<string[]> {
  const store = await openJournal(directory)
  await store.close()
  return store.events.flatMap((event) => ('name' in event ? [event.name] : []))
}

describe('a server that is killed', () => {
  it('loses no event that it acknowledged, whenever that was', async () => {
    const directory = newDirectory()
    const acknowledged: string[] = []
    for (let run = 0; run < 15; run++) {
      const child = spawn(process.execPath, [writer, directory, String(run * 100_000)], {
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      let output = ''
      child.stdout.on('data', (data: Buffer) => (output += data.toString()))
      const ended = new Promise((resolve) => {
        child.once('close', resolve)
      })
      const printed = () => output !== '' || child.exitCode !== null
      while (!printed()) await wait(5)
      await wait(Math.random() * 100)
      child.kill('SIGKILL')
      await ended
      // The last line may be cut off: its number was not printed whole.
      acknowledged.push(...output.split('\n').slice(0, -1))
    }
    const kept = new Set(await namesIn(directory))
    expect(acknowledged.length).toBeGreaterThan(15)
    expect(acknowledged.filter((number) => !kept.has(`n${number}`))).toEqual([])
  })
})

describeWith({ linux: true, root: true, programs: ['unshare', 'mount'] }, 'a full disk', () => {
  it('accepts no event that it cannot store, keeps earlier ones, and accepts events again when there is space', () => {
    const directory = newDirectory()
    const script = `
      mount -t tmpfs -o size=128k none "$1" && chmod 700 "$1" && dd if=/dev/zero of="$1/filling" bs=4k count=16 2>/dev/null || exit 9
      "$2" "$3" "$1" 0 100000; rm "$1/filling"; "$2" "$3" "$1" 200000 200010; cp "$1/journal" "$4"`
    const copy = join(newDirectory(), 'journal')
    const { stdout } = spawnSync(
      'unshare',
      ['--mount', 'sh', '-c', script, '-', directory, process.execPath, writer, copy],
      { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 },
    )
    const lines = stdout.trim().split('\n')
    const failed = lines.filter((line) => line.startsWith('failed'))
    expect(new Set(failed.map((line) => line.replace(/^failed \d+/, '').replace(directory, '.')))).toEqual(
      new Set([': cannot write ./journal: no space left on device (ENOSPC)']),
    )
    expect(existsSync(copy)).toBe(true)
    const kept = new Set(
      execFileSync('grep', ['-o', '"name":"n[0-9]*"', copy], { encoding: 'utf8' })
        .trim()
        .split('\n')
        .map((match) => match.slice(9, -1)),
    )
    const acknowledged = lines.filter((line) => !line.startsWith('failed'))
    expect(acknowledged.filter((number) => !kept.has(number))).toEqual([])
    expect(acknowledged.slice(-10)).toEqual(Array.from({ length: 10 }, (_, index) => String(200_000 + index)))
    const refused = failed.map((line) => /failed (\d+)/.exec(line)?.[1] ?? '')
    expect(refused.filter((number) => kept.has(number))).toEqual([])
  })
})
