import { balancerRoute6Rules } from './balancer-routes6.ts'
import type { Diagnostic } from '../../diagnostics/diagnostic.ts'
import { addressRules } from './addresses.ts'
import { argumentPairRules } from './argument-pairs.ts'
import { argumentRangeRules } from './argument-ranges.ts'
import { argumentConflictRules } from './argument-conflicts.ts'
import { assetRules } from './asset-files.ts'
import { bootChoiceRules } from './boot-choices.ts'
import { cipherSuiteRules } from './cipher-suites.ts'
import { componentArgumentRules } from './component-arguments.ts'
import { componentConfigurationRules } from './component-configuration.ts'
import { kubeletFieldConflictRules } from './kubelet-field-conflicts.ts'
import { kubeletFieldRules } from './kubelet-fields.ts'
import { patchRules } from './patches.ts'
import { volumeRules } from './volumes.ts'
import { containerRuntimeRules } from './container-runtime.ts'
import { containerdDropInRules } from './containerd-drop-ins.ts'
import { controlPlaneFileRules } from './control-plane-files.ts'
import { controlPlaneRules } from './control-plane.ts'
import { distributionRules, selinuxRules } from './distribution.ts'
import { etcdArgumentRules } from './etcd-arguments.ts'
import { etcdRules } from './etcd.ts'
import { extraHostRules } from './extra-hosts.ts'
import { familyRules } from './families.ts'
import { featureGateRules } from './feature-gates.ts'
import { fileRules } from './files.ts'
import { fipsRules } from './fips.ts'
import { firewallRules } from './firewall.ts'
import { haproxyPackageRules } from './haproxy-package.ts'
import { kernelArgumentRules } from './kernel-arguments.ts'
import { kernelRules } from './kernels.ts'
import { kubeletConflictRules } from './kubelet-conflicts.ts'
import { argumentChoiceRules } from './argument-choices.ts'
import { knownArgumentRules } from './known-arguments.ts'
import { kubernetesRules } from './kubernetes.ts'
import { linkFormatRules } from './link-formats.ts'
import { linkNetworkRules } from './link-networks.ts'
import { linkRules } from './links.ts'
import { loadBalancingRules } from './load-balancing.ts'
import { macRules } from './mac.ts'
import { machineRules } from './machines.ts'
import { mirrorArchitectureRules } from './mirror-architectures.ts'
import { mirrorSystemRules } from './mirror-systems.ts'
import { mixedSystemRules } from './mixed-systems.ts'
import { mirrorRules } from './mirrors.ts'
import { signingKeyRules } from './signing-keys.ts'
import { nameRules } from './names.ts'
import { networkPluginRules } from './network-plugin.ts'
import { networkRules } from './networks.ts'
import { nodeRules } from './nodes.ts'
import { oldAdviceRules } from './old-advice.ts'
import { releaseValueRules } from './release-values.ts'
import type { Rule, RuleContext } from './rule.ts'
import { proxyRules } from './proxy.ts'
import { regionalRules } from './regional.ts'
import { secretsInClearRules } from './secrets-in-clear.ts'
import { secretsRules } from './secrets.ts'
import { serverRules } from './server.ts'
import { syslogPortRules } from './syslog-port.ts'
import { settingsRules } from './settings.ts'
import { sudoFileRules } from './sudo-files.ts'
import { sshDropInRules } from './ssh-drop-ins.ts'
import { sshLoginRules } from './ssh-logins.ts'
import { sshPortRules } from './ssh-ports.ts'
import { storageRules } from './storage.ts'
import { swapRules } from './swap.ts'
import { systemImageRules } from './system-images.ts'
import { timeServerRules } from './time-servers.ts'
import { trustRules } from './trust.ts'
import { sysctlRules } from './sysctls.ts'
import { userRules } from './users.ts'
import { ipv6OffRules } from './virtual-addresses.ts'
import { vrrpNetworkRules } from './vrrp-networks.ts'

export { crossProfileRules } from './cross-profile.ts'
export { acrossProfiles, differentAssets, servedTogether } from './served-together.ts'

/** All rules. To add a family, add a file and an entry here. */
export const rules: readonly Rule[] = [
  nameRules,
  syslogPortRules,
  extraHostRules,
  regionalRules,
  proxyRules,
  macRules,
  networkRules,
  familyRules,
  addressRules,
  timeServerRules,
  linkRules,
  linkNetworkRules,
  linkFormatRules,
  machineRules,
  etcdRules,
  etcdArgumentRules,
  loadBalancingRules,
  vrrpNetworkRules,
  ipv6OffRules,
  balancerRoute6Rules,
  haproxyPackageRules,
  distributionRules,
  kernelRules,
  kernelArgumentRules,
  selinuxRules,
  systemImageRules,
  bootChoiceRules,
  kubernetesRules,
  controlPlaneRules,
  controlPlaneFileRules,
  componentArgumentRules,
  featureGateRules,
  knownArgumentRules,
  componentConfigurationRules,
  kubeletFieldRules,
  kubeletFieldConflictRules,
  patchRules,
  volumeRules,
  argumentChoiceRules,
  releaseValueRules,
  cipherSuiteRules,
  argumentRangeRules,
  argumentPairRules,
  argumentConflictRules,
  kubeletConflictRules,
  swapRules,
  storageRules,
  nodeRules,
  containerRuntimeRules,
  containerdDropInRules,
  networkPluginRules,
  assetRules,
  serverRules,
  mirrorRules,
  signingKeyRules,
  mirrorArchitectureRules,
  mirrorSystemRules,
  mixedSystemRules,
  firewallRules,
  trustRules,
  userRules,
  settingsRules,
  fipsRules,
  sysctlRules,
  fileRules,
  sshDropInRules,
  sudoFileRules,
  sshLoginRules,
  sshPortRules,
  oldAdviceRules,
  secretsRules,
  secretsInClearRules,
]

/** Runs all rules. */
export const applyRules = (context: RuleContext): Diagnostic[] => rules.flatMap((rule) => rule(context))
