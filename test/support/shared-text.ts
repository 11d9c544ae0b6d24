import { createHash } from 'node:crypto'
import { assemble } from '../../src/assembly/assemble.ts'
import { machineFiles } from '../../src/assembly/first-boot.ts'
import { lookFunctions } from '../../src/installers/look.ts'
import { quoteCommand } from '../../src/installers/preseed.ts'
import { components } from '../../src/components/index.ts'
import { textOf } from '../../src/templates/template.ts'
import { exampleNames, exampleProfile, testCluster, writeUpNames } from '../example.ts'

/*
 * Text that many machines of profiles/ share is stored once below test/fixtures/shared, and the expected output of whole machines
 * refers to it: `# as test/fixtures/shared/hakube-verify`. So a change of a shared script is one line in one file to review, and
 * whole outputs stay the oracle: a reference appears only where the text is identical to what test/shared-text.test.ts compares.
 */

/** Lines that several machines share, and their name. */
export type Piece = { reference: string; lines: readonly string[] }

/** A file below test/fixtures/shared: whole, and as it is stored: with references to files before it, and without private keys. */
export type SharedFile = { name: string; text: string; stored: string; pieces: readonly Piece[] }

type Found = Omit<SharedFile, 'stored'>

/** All steps that only start a unit: from one template, so in one file. */
const startSteps = 'steps/start-units'

/** Shorter ones are clearer than a reference. */
const shortest = 3

const place = (name: string): string => `test/fixtures/shared/${name}`

/** The numbers of steps and checks say in which order they run: where that is not the matter, they only change with each new step. */
export const withoutNumbers = (text: string): string => text.replace(/\/(steps|checks)\/\d+-/g, '/$1/NN-')

/** For each path, its contents, and on how many machines. */
async function contentsByPath(): Promise<Map<string, Map<string, number>>> {
  const byPath = new Map<string, Map<string, number>>()
  for (const name of [...exampleNames, ...writeUpNames]) {
    const cluster = await testCluster(exampleProfile(name))
    for (const machine of cluster.machines)
      for (const { path, content } of machineFiles(cluster, assemble(components, cluster, machine))) {
        const key = path.replace(/\/(steps|checks)\/\d+-/, '/$1/')
        const contents = byPath.get(key) ?? new Map<string, number>()
        const text = textOf(content)
        byPath.set(key, contents.set(text, (contents.get(text) ?? 0) + 1))
      }
  }
  return byPath
}

/** Replaces each private key by its SHA-256, so that the fixtures contain no keys but still show every change of one. */
const withoutKeys = (text: string): string =>
  text.replace(
    /^-----BEGIN (.*PRIVATE KEY)-----\n[^-]*-----END \1-----$/gm,
    (key, label: string) => `(${label}, SHA-256 ${createHash('sha256').update(key).digest('hex')})`,
  )

const linesOf = (text: string): string[] => text.replace(/\n$/, '').split('\n')

/** The paragraphs that several variants of a script have, each known by its first line. */
function commonParagraphs(contents: readonly string[]): string[] {
  const counts = new Map<string, number>()
  for (const content of contents)
    for (const paragraph of new Set(content.replace(/\n$/, '').split(/\n{2,}/)))
      counts.set(paragraph, (counts.get(paragraph) ?? 0) + 1)
  const common = [...counts].filter(
    ([paragraph, count]) => count > 1 && linesOf(paragraph).length >= shortest,
  )
  const byFirst = new Map<string, [string, number]>()
  for (const [paragraph, count] of common) {
    const [first = ''] = linesOf(paragraph)
    if (count > (byFirst.get(first)?.[1] ?? 0)) byFirst.set(first, [paragraph, count])
  }
  return [...byFirst.values()].map(([paragraph]) => paragraph)
}

