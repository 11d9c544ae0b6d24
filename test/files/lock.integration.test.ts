import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { describeWith } from '../prerequisites.ts'

/** Built, because node has to read it by itself in there. */
const built = new URL('../../dist/files/lock.js', import.meta.url).pathname

describeWith({ linux: true, root: true, programs: ['unshare', 'mount'] }, 'a lock', () => {
  it('leaves nothing on a full disk', () => {
    // A disk of two pages, one for each of two files: the third has a name, and no room for a byte.
    const script = `
      cd "$1" && mount -t tmpfs -o size=8k none . && cd "$1"
      printf x >one; printf x >two
      "$2" --input-type=module -e '
        const { takeLock } = await import(process.argv[1])
        try { takeLock("lock") } catch (fault) { console.log(fault.code) }' "$3"
      ls -A`
    const directory = mkdtempSync(join(tmpdir(), 'hakube-lock-'))
    const output = execFileSync(
      'unshare',
      ['--mount', 'sh', '-c', script, '-', directory, process.execPath, built],
      { encoding: 'utf8' },
    )
    rmdirSync(directory)
    expect(output).toBe('ENOSPC\none\ntwo\n')
  })
})
