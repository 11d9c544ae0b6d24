import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

/** A real git repository in a temporary directory. */
export type Repository = {
  directory: string
  /** Writes files; null as text removes the file. */
  write(files: Readonly<Record<string, string | Uint8Array | null>>): void
  link(path: string, target: string): void
  git(...words: string[]): string
  /** Commits everything. @returns the commit */
  commit(message?: string): string
  remove(): void
}

/** Without the user's own settings. */
const environment = {
  PATH: process.env['PATH'],
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_SYSTEM: '/dev/null',
  GIT_AUTHOR_NAME: 'Test',
  GIT_AUTHOR_EMAIL: 'test@example.com',
  GIT_COMMITTER_NAME: 'Test',
  GIT_COMMITTER_EMAIL: 'test@example.com',
  GIT_AUTHOR_DATE: '2026-01-01T00:00:00Z',
  GIT_COMMITTER_DATE: '2026-01-01T00:00:00Z',
}

export function makeRepository(): Repository {
  const directory = mkdtempSync(join(tmpdir(), 'hakube-repository-'))
  const git = (...words: string[]) =>
    execFileSync('git', words, { cwd: directory, env: environment, encoding: 'utf8' }).trim()
  git('init', '--quiet', '--initial-branch=main')
  return {
    directory,
    git,
    write(files) {
      for (const [path, text] of Object.entries(files)) {
        const full = join(directory, path)
        mkdirSync(dirname(full), { recursive: true })
        if (text === null) rmSync(full)
        else writeFileSync(full, text)
      }
    },
    link(path, target) {
      mkdirSync(dirname(join(directory, path)), { recursive: true })
      symlinkSync(target, join(directory, path))
    },
    commit(message = 'change') {
      git('add', '--all')
      git('commit', '--quiet', '--allow-empty', '--message', message)
      return git('rev-parse', 'HEAD')
    },
    remove: () => rmSync(directory, { recursive: true, force: true }),
  }
}
