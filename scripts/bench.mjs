// `npm run bench`: compares the speed of hakube with that of alternatives, measured in one run on this machine.
import { rmSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'
import { join } from 'node:path'
import { build } from './prepare.mjs'

build()
// Imported only now, because they use packages that the line above installs.
const { hakube, has, profileFile, row, rows, seconds, work } = await import('./bench/measure.mjs')
const { renderProfiles } = await import('./bench/profiles.mjs')
const { serving } = await import('./bench/serving.mjs')
const { reloading } = await import('./bench/reload.mjs')
const { assetBench } = await import('./bench/asset.mjs')
const { storm } = await import('./bench/storm.mjs')
const { secretsBench } = await import('./bench/secrets.mjs')
const { ansibleBench } = await import('./bench/ansible.mjs')

const site = (name) => join(work, `site-${name}`)

/** Time and memory of the median run. */
function middle(runs) {
  const sorted = runs.toSorted((one, other) => one.milliseconds - other.milliseconds)
  const { milliseconds, megabytes } = sorted[Math.floor(sorted.length / 2)]
  return `${seconds(milliseconds)}, ${megabytes} MB`
}

function renders(count, repeats, aim) {
  const file = profileFile(count)
  const numbers = Array.from({ length: repeats }, (_, index) => (index === 0 ? count : `${count}-${index}`))
  const cold = numbers.map((name) => hakube('render', file, '--out', site(name)))
  row(`render ${count} machines, cold`, middle(cold), aim)
  const unchanged = numbers.map(() => hakube('render', file, '--out', site(count)))
  if (unchanged.some(({ stderr }) => !stderr.includes(' 0 created, 0 changed, 0 removed, ')))
    throw new Error('the same inputs gave other bytes')
  row(`render ${count} machines, nothing changed`, middle(unchanged), aim)
}

try {
  renders(1000, 3, 'under 1 s, 300 MB')
  renders(10_000, 1, 'linear, under 1 GB')
  const ephemeral = hakube('render', profileFile(1000), '--out', site('trial'), '--ephemeral-secrets')
  row('render 1000 machines, cold, and make ephemeral keys', middle([ephemeral]))
  renderProfiles()
  const check = hakube('check', profileFile(1000))
  row('check 1000 machines with all programs', middle([check]), 'under 10 s')
  const read = /different texts read by (.*)/.exec(check.stderr)?.[1]
  row('check: different texts read by', read ?? 'none: no program is installed')
  await serving(10_000, site(10_000))
  await reloading(1000)
  await assetBench()
  await storm(1000)
  secretsBench()
  if (has('ansible-playbook')) ansibleBench()
  else row('ansible-playbook', 'not run: needs ansible-core')
} finally {
  rmSync(work, { recursive: true, force: true })
}

const widths = [0, 1, 2].map((column) => Math.max(...rows.map((cells) => cells[column].length), 6))
const line = (cells) => `| ${cells.map((cell, column) => cell.padEnd(widths[column])).join(' | ')} |\n`
const [{ model }] = cpus()
const memory = Math.round(totalmem() / 2 ** 30)
process.stdout.write(
  [
    `\n${model}, ${cpus().length} cores, ${memory} GB, Node ${process.versions.node}\n\n`,
    line(['what', 'result', 'aim']),
    line(widths.map((width) => '-'.repeat(width))),
    ...rows.map((cells) => line(cells)),
  ].join(''),
)
