import { compareVersions } from '../../text/versions.ts'
import { etcdArguments } from './etcd.ts'
import { kubeApiServerArguments } from './kube-apiserver.ts'
import { kubeControllerManagerArguments } from './kube-controller-manager.ts'
import { kubeSchedulerArguments } from './kube-scheduler.ts'
import { kubeletArguments } from './kubelet.ts'
import { readArguments, type KnownArgument } from './names.ts'

export type { ArgumentType, KnownArgument } from './names.ts'

/** The programs of Kubernetes that accept arguments from a profile. */
export type Program = 'kube-apiserver' | 'kube-controller-manager' | 'kube-scheduler' | 'kubelet'

/** All arguments of each program by name, in all releases that hakube knows. */
export const knownArguments: Readonly<Record<Program, ReadonlyMap<string, KnownArgument>>> = {
  'kube-apiserver': readArguments(kubeApiServerArguments),
  'kube-controller-manager': readArguments(kubeControllerManagerArguments),
  'kube-scheduler': readArguments(kubeSchedulerArguments),
  kubelet: readArguments(kubeletArguments),
}

/** The same for etcd, by its own releases. */
export const knownEtcdArguments: ReadonlyMap<string, KnownArgument> = readArguments(etcdArguments, 3)

/** The last release of etcd whose list is complete. */
export const lastListedEtcd = '3.7'

/** The last release whose lists are complete. Later ones may have additional arguments. */
export const lastListedMinor = '1.31'

/** The names of the arguments in a release. */
export const argumentsOf = (program: Program, minor: string): string[] =>
  [...knownArguments[program]].filter(([, known]) => hasArgument(known, minor)).map(([name]) => name)

/** Whether a release has an argument. */
export const hasArgument = ({ first, last }: KnownArgument, minor: string): boolean =>
  (first === null || compareVersions(minor, first) >= 0) &&
  (last === null || compareVersions(minor, last) <= 0)
