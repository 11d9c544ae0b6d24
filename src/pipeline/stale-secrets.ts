import type { Cluster } from '../cluster/cluster.ts'
import { type Diagnostic, error, type Path, warning } from '../diagnostics/diagnostic.ts'
import type { Problem } from '../secrets/examine.ts'
import { authorityWords } from '../secrets/rotate.ts'
import { count } from '../text/count.ts'
import type { SyncPlan } from '../secrets/sync.ts'

/** `check` also judges by the clock. `render` does not, because the same commit and bundle have to give the same site tomorrow. */
export type Purpose = 'check' | 'render'

type Row = { problem: Problem; title: string; path: Path }

/** Missing and stale secrets of the bundle, at the positions of the profile that they belong to. */
export function staleDiagnostics(
  plan: SyncPlan,
  cluster: Pick<Cluster, 'machines'>,
  file: string,
  purpose: Purpose,
): Diagnostic[] {
  const indexes = new Map(cluster.machines.map(({ name, index }) => [name, index]))
  const rows = plan.certificates.flatMap(({ need, problems }) =>
    problems.map((problem): Row => {
      const title = `${need.kind} certificate of ${need.machine}`
      return { problem, title, path: ['machines', indexes.get(need.machine) ?? 0, 'name'] }
    }),
  )
  const hint = `reissue it in ${file} with hakube secrets sync`
  return [
    ...groupByProblem(rows).flatMap((group) => certificateDiagnostic(group, hint, purpose)),
    // It does not affect what is rendered.
    ...plan.server.map(({ text }) =>
      warning('secrets/server', `certificate of hakube's server: ${text}`, { hint, path: ['server'] }),
    ),
    ...encryptionDiagnostics(plan, file),
    ...enrolmentDiagnostics(plan, file),
    ...authorityDiagnostics(plan, file, purpose),
    ...otherDiagnostics(plan, file),
  ]
}

/** More than these have a common cause, such as a rotated CA, which one message explains better. */
const listed = 3

function groupByProblem(rows: readonly Row[]): Row[][] {
  const groups = new Map<string, Row[]>()
  for (const row of rows) groups.set(row.problem.kind, [...(groups.get(row.problem.kind) ?? []), row])
  return [...groups.values()].flatMap((group) =>
    group.length > listed ? [group] : group.map((row) => [row]),
  )
}

function certificateDiagnostic(group: readonly Row[], hint: string, purpose: Purpose): Diagnostic[] {
  const [first] = group
  if (!first) return []
  const { title, problem, path } = first
  const others = group.length > 1 ? `, and ${count(group.length - 1, 'more certificate')} likewise` : ''
  const message = `${title}: ${problem.text}${others}`
  const make = isError(problem, purpose) ? error : warning
  return [make('secrets/stale', message, { hint, path })]
}

function isError({ kind }: Problem, purpose: Purpose): boolean {
  if (kind === 'expiring' || kind === 'small-key') return false
  return (kind !== 'expired' && kind !== 'early') || purpose === 'check'
}

const encryptionDiagnostics = ({ encryptionKey }: SyncPlan, file: string): Diagnostic[] =>
  encryptionKey === 'needed'
    ? [
        error('secrets/stale', `${file} has no key for encryption at rest yet`, {
          hint: `create it in ${file} with hakube secrets sync`,
          path: ['kubernetes', 'encryptionAtRest'],
          onKey: true,
        }),
      ]
    : []

const enrolmentDiagnostics = ({ enrolment }: SyncPlan, file: string): Diagnostic[] =>
  enrolment === 'needed'
    ? [
        error('secrets/enrolment', `${file} does not have the CAs by which machines enrol`, {
          hint: `create them with hakube secrets sync, or write secrets: {delivery: inline} to have the secrets in the seeds, in clear text`,
          path: ['secrets', 'delivery'],
          onKey: true,
        }),
      ]
    : []

const authorityDiagnostics = (plan: SyncPlan, file: string, purpose: Purpose): Diagnostic[] =>
  plan.authorities.flatMap(({ name, problems }) =>
    problems.map((problem) => {
      const make = isError(problem, purpose) ? error : warning
      return make('secrets/authority', `${file}: ${authorityWords[name]}: ${problem.text}`, {
        hint: `replace it and everything that it signed with hakube secrets rotate; docs/secrets.md describes what that requires on a running cluster`,
      })
    }),
  )

function otherDiagnostics({ unused, recipients }: SyncPlan, file: string): Diagnostic[] {
  const diagnostics: Diagnostic[] = []
  const [first] = unused
  if (first) {
    const others = unused.length > 1 ? ` and ${unused.length - 1} more` : ''
    diagnostics.push(
      warning(
        'secrets/unused',
        `${file} holds the ${first.kind} certificate of ${first.machine}${others}, which no machine needs`,
        {
          hint: 'remove it with hakube secrets sync --prune',
        },
      ),
    )
  }
  if (recipients)
    diagnostics.push(
      warning('secrets/recipients', `the recipients of ${file} differ from those in the profile`, {
        hint: 'encrypt it again with hakube secrets sync',
        path: ['secrets', 'recipients'],
      }),
    )
  return diagnostics
}
