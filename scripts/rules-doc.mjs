// `npm run rules`: writes docs/rules.md, and the section of docs/errors.md about old advice, anew from the rules.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { build, root } from './prepare.mjs'

build()
const { errorsSection, rulesDocument } = await import('../dist/profile/rules/old-advice/document.js')
writeFileSync(join(root, 'docs', 'rules.md'), rulesDocument())
const errors = join(root, 'docs', 'errors.md')
const text = readFileSync(errors, 'utf8')
const section = /^## Old advice\n[\s\S]*?(?=\n## |$(?![\s\S]))/m
if (!section.test(text)) throw new Error('docs/errors.md has no heading "Old advice"')
writeFileSync(
  errors,
  text.replace(section, () => errorsSection()),
)
