import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { describe, expect, it } from 'vitest'
import { root } from './commands/hakube.ts'

/** What people read or paste: pages, help, examples. */
const read = [
  ...['README.md', 'CONTRIBUTING.md', 'ARCHITECTURE.md'].map((name) => join(root, name)),
  ...['docs', 'src', 'scripts', 'profiles', 'pxe', 'cloud-init'].flatMap((directory) =>
    readdirSync(join(root, directory), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name)),
  ),
]

describe('what people read', () => {
  it('never tells anybody to run npx hakube, which would fetch a package of that name from the public registry', () => {
    const found = read.filter((file) => /\bnpx\s+(?:-\S+\s+)*hakube\b/.test(readFileSync(file, 'utf8')))
    expect(found.map((file) => relative(root, file))).toEqual([])
  })

  it('links every page of docs from README.md', () => {
    const readme = readFileSync(join(root, 'README.md'), 'utf8')
    const pages = readdirSync(join(root, 'docs')).filter((name) => name.endsWith('.md'))
    expect(pages.filter((name) => !readme.includes(`(docs/${name}`))).toEqual([])
  })

  it('links only pages and headings that exist', () => {
    const broken = read
      .filter((file) => file.endsWith('.md'))
      .flatMap((file) => brokenLinks(file).map((link) => `${relative(root, file)}: ${link}`))
    expect(broken).toEqual([])
  })
})

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
