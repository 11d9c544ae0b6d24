import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

const root = new URL('../..', import.meta.url).pathname
const cache = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'hakube')

/** Builds the RAM system once for each version of its scripts. @returns a directory with ram-system-amd64/ */
export function ramSystem(): string {
  const scripts = ['ram-system.sh', 'init.sh'].map((name) => readFileSync(join(root, 'pxe/image', name)))
  const hash = createHash('sha256').update(Buffer.concat(scripts)).digest('hex').slice(0, 16)
  const place = join(cache, `ram-system-${hash}`)
  if (!existsSync(place)) {
    mkdirSync(cache, { recursive: true })
    const draft = mkdtempSync(join(cache, 'ram-system.'))
    execFileSync('bash', [join(root, 'pxe/image/ram-system.sh'), draft, 'amd64'], {
      cwd: root,
      stdio: ['ignore', 'ignore', 'inherit'],
    })
    renameSync(draft, place)
  }
  return place
}
