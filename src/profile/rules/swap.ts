import { warning, type Path } from '../../diagnostics/diagnostic.ts'
import { isNodeRole, type Profile } from '../schema.ts'
import { runsWithSwap } from '../swap.ts'
import { toldTo } from './told-kubelets.ts'
import type { Rule, RuleContext } from './rule.ts'

/** hakube disables swap where the kubelet does not start with it, so the feature gate alone has no effect. */
export const swapRules: Rule = (context) => {
  const { profile } = context
  const path = gate(profile)
  if (path === null || profile.machines.some((_, index) => keeps(context, index))) return []
  return [
    warning('kubernetes/node-swap', 'NodeSwap has no effect: hakube disables swap on all nodes', {
      hint: 'write kubeletArguments: {fail-swap-on: "false"} for the nodes that should keep swap, or remove NodeSwap',
      path,
      source: 'https://kubernetes.io/docs/concepts/cluster-administration/swap-memory-management/',
    }),
  ]
}

const gate = ({ kubernetes }: Profile): Path | null =>
  kubernetes.featureGates?.['NodeSwap'] === true ? ['kubernetes', 'featureGates', 'NodeSwap'] : null

/** The narrowest position with an argument or a file wins. */
function keeps({ profile, sources }: RuleContext, index: number): boolean {
  const machine = profile.machines[index]
  if (!machine || !isNodeRole(machine.role)) return false
  const told = toldTo(profile, index)
  const files = new Map<string, string>()
  for (const settings of [profile, profile.roles?.[machine.role], machine]) {
    for (const { path: name, content, source } of settings?.files ?? [])
      files.set(name, content ?? sources.get(source ?? '') ?? '')
  }
  return runsWithSwap({
    argument: (name) => told.get(name)?.value,
    files: [...files].map(([name, text]) => ({ path: name, text })),
  })
}
