import type { CodeSection } from './section.ts'

export const basesCodes = {
  title: 'Bases and revisions',
  codes: {
    'extends/missing': {
      severity: 'error',
      what: 'A base is not there or cannot be read; with `--rev` also one in a submodule',
      remedy: 'Names are relative to the file that builds on it',
    },
    'extends/cycle': {
      severity: 'error',
      what: 'A file builds on itself, directly or by way of others',
      remedy: 'Take out one; what both need belongs in a third file',
    },
    'extends/outside': {
      severity: 'error',
      what: 'A base is outside of the git repository, or named by an absolute path or a URL',
      remedy: 'Copy it into the repository',
    },
    'extends/not-a-name': {
      severity: 'error',
      what: '`extends` of a base is no name of a file',
      remedy: 'Write a name, or a list of names',
    },
    'extends/too-many': {
      severity: 'error',
      what: 'More than 8 levels of bases, or more than 32 bases',
      remedy: 'Put bases together',
    },
    'git/missing': {
      severity: 'error',
      what: 'A revision is asked for and git is not installed',
      remedy: 'Install git',
    },
    'git/no-repository': {
      severity: 'error',
      what: "A revision is asked for outside of git's work trees",
      remedy: 'Name a profile in a clone',
    },
    'git/foreign-owner': {
      severity: 'error or warning',
      what: 'The repository belongs to another user, and git does not read it: the commit is unknown, and tracked secrets were not searched for',
      remedy: '`git config --global --add safe.directory DIR`, if you trust it',
    },
    'git/unknown-revision': {
      severity: 'error',
      what: 'The repository has no such commit',
      remedy: 'In a shallow clone: `git fetch --unshallow`',
    },
  },
} as const satisfies CodeSection
