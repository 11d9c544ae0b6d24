import { writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inTemporaryDirectory, memoryTop } from '../../../check/temporary.ts'
import { type Diagnostic, error } from '../../../diagnostics/diagnostic.ts'
import { refusal } from '../../../diagnostics/refusal.ts'
import { type Content, workTree } from '../../../files/reader.ts'
import type { ResolvedProfile } from '../../../pipeline/resolved.ts'
import type { Bundle } from '../../../secrets/bundle.ts'
import { isSameOwn, mergeOwn } from '../../../secrets/merge-own.ts'
import { type Own, readOwnDocument, writeOwnDocument } from '../../../secrets/own-document.ts'
import { asRefusal } from '../../../secrets/system-refusal.ts'
import { count } from '../../../text/count.ts'
import { type Command, type Context, exit } from '../../context.ts'
import { printMistakes } from '../../report.ts'
import { changeExisting, readBundle, withProfile } from '../bundle.ts'
import { askTerminal } from './ask.ts'
import { runEditor } from './editor.ts'

/** More than anyone edits by hand. */
const mostBytes = 16 * 1024 * 1024

/** `hakube secrets edit PROFILE` */
export const action: Command = (context) =>
  withProfile(context, async (resolved) => {
    const { environment, stderr } = context
    const bundle = await readBundle(context, resolved)
    const memory = memoryTop(environment)
    if (memory === null)
      stderr.write('hakube: this system has no tmpfs: the secrets are on a disk while you edit them\n')
    const top = environment['TMPDIR'] || tmpdir()
    return inTemporaryDirectory(environment, (directory) => edit(context, resolved, bundle, directory), {
      purpose: 'edit',
      top: memory ?? top,
    })
  })

const notesFor = (bundle: Bundle): string[] => [
  `Secrets of your own of the cluster ${bundle.cluster}: one "name: text" each. Save, and leave the editor.`,
  'For several lines write "name: |", and indent the lines. Quote numbers. Comments are not kept.',
]

async function edit(
  context: Context,
  resolved: ResolvedProfile,
  bundle: Bundle,
  directory: string,
): Promise<number> {
  const file = join(directory, 'secrets.yaml')
  let base: Own = bundle.secrets.own ?? {}
  let text = writeOwnDocument(base, notesFor(bundle))
  for (;;) {
    await writeText(file, text)
    await runEditor(context, file)
    text = await readText(file)
    let { own, diagnostics } = readOwnDocument(text, file, base)
    if (diagnostics.length === 0) {
      const saved = await save(context, resolved, base, own)
      if ('done' in saved) {
        context.stderr.write(`${resolved.file}: ${saved.done}\n`)
        return exit.success
      }
      base = saved.theirs
      // My text again, and theirs to compare with.
      text = writeOwnDocument(saved.own, [...notesFor(bundle), ...notesOfConflict(saved)])
      diagnostics = [conflictOf(saved)]
    }
    context.stderr.write(printMistakes([{ loaded: null, diagnostics }], context.stderr.colour))
    if (!(await wantsMore(context))) return exit.invalidInput
  }
}

type Conflict = { own: Own; theirs: Own; names: readonly string[] }

/** Writes what has changed since `base` into the bundle, as it is now. */
async function save(
  context: Context,
  resolved: ResolvedProfile,
  base: Own,
  mine: Own,
): Promise<{ done: string } | Conflict> {
  if (isSameOwn(base, mine)) return { done: 'nothing has changed' }
  let result: { done: string } | Conflict = { done: 'someone else has made the same changes' }
  await changeExisting(context, resolved, async (bundle) => {
    const theirs = bundle.secrets.own ?? {}
    const { own, conflicts } = mergeOwn(base, mine, theirs)
    if (conflicts.length > 0) result = { own, theirs, names: conflicts }
    if (conflicts.length > 0 || isSameOwn(own, theirs)) return null
    result = { done: `has ${count(Object.keys(own).length, 'secret')} of your own now` }
    return { ...bundle, secrets: { ...bundle.secrets, own } }
  })
  return result
}

const conflictOf = ({ names }: Conflict): Diagnostic =>
  error('secrets/edited-by-others', `someone else has changed ${names.join(', ')} meanwhile`, {
    hint: 'edit again: the comment at the top of the file has their text; what you leave there replaces it',
  })

const notesOfConflict = ({ theirs, names }: Conflict): string[] =>
  names.flatMap((name) => {
    const text = theirs[name]
    if (text === undefined) return ['', `Someone else has removed ${name} meanwhile.`]
    const lines = writeOwnDocument({ [name]: text }, [])
      .trimEnd()
      .split('\n')
    return ['', `Someone else has changed ${name} meanwhile, to:`, ...lines.map((line) => `  ${line}`)]
  })

async function wantsMore({ stderr, signals }: Context): Promise<boolean> {
  const question = 'Edit again? [Y/n] '
  const answer = await askTerminal(question, (text) => stderr.write(text), signals.stop)
  signals.stop.throwIfAborted()
  if (answer !== null && !/^\s*n/i.test(answer)) return true
  stderr.write('hakube: nothing was written\n')
  return false
}

async function writeText(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text, { mode: 0o600 })
  } catch (fault) {
    throw asRefusal(fault, 'write', file)
  }
}

async function readText(file: string): Promise<string> {
  let content: Content
  try {
    content = await workTree.read(file, mostBytes)
  } catch (fault) {
    throw asRefusal(fault, 'read', file)
  }
  if ('tooLarge' in content)
    throw refusal('secrets/own-text', `the file has more than ${mostBytes} bytes`, {
      hint: 'a secret is a password, a token, a key or a small file; nothing was written',
    })
  return Buffer.from(content.bytes).toString('utf8')
}
