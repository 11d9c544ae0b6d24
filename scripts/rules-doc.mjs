// `npm run rules`: generates docs/rules.md and docs/errors.md from the rules and the table of codes.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { build, root } from './prepare.mjs'

build()
const { errorsDocument } = await import('../dist/diagnostics/codes/document.js')
const { oldAdviceCodes, rulesDocument } = await import('../dist/profile/rules/old-advice/document.js')
writeFileSync(join(root, 'docs', 'rules.md'), rulesDocument())
writeFileSync(join(root, 'docs', 'errors.md'), errorsDocument([oldAdviceCodes()]))
