import type { Cluster, Machine } from '../cluster/cluster.ts'
import { type About, type Delivery, wholeDelivery } from '../delivery/manifest.ts'
import { deliverySince } from '../delivery/since.ts'
import { printable } from '../diagnostics/excerpt.ts'
import { findCommit } from '../pipeline/commit.ts'
import type { OpenedCluster } from '../pipeline/open.ts'
import { clusterAt } from './at-revision.ts'
import type { Context } from './context.ts'
import { findMachine, unknownMachine } from './machines.ts'
import { printMistakes } from './report.ts'
import { secretsOf } from './secrets/option.ts'

/* What `files` and `apply` share: selecting machines, and making what each of them receives. */

export type Deliveries = {
  cluster: Cluster
  machines: readonly Machine[]
  about: About
  /** @returns null if the earlier revision did not have the machine, after printing that */
  deliveryFor(machine: Machine): Delivery | null
}

/**
 * Reads the profile according to the options.
 *
 * @param wanted names or MAC addresses; empty: all machines
 * @returns null if something is wrong, after printing it
 */
export async function openDeliveries(
  context: Context,
  file: string,
  wanted: readonly string[],
): Promise<Deliveries | null> {
  const { options, stderr } = context
  const secrets = secretsOf(context, 'render')
  const revision = options.text('rev')
  const refused = 'has errors and cannot be applied to machines'
  const after = await clusterAt({ profile: file, revision }, { context, secrets, refused })
  if (!after) return null
  const since = options.text('changed-since')
  let before: OpenedCluster | null = null
  if (since !== null) {
    const refusedBefore = `cannot be compared as it is in ${printable(since)}`
    const earlier = { profile: file, revision: since }
    before = await clusterAt(earlier, { context, secrets, refused: refusedBefore, earlier: true })
    if (!before) return null
  }
  const { cluster } = after
  const unknown = wanted.filter((name) => !findMachine(cluster, name))
  for (const name of unknown) stderr.write(`hakube: ${printable(unknownMachine(cluster, name))}\n`)
  if (unknown.length > 0) return null
  const { commit, diagnostics } = await findCommit(after.loaded, context.environment)
  stderr.write(printMistakes([{ loaded: null, diagnostics }], stderr.colour))
  const meant = wanted.flatMap((name) => findMachine(cluster, name) ?? [])
  return {
    cluster,
    machines: wanted.length === 0 ? cluster.machines : [...new Set(meant)],
    about: { hakube: context.version, commit },
    deliveryFor(machine) {
      if (since === null || !before) return wholeDelivery(cluster, machine)
      const earlier = before.cluster.machines.find(({ name }) => name === machine.name)
      if (earlier)
        return deliverySince(since, { cluster: before.cluster, machine: earlier }, { cluster, machine })
      stderr.write(`hakube: ${printable(`${since} has no machine ${machine.name}: omit --changed-since`)}\n`)
      return null
    },
  }
}
