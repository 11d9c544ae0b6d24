import { kubeletUnit } from '../distributions/unit-names.ts'
import type { Cluster, Machine } from '../cluster/cluster.ts'
import type {
  CollectedPart,
  Component,
  Declared,
  File,
  Package,
  Part,
  Repository,
} from '../assembly/component.ts'
import type { RefusedArgument, RefusedSysctl } from '../assembly/refused.ts'
import { usesIPv6 } from '../cluster/families.ts'
import { kubernetesKeys, withKeys } from '../distributions/signing-keys.ts'
import { isNode } from './container-runtime.ts'
import { auditFiles } from './kubeadm/audit.ts'
import { authorityFiles } from './kubeadm/authorities.ts'
import { admissionTimer, bringUp } from './kubeadm/bring-up.ts'
import { componentFiles } from './kubeadm/component-files.ts'
import { documentsText, initDocuments, joinDocuments } from './kubeadm/configuration.ts'
import type { KubeadmDocument } from './kubeadm/documents.ts'
import { encryptionFiles } from './kubeadm/encryption.ts'
import { kubeletDropIns } from './kubeadm/kubelet-fields.ts'
import { patchFiles } from './kubeadm/patches.ts'
import { kubeletPorts, ports } from './kubeadm/ports.ts'
import { refusedCommands } from './kubeadm/refused-commands.ts'
import { writtenByKubeProxy } from './kubeadm/kube-proxy-sysctls.ts'
import {
  refusedByConnections,
  refusedByNodes,
  refusedByReachable,
  refusedByVirtualAddresses,
} from './kernel-limits.ts'
import { onceForEach, sameForAll } from '../assembly/once.ts'
import { readAgain, manual } from '../assembly/on-change.ts'

/** One repository for each minor release: https://kubernetes.io/blog/2023/08/15/pkgs-k8s-io-introduction/ */
function repository({ kubernetes, mirrors }: Cluster, { system }: Machine): Repository {
  const base = `${mirrors.kubernetes}/v${kubernetes.minor}`
  const [url, key] =
    system.distribution.family === 'debian'
      ? [`${base}/deb/ /`, `${base}/deb/Release.key`]
      : [`${base}/rpm/`, `${base}/rpm/repodata/repomd.xml.key`]
  return withKeys({ name: 'kubernetes', url, key, fingerprints: kubernetesKeys }, mirrors.keys, 'kubernetes')
}

/** The packages that kubeadm's preflight checks require (cmd/kubeadm/app/preflight/checks.go), and those that kube-proxy uses. */
function packages({ kubernetes }: Cluster, { system: { distribution } }: Machine): Package[] {
  const helpers = [
    distribution.packages.curl,
    distribution.packages.conntrack,
    distribution.packages.socat,
    ...(kubernetes.proxyMode === 'ipvs' ? [distribution.packages.ipset, distribution.packages.ipvsadm] : []),
  ]
  return [
    ...['kubeadm', 'kubectl', 'kubelet'].map((name): Package => ({
      name,
      version: kubernetes.version,
      keptByMembers: true,
    })),
    // crictl, for checks and for operators. From 1.32 on kubeadm's package no longer depends on it (kubernetes/release#3626).
    { name: 'cri-tools' },
    ...helpers.flatMap((name) => (name ? [{ name }] : [])),
  ]
}

function modules({ kubernetes }: Cluster): NonNullable<Part['kernelModules']> {
  const forwarder = kubernetes.proxyMode === 'none' ? 'the network plugin' : 'kube-proxy'
  const ofProxy =
    kubernetes.proxyMode === 'ipvs'
      ? ['ip_vs', 'ip_vs_rr', 'ip_vs_wrr', 'ip_vs_sh'].map((name) => ({
          name,
          reason: 'kube-proxy in ipvs mode',
        }))
      : []
  return [
    { name: 'br_netfilter', reason: `bridged traffic of pods passes through the rules of ${forwarder}` },
    // Not nf_conntrack_ipv4, which was merged into it in kernel 4.19 (torvalds/linux a0ae2562c6c4).
    { name: 'nf_conntrack', reason: forwarder },
    ...ofProxy,
  ]
}

