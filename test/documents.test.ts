import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { describe, expect, it } from 'vitest'
import { root } from './commands/hakube.ts'

/** What people read or paste: pages, help, examples. */
const read = [
  ...['README.md', 'CHANGELOG.md', 'CONTRIBUTING.md', 'ARCHITECTURE.md', 'SECURITY.md'].map((name) =>
    join(root, name),
  ),
  ...['docs', 'src', 'scripts', 'profiles', 'pxe', 'cloud-init', 'page'].flatMap((directory) =>
    readdirSync(join(root, directory), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name)),
  ),
]

describe('what people read', () => {
  it('never tells anyone to run npx hakube, which would fetch a package of that name from the public registry', () => {
    const found = read.filter((file) => /\bnpx\s+(?:-\S+\s+)*hakube\b/.test(readFileSync(file, 'utf8')))
    expect(found.map((file) => relative(root, file))).toEqual([])
  })

  it.each([
    ['anyone, everyone, someone', /\b(?:any|every|some)body\b/i],
    ['anyone who, no matter who', /\bwhoever\b/i],
    ['no longer', /\bany ?more\b/i],
    ['again', /\banew\b/i],
    ['fixed', /\bmended\b/i],
    ['during', /\bin the midst\b/i],
    ['forever', /\bfor ever\b/i],
    ['directory', /\bfolders?\b/i],
    ['plugin', /\bplug-ins?\b/i],
    ['over TLS', /\bby (?:TLS|HTTPS)\b/],
    ['is not a', /(?<!\bthere )\bis no (?!longer\b|more\b)[a-z]+ (?:of|for|that|name|file|address|key)\b/i],
    ['does not', /\bdoes no (?!harm\b|more\b|such\b)[a-z]/i],
  ])('says "%s" instead of a word that %s finds', (_, pattern) => {
    const found = read
      .filter((file) => !/\.(?:png|gz)$/.test(file) && !file.endsWith('CHANGELOG.md'))
      .flatMap((file) =>
        readFileSync(file, 'utf8')
          .split('\n')
          .filter((line) => pattern.test(line))
          .map((line) => `${relative(root, file)}: ${line.trim()}`),
      )
    expect(found).toEqual([])
  })

  it('links every page of docs from README.md', () => {
    const readme = readFileSync(join(root, 'README.md'), 'utf8')
    const pages = readdirSync(join(root, 'docs')).filter((name) => name.endsWith('.md'))
    expect(pages.filter((name) => !readme.includes(`(docs/${name}`))).toEqual([])
  })

  it('has no line of prose longer than 100 characters, so that a change of a sentence is a change of few lines', () => {
    const long = read
      .filter((file) => file.endsWith('.md') && !isGenerated(file) && !file.endsWith('CHANGELOG.md'))
      .flatMap((file) => longLines(file).map((line) => `${relative(root, file)}: ${line}`))
    expect(long).toEqual([])
  })

  it('keeps each row of a table on its own line', () => {
    const joined = read
      .filter((file) => file.endsWith('.md'))
      .flatMap((file) =>
        readFileSync(file, 'utf8')
          .split('\n')
          .filter((line) => line.includes('|---') && !/^ *\|(?::?-+:?\|)+$/.test(line))
          .map((line) => `${relative(root, file)}: ${line}`),
      )
    expect(joined).toEqual([])
  })

  it('links only pages and headings that exist', () => {
    const broken = read
      .filter((file) => file.endsWith('.md'))
      .flatMap((file) => brokenLinks(file).map((link) => `${relative(root, file)}: ${link}`))
    expect(broken).toEqual([])
  })

  it('names tests that exist where it says how something was tested', () => {
    const named = [
      ...readFileSync(join(root, 'docs/support.md'), 'utf8').matchAll(/`(\w[\w./-]*\.test\.ts)`/g),
    ]
    expect(named.length).toBeGreaterThan(20)
    const gone = named.map(([, path = '']) => path).filter((path) => !existsSync(join(root, 'test', path)))
    expect(gone).toEqual([])
  })
})

describe('CHANGELOG.md', () => {
  const sections = ['Added', 'Changed', 'Deprecated', 'Removed', 'Fixed', 'Security']
  const [, ...releases] = readFileSync(join(root, 'CHANGELOG.md'), 'utf8').split(/^## /m)

  it('has the form of keepachangelog.com: releases, each with some of its six sections in their order', () => {
    const strange = releases.flatMap((release) => {
      const titles = [...release.matchAll(/^### (.*)$/gm)].map(([, title = '']) => title)
      const known = sections.filter((section) => titles.includes(section))
      return titles.join() === known.join() ? [] : [titles]
    })
    expect(releases[0]?.split('\n')[0]).toBe('[Unreleased]')
    expect(
      releases.slice(1).filter((release) => !/^\[\d+\.\d+\.\d+\] - \d{4}-\d\d-\d\d\n/.test(release)),
    ).toEqual([])
    // A rebase can bring an older file back whole: take the one of the branch below, and add your line to it.
    expect(strange).toEqual([])
  })

  it('has one entry a line: a sentence in the imperative of at most 200 characters, which stands there once', () => {
    const lines = releases.flatMap((release) => release.split('\n').slice(1)).filter((line) => line !== '')
    const entries = lines.filter((line) => !line.startsWith('### ') && !/^\[[^\]]+\]: /.test(line))
    expect(entries.filter((line) => !/^- [A-Z][a-z]+ .*[.…]$/.test(line) || line.length > 200)).toEqual([])
    expect(entries.filter((line, index) => entries.indexOf(line) !== index)).toEqual([])
  })
})

const isGenerated = (file: string): boolean => /\/docs\/(?:errors|fields|rules)\.md$/.test(file)

/** Lines of a page over 100 characters, but for code, tables, addresses, and what has no space to wrap it at. */
function longLines(file: string): string[] {
  const text = readFileSync(file, 'utf8').replace(/^ *```[^]*?^ *```/gm, '')
  return text.split('\n').filter((line) => {
    const prose = line.replace(/\]\([^)]*\)/g, ']').replace(/https?:\S+/g, '')
    const canWrap = prose
      .trim()
      .replace(/`[^`]*`/g, 'code')
      .includes(' ')
    return prose.length > 100 && canWrap && !/^ *\|/.test(line)
  })
}

/** Links to other files of the project whose file or heading does not exist. */
function brokenLinks(file: string): string[] {
  const text = readFileSync(file, 'utf8').replace(/^```[^]*?^```/gm, '')
  const links = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link)
  return links.filter((link) => {
    if (/^[a-z]+:/.test(link)) return false
    const [path = '', heading] = link.split('#')
    const target = path === '' ? file : join(file, '..', path)
    let there: string
    try {
      there = readFileSync(target, 'utf8')
    } catch (fault) {
      // A link to a directory is shown as its list of files.
      return (fault as NodeJS.ErrnoException).code !== 'EISDIR'
    }
    return heading !== undefined && !headings(there).includes(heading)
  })
}

/** The anchors of a page as the forges make them. */
const headings = (page: string): string[] =>
  [...page.replace(/^```[^]*?^```/gm, '').matchAll(/^#+ (.*)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replace(/`/g, '')
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replace(/ /g, '-'),
  )
