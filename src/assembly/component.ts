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

/** Text of a file or script: plain, or rendered from a template, which knows the template line of each of its lines. */
export type Content = string | Rendered

/** Something of a part, with the name of the component that gave it. */
export type Owned<T> = T & { component: string }

/**
 * Why a component wants a setting: becomes the comment above it on the machine. `atLeast`: a higher number is as good; otherwise the
 * component works with this value only, and a profile that sets another one is refused (conflicts/).
 */
export type Reason = { reason?: string; atLeast?: true }

/** A file as it is laid down, whoever it is for. */
export type PlainFile = From & {
  /** Absolute path on the machine. */
  path: string
  /** Four octal digits, e.g. `0644`. */
  mode: string
  /** `user:group`; default `root:root`. */
  owner?: string
  content: Content
  /** Holds a key, token or password. */
  secret?: boolean
}

export type File = PlainFile & {
  /** What it takes when this file is another one on a machine that runs. */
  onChange: OnChange
}

export type Unit = From & {
  name: string
  /** Absent where a package brings the unit. */
  content?: Content
  /** Files under /etc/systemd/system/<unit>.d/. */
  dropIns?: readonly { name: string; content: Content }[]
  /** `no-block` for units that are ready only when others on other machines are (a static etcd). `no`: only enabled. */
  start: 'blocking' | 'no-block' | 'no'
  /** Other names that systemctl knows it by. */
  aliases?: readonly string[]
  /** Steps that must be through before it starts, beside those of all units (packages, kernel, sysctl). */
  after?: readonly string[]
  /** Of the step that starts it, as for `Step`. */
  stage?: Stage | null
}

/** What must run once, in order, retried until status 0, resumed after a reboot. Bash; status 194 asks for a reboot. */
export type Step = From & {
  name: string
  script: Content
  /** Steps that must be through before it runs, where the machine has them; each is one of a component's (`Component.steps`, `units`). */
  after: readonly string[]
  /** Runs when all steps without this mark, also those that start units, are through. */
  last?: true
  /** Of another stage than its component's other steps; null: nothing has to wait for it. */
  stage?: Stage | null
  /** Where it stands among the stages of the first boot. */
  place?: { before?: Stage; after?: Stage }
  /** Its script holds a key, token or password. */
  secret?: boolean
  /** What it takes when its script is another one; absent: that it runs. */
  onChange?: OnChange
}

/** What must hold when the machine is done. Bash; status 0 is good; what it prints is shown when it is not. */
export type Check = From & { name: string; script: Content }

export type Repository = From & {
  name: string
  /** Base address: baseurl for dnf and yum; for apt `uri suite components…`. */
  url: string
  /** Address of the signing key, or its armoured text. */
  key: string
  /** What a key that comes from an address must have; none known: any key is taken. */
  fingerprints?: readonly string[]
}

/** A package of the distribution, at a version if one is given (a prefix such as `1.35.2`). */
export type Package = PackageSetting & {
  version?: string
  /**
   * No step installs, changes or removes it on a member of a cluster: whoever upgrades the node drains it first (docs/upgrade.md).
   * For what the pods of a node depend on.
   */
  keptByMembers?: true
}

/** There from the moment at which a machine has become a member of a cluster. */
export const memberMark = '/var/lib/hakube/kubeadm/member'

/** A port that must be open to others, for `selinux-firewall` to open; without a port, all of the protocol. */
export type Port = From & {
  protocol: 'tcp' | 'udp' | 'sctp' | 'vrrp' | 'ip-in-ip'
  port?: number
  /** Last port of a range that begins with `port`. */
  lastPort?: number
  /** Addresses and networks that may use it; absent: everybody. */
  sources?: readonly string[]
  purpose: string
}

export type User = From & {
  name: string
  sshKeys: readonly string[]
  sudo: boolean
  /** For sudo. */
  withPassword?: boolean
  groups?: readonly string[]
  uid?: number | null
  passwordHash: string | null
}

/** A kernel argument with which a component cannot work. */
export type RefusedArgument = {
  /** What stands before `=`, or the whole word. */
  name: string
  /** Any of these items of its value; absent: any value, or none. */
  values?: readonly string[]
  /** Only where its value is a list without this item. */
  without?: string
  /** Only where its value is an amount of memory of fewer bytes. */
  below?: number
  /** Ends the sentence `… and NAME cannot work with it: `. */
  reason: string
}

/** Values of a kernel setting with which a component cannot work; any other one is as good, and hakube sets none. */
export type RefusedSysctl = {
  /** With dots; may have patterns (glob(7)). */
  key: string
  /** Keys that the pattern stands for and that may have any value. */
  except?: readonly string[]
  /** This value. */
  value?: string
  /** Every lower number. */
  below?: number
  /** Every other value, where a program of the machine writes this one whenever it starts. Only of `sysctls`, which a check compares. */
  otherThan?: string
  /** Ends the sentence `… and NAME cannot work with it: `. */
  reason: string
}

/** A command that undoes what a component does. Plain data, so that machines that declare the same share it. */
export type RefusedCommand = {
  /** Names of programs, without their directory. */
  programs: readonly string[]
  /** Words among its arguments: all of any of these lists; absent: whatever they are. */
  having?: readonly (readonly string[])[]
  /** It only shows something with fewer arguments. */
  wordsAtLeast?: number
  /** It is harmless with any of these words. */
  unless?: readonly string[]
  /** What it does, behind "this": `turns swap on`. */
  does: string
  /** Goes on behind the component's name: `needs it off: the kubelet does not start`. */
  need: string
  hint?: string
  /** The step that does the right thing again when it runs later. */
  setRightBy?: string
}

/** A file that the operator puts below `assets/` of the server, and that a step of the machine fetches. */
export type FetchedAsset = Asset &
  From & {
    /** Two or three words, e.g. `etcd archive`. */
    what: string
    /** Where it is to be had, as the end of "put it there from …". */
    source: string
  }

/** What one component gives one machine. Everything is optional. */
export type Part = {
  files?: readonly File[]
  units?: readonly Unit[]
  steps?: readonly Step[]
  checks?: readonly Check[]
  packages?: readonly Package[]
  repositories?: readonly Repository[]
  kernelModules?: readonly (ModuleSetting & Reason)[]
  /** Absent `appliesTo`: installer and installed system. */
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

/** What all components of a machine declared together, for the components that carry it out. */
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

/** What a collecting component may add: it can no longer declare, so nothing travels back. */
export type CollectedPart = Pick<Part, 'files' | 'units' | 'steps' | 'checks'>

/**
 * One thing that a machine is given. It knows no output format. Both functions are pure.
 *
 * `contribute` says what the component needs. `collect`, called after all contributions, turns what the whole machine
 * declared (modules, sysctls, packages, ports) into files, steps and checks.
 */
export type Component = {
  name: string
  /** One line for `explain` and the docs. */
  purpose: string
  /** Stage of the first boot that its steps belong to; absent: none, because nothing has to wait for them. */
  stage?: Stage
  /**
   * The name of every step that it gives to some machine, in some profile: what others can wait for. `command-*` stands for all names that
   * begin so, which the profile chooses; nobody can wait for those.
   */
  steps?: readonly string[]
  /** The name of every unit that it gives to some machine, in some profile. */
  units?: readonly string[]
  appliesTo(cluster: Cluster, machine: Machine): boolean
  contribute?(cluster: Cluster, machine: Machine): Part
  collect?(cluster: Cluster, machine: Machine, declared: Declared): CollectedPart
}
