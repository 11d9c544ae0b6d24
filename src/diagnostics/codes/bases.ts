import type { CodeSection } from './section.ts'

export const basesCodes = {
  title: 'Bases and revisions',
  codes: {
    'extends/missing': {
      severity: 'error',
      what: 'A base profile does not exist or cannot be read; with `--rev`, also one in a submodule',
      remedy: 'Names are relative to the file that extends it',
    },
    'extends/cycle': {
      severity: 'error',
      what: 'A file extends itself, directly or through others',
      remedy: 'Remove one `extends`; move what both need into a third file',
    },
    'extends/outside': {
      severity: 'error',
      what: 'A base profile is outside the git repository, or named by an absolute path or a URL',
      remedy: 'Copy it into the repository',
    },
    'extends/not-a-name': {
      severity: 'error',
      what: '`extends` is not a file name',
      remedy: 'Write a name, or a list of names',
    },
    'extends/too-many': {
      severity: 'error',
      what: 'More than 8 levels of base profiles, or more than 32 of them',
      remedy: 'Merge base profiles',
    },
    'git/missing': {
      severity: 'error',
      what: '`--rev` needs git, which is not installed',
      remedy: 'Install git',
    },
    'git/no-repository': {
      severity: 'error',
      what: '`--rev` was used outside a git working tree',
      remedy: 'Name a profile in a clone',
    },
    'git/foreign-owner': {
      severity: 'error or warning',
      what: 'The repository belongs to another user, so git does not read it: the commit is unknown, and hakube did not search for tracked secrets',
      remedy: 'If you trust it: `git config --global --add safe.directory DIR`',
    },
    'git/unknown-revision': {
      severity: 'error',
      what: 'The repository has no such commit',
      remedy: 'In a shallow clone: `git fetch --unshallow`',
    },
  },
} as const satisfies CodeSection
