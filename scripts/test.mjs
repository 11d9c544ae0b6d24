// `npm test`: everything from setup to the rack test, in one command. Arguments select stages: `npm test -- lint unit`. The stage `long`
// runs only if it is named: `npm run test:long`.
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { spawnSync } from 'node:child_process'
import { join, relative } from 'node:path'
import { build, local, root, run } from './prepare.mjs'

// The Debian packages with programs that the tests use. Each test group states what it needs (test/prerequisites.ts).
const debianPackages = readFileSync(join(root, 'scripts', 'test-packages.txt'), 'utf8')
  .split('\n')
  .map((line) => line.replace(/#.*/, '').trim())
  .filter(Boolean)

const isDebian = () => existsSync('/etc/debian_version') && spawnSync('apt-get', ['--version']).status === 0

/** As root on Debian, installs the programs that read hakube's output. On other systems, the tests report what is missing. */
function installPrograms() {
  if (process.getuid?.() !== 0 || !isDebian()) return 0
  const asked = spawnSync('dpkg-query', ['-W', '-f', '${Package} ${db:Status-Status}\n', ...debianPackages], {
    encoding: 'utf8',
  })
  const present = new Set(
    asked.stdout
      .split('\n')
      .filter((line) => line.endsWith(' installed'))
      .map((line) => line.split(' ')[0]),
  )
  const wanted = debianPackages.filter((name) => !present.has(name))
  if (wanted.length === 0) return 0
  process.stderr.write(`Installing ${wanted.join(' ')} …\n`)
  const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  // Services of these packages must not start here, because the tests start the programs themselves.
  const noServices = ['-o', 'Dpkg::Options::=--force-confold', '-o', 'APT::Install-Recommends=false']
  const options = { env: { ...environment, RUNLEVEL: '1' }, stdio: ['ignore', 'ignore', 'inherit'] }
  return (
    run('apt-get', ['update', '-q'], options) ||
    run('apt-get', ['install', '-y', '-q', ...noServices, ...wanted], options)
  )
}

const projects = ['unit', 'integration', 'rack', 'long']
const notRunFile = join(root, '.cache', 'not-run.txt')
const reportFile = (project) => join(root, '.cache', `${project}-report.json`)
const vitest = (project) =>
  run(
    local('vitest'),
    [
      'run',
      '--project',
      project,
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${reportFile(project)}`,
    ],
    { env: { ...process.env, HAKUBE_NOT_RUN_FILE: notRunFile } },
  )

/** The failures with the first line of the reason, because often only the end of a long log is read. */
function failuresOf(project) {
  if (!existsSync(reportFile(project))) return []
  const { testResults } = JSON.parse(readFileSync(reportFile(project), 'utf8'))
  return testResults.flatMap(({ name, status, message, assertionResults }) => {
    const file = relative(root, name)
    const tests = assertionResults.filter((result) => result.status === 'failed')
    const lines = tests.map(
      ({ fullName, failureMessages }) => `${file}: ${fullName}: ${firstLine(failureMessages[0])}`,
    )
    return lines.length === 0 && status === 'failed' ? [`${file}: ${firstLine(message)}`] : lines
  })
}

const firstLine = (text) => (text ?? '').split('\n')[0]

/** The test files that took longest, to show where the time of a run goes. */
function longestOf(project) {
  if (!existsSync(reportFile(project))) return []
  const { testResults } = JSON.parse(readFileSync(reportFile(project), 'utf8'))
  return testResults
    .map(({ name, startTime, endTime }) => ({
      file: relative(root, name),
      seconds: Math.round((endTime - startTime) / 1000),
    }))
    .filter(({ seconds }) => seconds >= 20)
    .toSorted((left, right) => right.seconds - left.seconds)
    .slice(0, 12)
    .map(({ file, seconds }) => `  ${seconds} s ${file}`)
}

const stages = {
  programs: installPrograms,
  types: () => run(local('tsc'), ['-p', 'tsconfig.test.json']),
  lint: () => run(local('oxlint'), ['--type-aware', '--deny-warnings']),
  format: () => run(local('oxfmt'), ['--check']),
  unit: () => vitest('unit'),
  integration: () => vitest('integration'),
  rack: () => vitest('rack'),
  long: () => vitest('long'),
}
const onlyWhenNamed = new Set(['long'])

const asked = process.argv.slice(2)
const unknown = asked.filter((name) => !(name in stages))
if (unknown.length > 0) {
  process.stderr.write(`no stage ${unknown.join(', ')}; there are ${Object.keys(stages).join(', ')}\n`)
  process.exit(2)
}

build()
mkdirSync(join(root, '.cache'), { recursive: true })
rmSync(notRunFile, { force: true })
for (const project of projects) rmSync(reportFile(project), { force: true })
const results = []
for (const [name, stage] of Object.entries(stages)) {
  if (asked.length > 0 ? !asked.includes(name) : onlyWhenNamed.has(name)) continue
  process.stderr.write(`\n== ${name}\n`)
  const started = Date.now()
  const status = stage()
  results.push({ name, status, seconds: Math.round((Date.now() - started) / 1000) })
}

const notRun = existsSync(notRunFile)
  ? [...new Set(readFileSync(notRunFile, 'utf8').split('\n'))].filter(Boolean)
  : []
if (notRun.length > 0) process.stdout.write(`\nNot run:\n${notRun.map((line) => `  ${line}\n`).join('')}`)
process.stdout.write('\n')
for (const { name, status, seconds } of results) {
  process.stdout.write(`${status === 0 ? 'ok    ' : 'FAILED'} ${name} (${seconds} s)\n`)
}
const longest = results.flatMap(({ name }) => longestOf(name))
if (longest.length > 0) process.stdout.write(`\nLongest:\n${longest.join('\n')}\n`)
const failures = results.flatMap(({ name, status }) => (status === 0 ? [] : failuresOf(name)))
if (failures.length > 0) process.stdout.write(`\nFailed:\n${failures.map((line) => `  ${line}\n`).join('')}`)
const failed = results.filter((result) => result.status !== 0).length
process.stdout.write(`\nstages: ${results.length - failed} passed, ${failed} failed\n`)
process.exit(failed > 0 ? 1 : 0)
