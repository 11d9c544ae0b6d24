import type { Path } from '../diagnostics/diagnostic.ts'
import type { PatchTarget, PatchType } from '../distributions/patches.ts'
import type { KernelArgumentScope, KernelPackage } from '../profile/schema.ts'
import type { Stage } from '../profile/stages.ts'

/** A value that came from the profile (`from` says where) or is hakube's own (`from` is absent). */
export type From = { from?: Path }

export type SysctlSetting = From & { key: string; value: string }
export type ModuleSetting = From & { name: string }
export type ArgumentSetting = From & { argument: string; appliesTo: KernelArgumentScope }
export type LimitSetting = From & { domain: string; type: 'soft' | 'hard' | '-'; item: string; value: string }
export type PackageSetting = From & { name: string }
export type LabelSetting = From & { key: string; value: string }
export type TaintSetting = From & { key: string; value: string; effect: string }
/** Data as JSON has it. */
export type PlainMapping = Readonly<Record<string, unknown>>
/** An argument of a program, without leading dashes. */
export type NamedArgument = From & { name: string; value: string }
export type FileSetting = From & {
  path: string
  mode: string
  owner: string
  content: string
  /** The text is that of a file beside the profile (`source`). */
  besideProfile?: true
  secret: boolean
  /** Name of a secret of the user's own that is the text; `content` is empty then. */
  fromSecret?: string
}
export type CommandSetting = From & {
  name: string
  run: string
  secret: boolean
  /** Stages of the first boot that it stands between; after everything else where neither is there. */
  before?: Stage | undefined
  after?: Stage | undefined
}

/** A patch of the profile's own for something that kubeadm writes; `content` is text, or data of a document. */
export type KubeadmPatch = From & { target: PatchTarget; type: PatchType; content: unknown }

/** @property name of its file, without an ending; @property pem without a line break at its end */
export type TrustedCertificate = From & { name: string; pem: string }

/** What the profile sets for one machine: profile, role and machine merged, the narrower wins. */
export type MachineSettings = {
  modules: readonly ModuleSetting[]
  kernelArguments: readonly ArgumentSetting[]
  sysctls: readonly SysctlSetting[]
  limits: readonly LimitSetting[]
  files: readonly FileSetting[]
  packages: readonly PackageSetting[]
  /** Null where nothing says so: the distribution's own. */
  kernelPackage: (From & { name: KernelPackage }) | null
  labels: readonly LabelSetting[]
  /** Null where nothing says so; empty where the profile says that there are none, not even kubeadm's own. */
  taints: readonly TaintSetting[] | null
  kubeletArguments: readonly NamedArgument[]
  /** Fields of KubeletConfiguration for this machine's kubelet, beyond those of the whole cluster; `from`: the narrowest place. */
  kubeletConfiguration: From & { fields: PlainMapping }
  /** All that the kubelet is told, wherever it is written, in the names of arguments. */
  kubeletIsTold: readonly NamedArgument[]
  commands: readonly CommandSetting[]
}
