import type { Diagnostic } from '../../diagnostics/diagnostic.ts'
import { addressRules } from './addresses.ts'
import { argumentConflictRules } from './argument-conflicts.ts'
import { assetRules } from './assets.ts'
import { componentArgumentRules } from './component-arguments.ts'
import { containerRuntimeRules } from './container-runtime.ts'
import { containerdDropInRules } from './containerd-drop-ins.ts'
import { controlPlaneFileRules } from './control-plane-files.ts'
import { controlPlaneRules } from './control-plane.ts'
import { distributionRules, selinuxRules } from './distribution.ts'
import { etcdRules } from './etcd.ts'
import { fileRules } from './files.ts'
import { fipsRules } from './fips.ts'
import { firewallRules } from './firewall.ts'
import { haproxyPackageRules } from './haproxy-package.ts'
import { kernelArgumentRules } from './kernel-arguments.ts'
import { kernelRules } from './kernels.ts'
import { kubeletConflictRules } from './kubelet-conflicts.ts'
import { knownArgumentRules } from './known-arguments.ts'
import { kubernetesRules } from './kubernetes.ts'
import { loadBalancingRules } from './load-balancing.ts'
import { macRules } from './mac.ts'
import { machineRules } from './machines.ts'
import { mirrorArchitectureRules } from './mirror-architectures.ts'
import { mirrorRules } from './mirrors.ts'
import { signingKeyRules } from './signing-keys.ts'
import { nameRules } from './names.ts'
import { networkPluginRules } from './network-plugin.ts'
import { networkRules } from './networks.ts'
import { nodeRules } from './nodes.ts'
import { oldAdviceRules } from './old-advice.ts'
import type { Rule, RuleContext } from './rule.ts'
import { secretsInClearRules } from './secrets-in-clear.ts'
import { secretsRules } from './secrets.ts'
import { serverRules } from './server.ts'
import { settingsRules } from './settings.ts'
import { swapRules } from './swap.ts'
import { trustRules } from './trust.ts'
import { sysctlRules } from './sysctls.ts'
import { userRules } from './users.ts'
import { ipv6OffRules } from './virtual-addresses.ts'

export { crossProfileRules } from './cross-profile.ts'

/** All rules; to add a family: one more file and one more entry. */
export const rules: readonly Rule[] = [
  nameRules,
  macRules,
  networkRules,
  addressRules,
  machineRules,
  etcdRules,
  loadBalancingRules,
  ipv6OffRules,
  haproxyPackageRules,
  distributionRules,
  kernelRules,
  kernelArgumentRules,
  selinuxRules,
  kubernetesRules,
  controlPlaneRules,
  controlPlaneFileRules,
  componentArgumentRules,
  knownArgumentRules,
  argumentConflictRules,
  kubeletConflictRules,
  swapRules,
  nodeRules,
  containerRuntimeRules,
  containerdDropInRules,
  networkPluginRules,
  assetRules,
  serverRules,
  mirrorRules,
  signingKeyRules,
  mirrorArchitectureRules,
  firewallRules,
  trustRules,
  userRules,
  settingsRules,
  fipsRules,
  sysctlRules,
  fileRules,
  oldAdviceRules,
  secretsRules,
  secretsInClearRules,
]

/** Runs all rules. */
export const applyRules = (context: RuleContext): Diagnostic[] => rules.flatMap((rule) => rule(context))
