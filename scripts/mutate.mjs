// `npm run mutate -- ROOM`: changes the source of one room in small ways and counts which changes its unit tests notice. Bounded: one
// room, one process. Files after it limit the run, optionally to lines: FILE.ts:10-40. `--sample N` takes N pieces of five lines at
// random instead of the whole room, which estimates the score within minutes; the pieces are the same each time, and others with `--seed
// S`. The report is .cache/mutation/ROOM.html.
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { Stryker } from '@stryker-mutator/core'
import { root } from './prepare.mjs'

const rooms = ['network', 'cluster', 'assembly', 'boot', 'diff']
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { sample: { type: 'string' }, seed: { type: 'string', default: '1' } },
})
const [room = '', ...files] = positionals
const sample = values.sample === undefined ? null : Number(values.sample)
if (!rooms.includes(room) || (sample !== null && (!(sample > 0) || files.length > 0))) {
  process.stderr.write(
    `Usage: npm run mutate -- ROOM [FILE.ts ... | --sample N [--seed S]]\nROOM: ${rooms.join(', ')}\n`,
  )
  process.exit(2)
}
const missing = files.filter((file) => !existsSync(join(root, 'src', room, file.replace(/:.*/, ''))))
if (missing.length > 0) {
  process.stderr.write(`Not in src/${room}: ${missing.join(', ')}\n`)
  process.exit(2)
}

/** Every fifth line with code in a room, as the beginning of a piece. */
function pieces() {
  const own = join('src', room)
  return readdirSync(join(root, own), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .flatMap((file) => {
      const lines = readFileSync(join(root, own, file), 'utf8').split('\n').length
      return Array.from(
        { length: Math.floor(lines / 5) },
        (_, index) => `${own}/${file}:${index * 5 + 1}-${index * 5 + 5}`,
      )
    })
}

/** The lines whose digests with the seed are the smallest: random, but the same for the same seed. */
const some = (all, count) =>
  all
    .map((piece) => ({ piece, digest: createHash('sha256').update(`${values.seed} ${piece}`).digest('hex') }))
    .toSorted((one, other) => (one.digest < other.digest ? -1 : 1))
    .slice(0, count)
    .map(({ piece }) => piece)

const whole = files.length === 0 ? [`src/${room}/**/*.ts`] : files.map((file) => `src/${room}/${file}`)
process.chdir(root)
process.env.HAKUBE_MUTATE_ROOM = room
await new Stryker({
  mutate: sample === null ? whole : some(pieces(), sample),
  buildCommand: 'node scripts/mutate-bundle.mjs',
  testRunner: 'in-one-process',
  plugins: [join(root, 'scripts/mutate-runner.mjs')],
  // Stryker rewrites the references of a tsconfig.json with the JavaScript API of TypeScript, which TypeScript 7 does not have.
  tsconfigFile: 'none',
  // Types are not checked there.
  disableTypeChecks: false,
  ignorePatterns: ['/dist', '/.cache', '/coverage', '/docs/images'],
  coverageAnalysis: 'perTest',
  // A module's constants are evaluated once for all tests, so they would need a new process for each change.
  ignoreStatic: true,
  concurrency: 1,
  // Limits against hanging, not measurements: a busy machine is slow.
  timeoutMS: 20_000,
  dryRunTimeoutMinutes: 30,
  tempDirName: '.cache/mutation/work',
  incremental: sample === null,
  incrementalFile: `.cache/mutation/${room}.json`,
  htmlReporter: { fileName: `.cache/mutation/${room}.html` },
  reporters: ['at-once', 'clear-text', 'html'],
  clearTextReporter: {
    allowColor: false,
    allowEmojis: false,
    logTests: false,
    reportTests: false,
    reportMutants: false,
  },
}).runMutationTest()