/** @returns null when nothing at this path is shared */
function sharedFile(path: string, contents: ReadonlyMap<string, number>): Found | null {
  const name = path.replace(/^\/(?:usr\/(?:libexec\/(?:hakube\/)?|sbin\/))?/, '')
  const [[only, machines] = ['', 0], ...others] = contents
  if (others.length === 0) {
    if (machines < 2 || linesOf(only).length < shortest) return null
    return { name, text: only, pieces: [{ reference: place(name), lines: linesOf(only) }] }
  }
  if (!path.startsWith('/usr/')) return null
  const paragraphs = commonParagraphs([...contents.keys()])
  if (paragraphs.length === 0) return null
  const pieces = paragraphs.map((paragraph) => {
    const lines = linesOf(paragraph)
    return { reference: `${place(name)}: ${lines[0]}`, lines }
  })
  return { name, text: `${paragraphs.join('\n\n')}\n`, pieces }
}

/** Combines several small files into one, each below its name. */
function together(name: string, files: readonly Found[]): Found {
  const text = files.map((file) => `#-- ${file.name}\n${file.text}`).join('\n')
  const pieces = files.flatMap((file) =>
    file.pieces.map(({ lines }) => ({ reference: `${place(name)}: ${file.name}`, lines })),
  )
  return { name, text, pieces }
}

async function findShared(): Promise<SharedFile[]> {
  const found = [...(await contentsByPath())].map(([path, contents]) => sharedFile(path, contents))
  const files = found
    .filter((file) => file !== null)
    .toSorted((left, right) => (left.name < right.name ? -1 : 1))
  const starts = files.filter(({ name }) => name.startsWith('steps/start-'))
  const before: Piece[] = []
  return [...files.filter((file) => !starts.includes(file)), together(startSteps, starts)].map((file) => {
    const stored = withoutKeys(foldPieces(file.text, before))
    before.push(...file.pieces)
    return { ...file, stored }
  })
}

let all: Promise<SharedFile[]> | undefined

/** Text that machines of profiles/ share, by name. */
export const sharedFiles = (): Promise<SharedFile[]> => (all ??= findShared())

/** The indentation with which the lines of a piece stand from `at` on; null when they do not. */
function indentationAt(lines: readonly string[], at: number, piece: readonly string[]): string | null {
  const indentation = lines[at]!.slice(0, lines[at]!.length - piece[0]!.length)
  if (indentation.trim() !== '') return null
  const same = piece.every((line, index) => lines[at + index] === (line === '' ? '' : indentation + line))
  return same ? indentation : null
}

/** Puts references where a text has pieces, the longest first. Everything else stays as it is. */
export function foldPieces(text: string, pieces: readonly Piece[]): string {
  const byFirst = new Map<string, Piece[]>()
  for (const piece of pieces.toSorted((left, right) => right.lines.length - left.lines.length)) {
    const first = piece.lines[0]!.trimStart()
    byFirst.set(first, [...(byFirst.get(first) ?? []), piece])
  }
  const lines = text.split('\n')
  const folded: string[] = []
  for (let at = 0; at < lines.length; at += 1) {
    const candidates = byFirst.get(lines[at]!.trimStart()) ?? []
    const piece = candidates.find((each) => indentationAt(lines, at, each.lines) !== null)
    if (piece) {
      folded.push(`${indentationAt(lines, at, piece.lines)}# as ${piece.reference}`)
      at += piece.lines.length - 1
    } else {
      folded.push(lines[at]!)
    }
  }
  return folded.join('\n')
}

const look = 'test/fixtures/installers/look.sh'

/** Puts a reference where answers of an installer look at what lives on the disks, also as words of a command. */
export function foldLook(text: string): string {
  const lines = linesOf(lookFunctions())
  return foldPieces(text, [{ reference: look, lines }]).replaceAll(
    lines.map(quoteCommand).join(' '),
    `'# as ${look}'`,
  )
}

/** A text for test/fixtures: what machines share as references, without the numbers of steps. */
export async function forReview(text: string): Promise<string> {
  const files = await sharedFiles()
  return withoutNumbers(
    foldPieces(
      foldLook(text),
      files.flatMap(({ pieces }) => pieces),
    ),
  )
}