const sysctls: NonNullable<Part['sysctls']> = [
  { key: 'net.ipv4.ip_forward', value: '1', reason: 'kubeadm refuses to start without it' },
  // Network plugins that use bridges need them; kubeadm stopped checking them in 1.30 (kubernetes/kubernetes#123464).
  { key: 'net.bridge.bridge-nf-call-iptables', value: '1', reason: 'traffic between pods of one machine' },
  { key: 'net.bridge.bridge-nf-call-ip6tables', value: '1', reason: 'traffic between pods of one machine' },
]

/** Routers accept no default route from router advertisements (ip-sysctl, accept_ra); theirs is network.gateway6. */
const sysctls6: NonNullable<Part['sysctls']> = [
  { key: 'net.ipv6.conf.all.forwarding', value: '1', reason: 'pods with IPv6 addresses' },
]

const sysctlsOf = (cluster: Cluster): NonNullable<Part['sysctls']> =>
  usesIPv6(cluster) ? [...sysctls, ...sysctls6] : sysctls

const isOn = (value: string): boolean => /^(?:1|t|true)$/i.test(value)

/** Whether the kubelet exits if kernel settings differ from those that it expects, instead of changing them. */
const protectsKernel = ({ settings }: Machine): boolean =>
  settings.kubeletIsTold.some(({ name, value }) => name === 'protect-kernel-defaults' && isOn(value))

/** setupKernelTunables in pkg/kubelet/cm/container_manager_linux.go, and k8s.io/component-helpers/node/util/sysctl */
const protectedSysctls: NonNullable<Part['sysctls']> = [
  ['vm.overcommit_memory', '1'],
  ['vm.panic_on_oom', '0'],
  ['kernel.panic', '10'],
  ['kernel.panic_on_oops', '1'],
  ['kernel.keys.root_maxkeys', '1000000'],
  ['kernel.keys.root_maxbytes', '25000000'],
].map(([key = '', value = '']) => ({
  key,
  value,
  reason: 'the kubelet with protect-kernel-defaults exits at any other value',
}))

/** Control groups that the kubelet and kubeadm require (system-validators, cgroup_validator_linux.go; cgroup_manager_linux.go). */
const controlGroups = ['cpu', 'cpuacct', 'cpuset', 'devices', 'freezer', 'memory', 'pids']

/** Minimums of kubeadm init and of joining control planes (ControlPlaneNumCPU and ControlPlaneMem in constants.go). */
const tooLittle: readonly RefusedArgument[] = [
  ...[
    { name: 'nosmp', values: [''] },
    { name: 'maxcpus', values: ['0', '1'] },
    { name: 'nr_cpus', values: ['1'] },
    { name: 'possible_cpus', values: ['1'] },
  ].map((each) => ({ ...each, reason: 'a control plane needs two processors' })),
  { name: 'mem', below: 1700 * 1024 ** 2, reason: 'a control plane needs 1700 MB of memory' },
]

/**
 * https://kubernetes.io/docs/setup/production-environment/tools/kubeadm/install-kubeadm/ requires 2 GB; with half of that no pod starts.
 */
const tooLittleForNodes: RefusedArgument = {
  name: 'mem',
  below: 1024 ** 3,
  reason: 'the kubelet, the container runtime and the system need 1 GiB of memory',
}

/** Settings that the kubelet writes when it starts, unless protect-kernel-defaults is set. */
const writtenByKubelet: readonly RefusedSysctl[] = protectedSysctls.map(({ key, value }) => ({
  key,
  otherThan: value,
  reason: 'the kubelet writes that whenever it starts',
}))

