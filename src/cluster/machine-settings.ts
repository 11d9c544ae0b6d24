import type { Path } from '../diagnostics/diagnostic.ts'
import type { PatchTarget, PatchType } from '../distributions/patches.ts'
import type { KernelArgumentScope, KernelPackage } from '../profile/schema.ts'
import type { Stage } from '../profile/stages.ts'

/** A value from the profile, with its position in `from`, or a value of hakube's own, without `from`. */
export type From = { from?: Path }

export type SysctlSetting = From & { key: string; value: string }
export type ModuleSetting = From & { name: string }
export type ArgumentSetting = From & { argument: string; appliesTo: KernelArgumentScope }
export type LimitSetting = From & { domain: string; type: 'soft' | 'hard' | '-'; item: string; value: string }
export type PackageSetting = From & { name: string }
export type LabelSetting = From & { key: string; value: string }
export type TaintSetting = From & { key: string; value: string; effect: string }
/** A mapping as in JSON. */
export type PlainMapping = Readonly<Record<string, unknown>>
/** A command-line argument of a program, without leading dashes. */
export type NamedArgument = From & { name: string; value: string }
export type FileSetting = From & {
  path: string
  mode: string
  owner: string
  content: string
  /** The text is that of a file next to the profile (`source`). */
  besideProfile?: true
  secret: boolean
  /** Name of a user-defined secret that is the text; `content` is empty then. */
  fromSecret?: string
}
export type CommandSetting = From & {
  name: string
  run: string
  secret: boolean
  /** Stages of the first boot that it runs between; without both, it runs after everything else. */
  before?: Stage | undefined
  after?: Stage | undefined
}

/** A patch from the profile for something that kubeadm writes; `content` is text, or the data of a document. */
export type KubeadmPatch = From & { target: PatchTarget; type: PatchType; content: unknown }

/**
 * @property name of its file, without an extension
 * @property pem without a trailing line break
 */
export type TrustedCertificate = From & { name: string; pem: string }

/** The settings of one machine: profile, role and machine merged, the narrower wins. */
export type MachineSettings = {
  modules: readonly ModuleSetting[]
  kernelArguments: readonly ArgumentSetting[]
  sysctls: readonly SysctlSetting[]
  limits: readonly LimitSetting[]
  files: readonly FileSetting[]
  packages: readonly PackageSetting[]
  /** Null if not set: the distribution's own. */
  kernelPackage: (From & { name: KernelPackage }) | null
  labels: readonly LabelSetting[]
  /** Null if not set; empty if the profile removes all taints, including kubeadm's own. */
  taints: readonly TaintSetting[] | null
  kubeletArguments: readonly NamedArgument[]
  /** Fields of KubeletConfiguration for this machine's kubelet, in addition to those of the cluster. `from` is the narrowest position. */
  kubeletConfiguration: From & { fields: PlainMapping }
  /** All settings of the kubelet, from arguments and configuration files, under the names of the arguments. */
  kubeletIsTold: readonly NamedArgument[]
  commands: readonly CommandSetting[]
}
