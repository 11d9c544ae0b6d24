import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Disk } from './model.ts'

export function openDisk(root: string): Disk {
  const at = (path: string): string => join(root, path)
  const list = (path: string): string[] =>
    existsSync(at(path))
      ? readdirSync(at(path), { withFileTypes: true }).flatMap((entry) =>
          entry.isDirectory() ? list(join(path, entry.name)) : [join(path, entry.name)],
        )
      : []
  return {
    root,
    own: (path) => (path.startsWith(root) ? path.slice(root.length) : path),
    has: (path) => existsSync(at(path)),
    read: (path) => readFileSync(at(path), 'utf8'),
    write(path, content = 'whole') {
      mkdirSync(dirname(at(path)), { recursive: true })
      writeFileSync(at(path), content)
    },
    isWhole: (path) => existsSync(at(path)) && statSync(at(path)).size > 0,
    empty: (path) => writeFileSync(at(path), ''),
    written: (path) => statSync(at(path)).mtimeMs,
    remove: (path) => rmSync(at(path), { recursive: true, force: true }),
    list,
    fingerprint: () =>
      ['/etc/kubernetes', '/var/lib', '/run']
        .flatMap(list)
        .map((path) => {
          const { ino, size, mtimeMs } = statSync(at(path))
          return `${path} ${ino} ${size} ${mtimeMs}`
        })
        .join('\n'),
  }
}
