import type {
  Asset,
  Cluster,
  From,
  LimitSetting,
  Machine,
  ModuleSetting,
  SysctlSetting,
  ArgumentSetting,
  PackageSetting,
} from '../cluster/cluster.ts'
import type { Stage } from '../profile/stages.ts'
import type { Rendered } from '../templates/template.ts'
import type { OnChange } from './on-change.ts'
import type { RefusedArgument, RefusedCommand, RefusedSysctl } from './refused.ts'

/** Text of a file or script: plain, or rendered from a template, which knows the template line of each of its lines. */
export type Content = string | Rendered

/** An item of a part, with the name of the component that contributed it. */
export type Owned<T> = T & { component: string }

/**
 * Why a component needs a setting; written as a comment above the setting on the machine. With `atLeast`, a higher number is also
 * acceptable. Otherwise the component works only with this value, and a profile that sets another one is rejected (conflicts/).
 */
export type Reason = { reason?: string; atLeast?: true }

/** A file as it is written to any machine, whether by a seed or by `hakube files`. */
export type PlainFile = From & {
  /** Absolute path on the machine. */
  path: string
  /** Four octal digits, e.g. `0644`. */
  mode: string
  /** `user:group`; default `root:root`. */
  owner?: string
  content: Content
  /** It contains a key, token or password. */
  secret?: boolean
}

export type File = PlainFile & {
  /** What a change of this file requires on a running machine. */
  onChange: OnChange
}

export type Unit = From & {
  name: string
  /** Absent if a package contains the unit file. */
  content?: Content
  /** Files under /etc/systemd/system/<unit>.d/. */
  dropIns?: readonly { name: string; content: Content }[]
  /** `no-block` for units that become ready only when other machines' are, such as a static etcd. `no`: only enabled. */
  start: 'blocking' | 'no-block' | 'no'
  /** Other names under which systemctl accepts it. */
  aliases?: readonly string[]
  /** Steps that must have succeeded before it starts, in addition to those that all units wait for (packages, kernel, sysctl). */
  after?: readonly string[]
  /** Stage of the step that starts it, as for `Step`. */
  stage?: Stage | null
}

/**
 * A script that runs once, in order, is retried until it exits with status 0, and resumes after a reboot. Written in bash; status 194
 * requests a reboot.
 */
export type Step = From & {
  name: string
  script: Content
  /**
   * Names of steps that must have succeeded before it runs, if the machine has them. Each must be listed by a component
   * (`Component.steps`, `units`).
   */
  after: readonly string[]
  /** It runs after all steps without this mark, including those that start units. */
  last?: true
  /** A stage other than that of the component's other steps; null if nothing has to wait for it. */
  stage?: Stage | null
  /** Position among the stages of the first boot. */
  place?: { before?: Stage; after?: Stage }
  /** The script contains a key, token or password. */
  secret?: boolean
  /** What a change of its script requires on a running machine; absent: the step runs. */
  onChange?: OnChange
}

/**
 * A condition that must hold on a machine that is ready. Written in bash; status 0 means that it holds, and the output is shown if it
 * does not.
 */
export type Check = From & { name: string; script: Content }

export type Repository = From & {
  name: string
  /** Base address: `baseurl` for dnf and yum, `uri suite components…` for apt. */
  url: string
  /** Address of the signing key, or the armored key itself. */
  key: string
  /** Expected fingerprints of a key fetched from an address. Absent if none are known: any key is accepted. */
  fingerprints?: readonly string[]
}

/** A package of the distribution, optionally with a version or version prefix, such as `1.35.2`. */
export type Package = PackageSetting & {
  version?: string
  /**
   * No step installs, changes or removes it on a member of a cluster, because the node must be drained first (docs/upgrade.md). For
   * packages that the pods of a node depend on.
   */
  keptByMembers?: true
}

/** This file exists once the machine has joined a cluster. */
export const memberMark = '/var/lib/hakube/kubeadm/member'

/** A port that other machines must be able to reach; `selinux-firewall` opens it. Without `port`, everything of the protocol. */
export type Port = From & {
  protocol: 'tcp' | 'udp' | 'sctp' | 'vrrp' | 'ip-in-ip'
  port?: number
  /** Last port of a range that starts at `port`. */
  lastPort?: number
  /** Addresses and networks that may use it; absent: any. */
  sources?: readonly string[]
  purpose: string
}

export type User = From & {
  name: string
  sshKeys: readonly string[]
  sudo: boolean
  /** Whether sudo asks for the password. */
  withPassword?: boolean
  groups?: readonly string[]
  uid?: number | null
  passwordHash: string | null
}

/** A file that the operator puts below `assets/` on the server and that a step on the machine fetches. */
export type FetchedAsset = Asset &
  From & {
    /** Two or three words, e.g. `etcd archive`. */
    what: string
    /** Where the operator gets it, as the end of "put it there from …". */
    source: string
  }

/** What one component contributes to one machine. Every field is optional. */
export type Part = {
  files?: readonly File[]
  units?: readonly Unit[]
  steps?: readonly Step[]
  checks?: readonly Check[]
  packages?: readonly Package[]
  repositories?: readonly Repository[]
  kernelModules?: readonly (ModuleSetting & Reason)[]
  /** `appliesTo` absent: for the installer and the installed system. */
  kernelArguments?: readonly (Omit<ArgumentSetting, 'appliesTo'> & Partial<ArgumentSetting> & Reason)[]
  refusedArguments?: readonly RefusedArgument[]
  refusedCommands?: readonly RefusedCommand[]
  refusedSysctls?: readonly RefusedSysctl[]
  sysctls?: readonly (SysctlSetting & Reason)[]
  limits?: readonly LimitSetting[]
  ports?: readonly Port[]
  users?: readonly User[]
  assets?: readonly FetchedAsset[]
}

/** The declarations of all components of a machine, for the components that carry them out. */
export type Declared = {
  readonly [
    Key in
      | 'packages'
      | 'repositories'
      | 'kernelModules'
      | 'kernelArguments'
      | 'refusedArguments'
      | 'refusedCommands'
      | 'refusedSysctls'
      | 'sysctls'
      | 'limits'
      | 'ports'
      | 'users'
      | 'assets'
  ]: readonly Owned<NonNullable<Part[Key]>[number]>[]
}

/** What `collect` may return. It cannot declare anything, so data flows in one direction only. */
export type CollectedPart = Pick<Part, 'files' | 'units' | 'steps' | 'checks'>

/**
 * One thing that machines receive. It knows no output format. Both functions are pure.
 *
 * `contribute` declares what the component needs. `collect` runs after all contributions and turns the declarations of the whole machine
 * (modules, sysctls, packages, ports) into files, steps and checks.
 */
export type Component = {
  name: string
  /** One line for `explain` and the documentation. */
  purpose: string
  /** Stage of the first boot that its steps belong to; absent if nothing has to wait for them. */
  stage?: Stage
  /**
   * The names of all steps that it contributes to any machine with any profile; other steps can wait for these. `command-*` stands for
   * all names with that prefix, which the profile chooses; no step can wait for those.
   */
  steps?: readonly string[]
  /** The names of all units that it contributes to any machine with any profile. */
  units?: readonly string[]
  appliesTo(cluster: Cluster, machine: Machine): boolean
  contribute?(cluster: Cluster, machine: Machine): Part
  collect?(cluster: Cluster, machine: Machine, declared: Declared): CollectedPart
}
