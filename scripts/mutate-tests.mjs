// Replaces vitest while scripts/mutate-runner.mjs runs: it collects the tests of one script, and runs them one by one in this process. It
// contains only what the unit tests of the rooms use. `expect` is vitest's own.
import { createRequire } from 'node:module'
import { format as formatted } from 'node:util'
import { pathToFileURL } from 'node:url'

const ofVitest = createRequire(createRequire(import.meta.url).resolve('vitest'))
const load = (name) => import(pathToFileURL(ofVitest.resolve(name)).href)
const expectPackage = await load('@vitest/expect')
const { format } = await load('@vitest/pretty-format')

const { chai, JestChaiExpect, JestExtend, JestAsymmetricMatchers, ASYMMETRIC_MATCHERS_OBJECT } = expectPackage
chai.use(JestExtend)
chai.use(JestChaiExpect)
chai.use(JestAsymmetricMatchers)

const expect = (value, message) => chai.expect(value, message)
Object.assign(expect, chai.expect, globalThis[ASYMMETRIC_MATCHERS_OBJECT])
expect.fail = chai.expect.fail
expectPackage.setState(
  { assertionCalls: 0, isExpectingAssertions: false, isExpectingAssertionsError: null },
  expect,
)

/** The snapshots of the running test: `compare` is called with each in turn. */
let compare = () => undefined
chai.use((_, utils) => {
  for (const name of ['toMatchSnapshot', 'toMatchInlineSnapshot', 'toMatchFileSnapshot'])
    utils.addMethod(chai.Assertion.prototype, name, function snapshot() {
      const value = utils.flag(this, 'object')
      compare(typeof value === 'string' ? value : format(value, { printFunctionName: false }))
    })
})

/** With `each`, like vitest's. */
const withCases = (define) =>
  Object.assign(define, {
    each:
      (cases) =>
      (title, run, ...rest) => {
        for (const each of cases) {
          const values = Array.isArray(each) ? each : [each]
          const name = formatted(title, ...values.slice(0, title.match(/%[sdifjo]/g)?.length ?? 0))
          define(name, () => run(...values), ...rest)
        }
      },
  })

/** Runs `beforeAll` of a suite and of its parents, once. */
export const ready = async (of) => {
  if (of === null) return
  await ready(of.parent)
  of.ready ??= (async () => {
    for (const before of of.before) await before()
  })()
  await of.ready
}

const unsupported = (name) => () => {
  throw new Error(`${name} is not in scripts/mutate-tests.mjs`)
}

/**
 * @param snapshots by test, from the tests without a change; missing ones are recorded, because `npm test` verifies them against the
 *   stored ones
 */
export function collector(snapshots) {
  const tests = []
  const names = new Set()
  let file = ''
  let suite = { name: '', before: [], parent: null, ready: null }

  const describe = (name, collect) => {
    const outer = suite
    suite = { name: `${outer.name} ${name}`, before: [], parent: outer, ready: null }
    collect()
    suite = outer
  }
  const it = (name, ...rest) => {
    const run = rest.find((each) => typeof each === 'function')
    let id = `${file}#${suite.name} ${name}`
    while (names.has(id)) id += "'"
    names.add(id)
    tests.push({ id, file, run, suite })
  }
  const run = async ({ id, suite: of, run: body }) => {
    const known = snapshots[id]
    const seen = []
    compare = (text) => {
      if (known && known[seen.length] !== text) throw new Error('another snapshot')
      seen.push(text)
    }
    await ready(of)
    await body()
    snapshots[id] ??= seen
    if (snapshots[id].length !== seen.length) throw new Error('fewer snapshots')
  }
  const vitest = {
    describe: withCases(describe),
    it: withCases(it),
    test: withCases(it),
    expect,
    beforeAll: (before) => suite.before.push(before),
    afterAll: unsupported('afterAll'),
    onTestFinished: unsupported('onTestFinished'),
    vi: {},
  }
  return { vitest, tests, run, begin: (name) => (file = name) }
}
