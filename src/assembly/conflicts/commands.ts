import type { Assembly } from '../assemble.ts'
import type { Owned } from '../component.ts'
import type { RefusedCommand } from '../refused.ts'
import { fieldFor } from '../../profile/rules/files.ts'
import { refusedCommandsOfFirstBoot } from '../refused-by-first-boot.ts'
import { callsOf, type ShellCall } from './calls.ts'
import type { Conflict } from './conflict.ts'
import { isSetRight, ownTexts, type OwnText } from './texts.ts'

/** Commands of the profile that undo what a component did, or remove a package, file or login that it needs. */
export function commandConflicts(assembly: Assembly): Conflict[] {
  const refused = [...refusedCommandsOfFirstBoot, ...assembly.declared.refusedCommands]
  return ownTexts(assembly.machine.settings).flatMap((own) =>
    own.text.kinds.has('shell')
      ? [
          ...callsOf(own.text.bare).flatMap((call) => [
            ...byDeclaration(assembly, refused, own, call),
            ...removedPackages(assembly, own, call),
            ...removedFiles(assembly, own, call),
            ...changedFiles(assembly, own, (path) => isWrittenBy(call, path), call),
          ]),
          ...redirected(assembly, own),
        ]
      : [],
  )
}

const placeOf = ({ placeOf: place }: OwnText, { start, length }: ShellCall): Conflict['place'] =>
  place(start, length)

function byDeclaration(
  assembly: Assembly,
  refused: readonly Owned<RefusedCommand>[],
  own: OwnText,
  call: ShellCall,
): Conflict[] {
  return refused
    .filter(
      ({ programs, having, unless, setRightBy, wordsAtLeast = 0 }) =>
        programs.includes(call.program) &&
        (having === undefined || having.some((some) => some.every((word) => call.words.includes(word)))) &&
        call.words.length >= wordsAtLeast &&
        !unless?.some((word) => call.words.includes(word)) &&
        (setRightBy === undefined || !isSetRight(assembly, own, setRightBy)),
    )
    .map(({ does, component, need, hint }): Conflict => ({
      code: 'conflict/command',
      place: placeOf(own, call),
      what: `this ${does}`,
      component,
      need,
      hint: hint ?? 'remove it',
    }))
}

const removers: Readonly<Record<string, readonly string[]>> = {
  'apt-get': ['remove', 'purge', 'autoremove', 'autopurge'],
  apt: ['remove', 'purge', 'autoremove', 'autopurge'],
  dnf: ['remove', 'erase', 'autoremove'],
  yum: ['remove', 'erase', 'autoremove'],
  microdnf: ['remove'],
  dpkg: ['-r', '-P', '--remove', '--purge'],
  rpm: ['-e', '--erase'],
}

function removedPackages(assembly: Assembly, own: OwnText, call: ShellCall): Conflict[] {
  const { program, words } = call
  const verbs = Object.hasOwn(removers, program) ? removers[program] : undefined
  if (!verbs?.some((verb) => words.includes(verb)) || isSetRight(assembly, own, 'packages')) return []
  return assembly.declared.packages
    .filter(({ name, from }) => !from && words.some((word) => word.replace(/[:=].*/, '') === name))
    .map(({ name, component }): Conflict => ({
      code: 'conflict/command',
      place: placeOf(own, call),
      what: `this removes the package ${name}`,
      component,
      need: 'needs it',
      hint: 'remove it',
    }))
}

/** Commands that remove files of components, or directories above them. */
function removedFiles(assembly: Assembly, own: OwnText, call: ShellCall): Conflict[] {
  if (!['rm', 'unlink', 'shred'].includes(call.program)) return []
  const isRecursive = call.words.some((word) => word === '--recursive' || /^-\w*[rR]/.test(word))
  const paths = call.words.filter((word) => word.startsWith('/')).map((word) => word.replace(/\/+\*?$/, ''))
  return assembly.files
    .filter(
      ({ path, from }) =>
        !from && paths.some((each) => each === path || (isRecursive && path.startsWith(`${each}/`))),
    )
    .slice(0, 1)
    .map(({ path, component }): Conflict => ({
      code: 'conflict/command',
      place: placeOf(own, call),
      what: `this deletes ${path}`,
      component,
      need: 'needs it',
      hint: 'remove it',
    }))
}

/** Whether a call writes to a file: the last argument of commands that copy, and every argument of commands that edit in place. */
function isWrittenBy({ program, words }: ShellCall, path: string): boolean {
  if (['cp', 'mv', 'install', 'ln'].includes(program)) return words.at(-1) === path
  const isEditor =
    program === 'sed'
      ? words.some((word) => /^-\w*i|^--in-place/.test(word))
      : program === 'tee' || program === 'truncate'
  return isEditor && words.includes(path)
}

const redirection = /(?<![0-9<>&-])(?:1|&)?>{1,2}[ \t]*["']?(\/[^\s;&|()"'<>]+)/g

const redirected = (assembly: Assembly, own: OwnText): Conflict[] =>
  [...own.text.bare.matchAll(redirection)].flatMap((match) =>
    changedFiles(assembly, own, (path) => path === match[1], {
      start: match.index,
      length: match[0].length,
    }),
  )

/**
 * Commands that change files which hakube verifies, or overwrites with the next change of the profile. Lines appended to /etc/hosts are
 * left to old advice.
 */
const changedFiles = (
  { files }: Assembly,
  own: OwnText,
  isChanged: (path: string) => boolean,
  { start, length }: Pick<ShellCall, 'start' | 'length'>,
): Conflict[] =>
  files
    .filter(({ path, from }) => !from && path !== '/etc/hosts' && isChanged(path))
    .map(({ path, component }): Conflict => ({
      code: 'conflict/command',
      place: own.placeOf(start, length),
      what: `this changes ${path}`,
      component,
      need: 'needs it as hakube writes it, now and with each change of the profile',
      hint: fieldFor(path),
    }))
