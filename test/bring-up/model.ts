import type { Role } from '../../src/profile/schema.ts'
import type { Clock } from './clock.ts'

/* What a simulated rack consists of. */

/** A directory that stands for a machine's disk: what the real scripts find and leave is real. */
export type Disk = {
  root: string
  /** A path as the machine calls it, for one that a script was given. */
  own(path: string): string
  has(path: string): boolean
  /** It is there and not empty. */
  isWhole(path: string): boolean
  /** Takes the content of a file away. */
  empty(path: string): void
  /** When it was written last, of the real time. */
  written(path: string): number
  read(path: string): string
  write(path: string, content?: string): void
  remove(path: string): void
  /** Paths of all files below the directory. */
  list(path: string): string[]
  /** Changes when a file appears, goes or is written. */
  fingerprint(): string
}

export type Machine = {
  name: string
  role: Role
  address: string
  initializes: boolean
  disk: Disk
  /** Its steps in their order. Those of other components than kubeadm have no script here: they only take their time. */
  steps: readonly { name: string; script: string | null }[]
  /** Script that a timer starts, by the name of the timer. */
  timers: ReadonlyMap<string, { script: string; seconds: number }>
  /** How slow it is: all that it does takes so many times as long. */
  slowness: number
  on: boolean
  /** Changes at each power-on and power cut, so that whatever ran before knows that it is dead. */
  boot: number
  /** It has come to the end of its steps, since it was switched on. */
  finished: boolean
  /** Changes when the machine is installed again. */
  installation: number
  kubelet: boolean
  /** The kubelet has started the API server. */
  api: boolean
  /** When the kubelet was started. */
  kubeletSince: number
  etcd: { cluster: EtcdCluster; member: Member } | null
  /** When its node was last ready before the kubelet stopped. */
  lastReady: number
  /** Timers that run. Those that are enabled do so again after a boot. */
  units: Set<string>
  /** Moments that it will still get through before its power fails; null: it will not. */
  fuse: number | null
  /** The fuse of each of the next power-ons. */
  cuts: number[]
  /** The fuse from the first try of the step that is looked at; null: none. */
  stepFuse: number | null
  /** Every moment in which it could have lost its power since then. */
  moments: string[]
  rebootsAfterSteps: boolean
  /** How long it is off then. */
  darkness: number
  /** So many of the files that were written last are empty after a power cut: nothing had brought them to the disk. */
  tears: number
  /** It has such files. */
  torn: boolean
}

export type Member = { id: number; peer: string; started: boolean; learner: boolean }

export type Node = {
  installation: number
  labels: Set<string>
  pods: boolean
  /** Its annotation says where the container runtime is: without it `kubeadm upgrade` fails. */
  socket: boolean
}

/** Of the objects in etcd those that joining depends on. Times are when something ends to be valid. */
export type Objects = {
  configuration: boolean
  /** ConfigMap cluster-info, which new machines read without a name. */
  discovery: boolean
  tokens: Map<string, number>
  upload: { key: string; until: number } | null
  nodes: Map<string, Node>
}

export type EtcdCluster = { id: number; members: Member[]; objects: Objects }

export type World = {
  clock: Clock
  machines: Machine[]
  clusters: EtcdCluster[]
  /** Kubernetes until 1.28: a new member of etcd counts at once (kubernetes/kubeadm#2997). */
  learners: boolean
  /** Kubernetes until 1.21: addresses of the API servers stand in kubeadm's configuration. */
  writesStatus: boolean
  /** Kubernetes until 1.33: the node says where its container runtime is, and not the kubelet's configuration. */
  notesSocket: boolean
  /** etcd is a service of its own, not of kubeadm. */
  external: boolean
  /** The addresses of the API and when the load balancers in front of it are up. */
  endpoint: string
  balancersFrom: number
  /** No power cut in the one moment that nobody comes back from: the gap before 1.29 that docs/bring-up.md tells of. */
  sparesGap: boolean
  /** Things that must never happen, as they happen. */
  faults: string[]
  /** What happened, for whoever has to find out why. */
  history: string[]
  ids: number
  /** Switches a machine on, at the beginning or when its power is back. */
  switchOn(machine: Machine): void
  /** Cuts its power, and switches it on again after that many seconds. */
  switchOff(machine: Machine, seconds: number): void
  /** Runs a timer of a machine until it is stopped. */
  startTimer(machine: Machine, name: string): void
}
