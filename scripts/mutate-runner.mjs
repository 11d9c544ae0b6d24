// The test runner of `npm run mutate`: runs all tests of a room in one process, first those that are fast or noticed the previous
// changes. vitest itself would start again for each change and prepare the display of each failure, which takes seconds.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { Script } from 'node:vm'
import { collector, ready } from './mutate-tests.mjs'

/** The global that Stryker's changed code reads (INSTRUMENTER_CONSTANTS in @stryker-mutator/api). */
const theirs = '__stryker__'
const success = 0
const failed = 1

/** All tests of a suite count as covering what its `beforeAll` covers. */
function shareBefore(tests, perTest) {
  for (const { id, file, suite } of tests)
    for (let of = suite; of !== null; of = of.parent)
      for (const [mutant, count] of Object.entries(perTest[`before ${file}#${of.name}`] ?? {})) {
        perTest[id] ??= {}
        perTest[id][mutant] = (perTest[id][mutant] ?? 0) + count
      }
  for (const id of Object.keys(perTest)) if (id.startsWith('before ')) delete perTest[id]
}

class InOneProcess {
  directory = resolve('test', process.env.HAKUBE_MUTATE_ROOM ?? '')
  snapshotFile = join(this.directory, 'all.snapshots.json')
  /** The duration of each test without a change, reduced for tests that noticed the last changes. */
  costs = new Map()

  namespace = (globalThis[theirs] ??= {})

  capabilities() {
    return { reloadEnvironment: true }
  }

  async init() {
    this.script = new Script(readFileSync(join(this.directory, 'all.bundle.cjs'), 'utf8'), {
      filename: join(this.directory, 'all.bundle.cjs'),
    })
    const names = JSON.parse(readFileSync(join(this.directory, 'all.modules.json'), 'utf8'))
    this.modules = Object.fromEntries(
      await Promise.all(names.map(async (name) => [name, await import(name)])),
    )
  }

  /** Evaluates the script again, so that no test sees what another change has left. */
  async collect() {
    this.snapshots ??= existsSync(this.snapshotFile)
      ? JSON.parse(readFileSync(this.snapshotFile, 'utf8'))
      : {}
    const { vitest, tests, run, begin } = collector(this.snapshots)
    globalThis.mutation = { modules: { ...this.modules, vitest }, begin }
    await this.script.runInThisContext()
    return { tests, run }
  }

  async dryRun() {
    const { namespace } = this
    namespace.activeMutant = undefined
    namespace.mutantCoverage = undefined
    namespace.currentTestId = undefined
    namespace.hitLimit = undefined
    const { tests, run } = await this.collect()
    const results = []
    for (const test of tests) {
      namespace.currentTestId = `before ${test.file}#${test.suite.name}`
      await ready(test.suite)
      namespace.currentTestId = test.id
      const start = performance.now()
      const failureMessage = await run(test).then(
        () => undefined,
        (error) => String(error?.stack ?? error),
      )
      const timeSpentMs = performance.now() - start
      const status = failureMessage === undefined ? success : failed
      results.push({ id: test.id, name: test.id, fileName: test.file, timeSpentMs, status, failureMessage })
    }
    namespace.currentTestId = undefined
    shareBefore(tests, namespace.mutantCoverage?.perTest ?? {})
    writeFileSync(this.snapshotFile, JSON.stringify(this.snapshots))
    writeFileSync(
      `${this.snapshotFile}.costs`,
      JSON.stringify(results.map(({ id, timeSpentMs }) => [id, timeSpentMs])),
    )
    return { status: 'complete', tests: results, mutantCoverage: namespace.mutantCoverage }
  }

  async mutantRun({ activeMutant, testFilter, hitLimit }) {
    const { namespace, costs } = this
    if (costs.size === 0)
      for (const [id, cost] of JSON.parse(readFileSync(`${this.snapshotFile}.costs`, 'utf8')))
        costs.set(id, cost)
    namespace.hitCount = hitLimit === undefined ? undefined : 0
    namespace.hitLimit = hitLimit
    // Also while the script is evaluated, because a change may affect its top-level code.
    namespace.activeMutant = activeMutant.id
    let nrOfTests = 0
    try {
      const { tests, run } = await this.collect()
      const wanted = testFilter && new Set(testFilter)
      const chosen = tests
        .filter(({ id }) => !wanted || wanted.has(id))
        .toSorted((one, other) => (costs.get(one.id) ?? 0) - (costs.get(other.id) ?? 0))
      for (const test of chosen) {
        nrOfTests += 1
        const failure = await run(test).then(
          () => null,
          (error) => error ?? 'rejected',
        )
        if (namespace.hitCount > hitLimit) return { status: 'timeout', reason: 'too many rounds of a loop' }
        if (failure === null) continue
        costs.set(test.id, (costs.get(test.id) ?? 0) / 2)
        const failureMessage = String(failure?.message ?? failure).slice(0, 1000)
        return { status: 'killed', killedBy: [test.id], failureMessage, nrOfTests }
      }
      return { status: 'survived', nrOfTests }
    } catch (error) {
      // The sources cannot be loaded.
      return { status: 'killed', killedBy: [], failureMessage: String(error), nrOfTests }
    }
  }
}

/** Prints immediately which changes no test has noticed, and how many were tried, so that an interrupted run is not wasted. */
class AtOnce {
  tried = 0
  noticed = 0

  onMutantTested({ status, fileName, location, replacement }) {
    if (!['Killed', 'Timeout', 'Survived', 'NoCoverage'].includes(status)) return
    this.tried += 1
    const isNoticed = status === 'Killed' || status === 'Timeout'
    if (isNoticed) this.noticed += 1
    const place = `${relative(process.cwd(), fileName)}:${location.start.line}:${location.start.column}`
    if (!isNoticed) process.stdout.write(`${place}: ${replacement.replaceAll(/\s+/g, ' ').slice(0, 160)}\n`)
    if (!isNoticed || this.tried % 20 === 0)
      process.stdout.write(`  ${this.noticed} of ${this.tried} changes noticed\n`)
  }
}

export const strykerPlugins = [
  { kind: 'TestRunner', name: 'in-one-process', injectableClass: InOneProcess },
  { kind: 'Reporter', name: 'at-once', injectableClass: AtOnce },
]