function refusedSysctls(cluster: Cluster, machine: Machine): RefusedSysctl[] {
  return [
    ...refusedByReachable,
    ...(cluster.loadBalancing ? refusedByVirtualAddresses : []),
    ...refusedByConnections,
    ...refusedByNodes,
    ...(protectsKernel(machine) ? [] : writtenByKubelet),
    ...writtenByKubeProxy(cluster),
  ]
}

function refusedArguments({ role, system: { distribution } }: Machine): RefusedArgument[] {
  const reason = 'control groups isolate pods'
  return [
    { name: 'cgroup_disable', values: controlGroups, reason },
    ...(distribution.cgroups === 1
      ? [{ name: 'cgroup_no_v1', values: ['all', ...controlGroups], reason }]
      : []),
    ...(distribution.onlyCgroups2
      ? ['0', 'no', 'false', 'off'].map((value) => ({
          name: 'systemd.unified_cgroup_hierarchy',
          values: [value],
          reason: `systemd of ${distribution.title} does not start with control groups v1`,
        }))
      : []),
    ...(role === 'control-plane' ? tooLittle : [tooLittleForNodes]),
  ]
}

const contribute = onceForEach<Part>(
  (machine) => `${machine.role} ${protectsKernel(machine)} ${kubeletPorts(machine).kind}`,
  (cluster, machine) => ({
    repositories: [repository(cluster, machine)],
    packages: packages(cluster, machine),
    kernelModules: modules(cluster),
    sysctls: protectsKernel(machine) ? [...sysctlsOf(cluster), ...protectedSysctls] : sysctlsOf(cluster),
    refusedArguments: refusedArguments(machine),
    refusedCommands,
    refusedSysctls: refusedSysctls(cluster, machine),
    ports: ports(cluster, machine),
    // Only enabled here: the step kubeadm starts it.
    units: [{ name: kubeletUnit, start: 'no', stage: null }],
  }),
)

const unused = readAgain(
  'kubeadm reads it only when the cluster is initialized, or when the machine joins it',
)

/** Both contain the bootstrap token, and on control planes possibly the certificate key. */
const configuration = (command: 'init' | 'join', documents: readonly KubeadmDocument[]): File => ({
  path: `/etc/kubernetes/kubeadm/${command}.yaml`,
  mode: '0600',
  content: documentsText(documents),
  secret: true,
  onChange: {
    comparison: `kubeadm ${command}`,
    created: unused,
    removed: unused,
    onlyLines: { like: '^ *(- )?(token|certificateKey): |^ *- "sha256:', takes: unused },
    otherwise: manual(
      `a member keeps the configuration that it joined with, but ${command}.yaml has changed: hakube diff compares it field by field, and names the required actions`,
    ),
  },
})

const controlPlaneFiles = onceForEach(sameForAll, (cluster) => [
  ...auditFiles(cluster),
  ...encryptionFiles(cluster),
  ...componentFiles(cluster),
])

function collect(cluster: Cluster, machine: Machine, declared: Declared): CollectedPart {
  const { files, ...rest } = bringUp(cluster, machine)
  return {
    files: [
      ...authorityFiles(cluster, machine),
      ...(machine.role === 'control-plane' ? controlPlaneFiles(cluster, machine) : []),
      ...(machine.initializes ? [configuration('init', initDocuments(cluster, machine, declared))] : []),
      configuration('join', joinDocuments(cluster, machine)),
      ...patchFiles(cluster, machine),
      ...kubeletDropIns(cluster, machine),
      ...files,
    ],
    ...rest,
  }
}

export const kubeadm: Component = {
  name: 'kubeadm',
  purpose: "Initializes or joins the Kubernetes cluster, at the profile's version.",
  stage: 'kubeadm',
  steps: ['kubeadm'],
  units: [kubeletUnit, admissionTimer],
  appliesTo: (_cluster, machine) => isNode(machine),
  contribute,
  collect,
}
