import { resolve } from '../../src/cluster/resolve.ts'
import { compareMachine, type MachineDifference } from '../../src/diff/compare.ts'
import { takesText } from '../../src/diff/report.ts'
import { sideOf } from '../../src/diff/side.ts'
import type { Takes } from '../../src/diff/takes.ts'
import type { Cluster } from '../../src/cluster/cluster.ts'
import type { Profile } from '../../src/profile/schema.ts'
import { machineOf } from '../components/host.ts'
import { exampleProfile, type ProfileName, testSecrets } from '../example.ts'

export type Change = (profile: Profile) => void

/** A change of a profile as it is looked at on one machine. */
export type Case = { machine: string; change: Change; from?: Change; profile?: ProfileName }

export const settings =
  (text: Partial<Profile>): Change =>
  (profile) =>
    Object.assign(profile, text)

/** Settings of `kubernetes`. */
export const kubernetes =
  (text: Partial<Profile['kubernetes']>): Change =>
  (profile) =>
    Object.assign(profile.kubernetes, text)

export const nothingChanged: Change = () => undefined

/** @param secrets where the machines need certificates */
function clusterOf(
  name: ProfileName | undefined,
  changes: readonly Change[],
  secrets = testSecrets,
): Cluster {
  const profile = exampleProfile(name)
  for (const change of changes) change(profile)
  return resolve(profile, new Map(), secrets)
}

/** What a change of the profile means for one machine. */
export function difference(
  { machine, change, from = nothingChanged, profile }: Case,
  secrets = testSecrets,
): MachineDifference | null {
  const before = clusterOf(profile, [from], secrets)
  const after = clusterOf(profile, [from, change], secrets)
  return compareMachine(
    sideOf(before, machineOf(before, machine)),
    sideOf(after, machineOf(after, machine)),
    null,
  )
}

/** What it takes, and below it what has to be done by hand or known, as a reader of the report sees it. */
export function judgement(found: MachineDifference | null): string[] {
  if (!found) return ['no difference']
  const large = found.takes.level === 'reboot' || found.takes.level === 'reinstall'
  const all = [...found.facts, ...found.files]
  const shown = all.filter(({ takes }) => takes.byHand || (large && takes.level === found.takes.level))
  return [takesText(found), ...new Set(shown.map(({ takes }) => takes.reason))]
}

const takesOf = ({ level, units, steps = [], byHand, reason }: Takes): string =>
  [
    level,
    ...units,
    ...steps.map((name) => `step ${name}`),
    ...(byHand ? ['by hand'] : []),
    `(${reason})`,
  ].join(' ')

/** All facts and files that differ, each with all that it takes. Steps that only have another number are left out. */
export function everyJudgement(found: MachineDifference | null): string[] {
  if (!found) return ['no difference']
  const facts = found.facts.map(
    ({ name, before, after, takes }) => `${name}: ${before} → ${after}\n  ${takesOf(takes)}`,
  )
  const other = found.files.filter(({ change }) => change !== 'moved')
  const files = other.map(({ where, change, path, takes }) => {
    const kind = path.replace(/(?:01-)?[0-9a-f]{2}(?:-[0-9a-f]{2}){5}/, '<mac>')
    return `${change} ${where === 'site' ? 'site/' : ''}${kind}\n  ${takesOf(takes)}`
  })
  // A machine has boot files under each of its MAC addresses.
  return [takesText(found), ...new Set([...facts, ...files])].flatMap((text) => text.split('\n'))
}

/** The judgement of each case by its name. */
export const judgements = (cases: Readonly<Record<string, Case>>, secrets = testSecrets) =>
  Object.fromEntries(
    Object.entries(cases).map(([name, each]) => [name, judgement(difference(each, secrets))]),
  )
