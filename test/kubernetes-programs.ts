import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe } from 'vitest'
import { describeWith, leaveOut } from './prerequisites.ts'

const top = fileURLToPath(new URL('..', import.meta.url))

const givenDirectory = (): string =>
  process.env['HAKUBE_KUBE_BIN'] ?? join(top, '../shared/kubernetes-1.20.2')

const programs = [
  'kubeadm',
  'kubelet',
  'kubectl',
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
] as const

/**
 * A directory with a real kubeadm 1.20.2, the newest that there is with all its parts in a distribution's package. HAKUBE_KUBE_BIN
 * names the directory, or binaries.tar.xz in one; without it, the same is looked for beside this clone.
 *
 * @returns null when there is none
 */
export function kubernetesDirectory(): string | null {
  const given = givenDirectory()
  if (!existsSync(given)) return null
  if (existsSync(join(given, 'kubeadm'))) return given
  const archive = statSync(given).isDirectory() ? join(given, 'binaries.tar.xz') : given
  if (!existsSync(archive)) return null
  const directory = join(top, '.cache/kubernetes-1.20.2-programs')
  if (!existsSync(join(directory, 'kubeadm'))) {
    const fresh = `${directory}.new-${process.pid}`
    mkdirSync(fresh, { recursive: true })
    // Wherever in the archive they are.
    const names = programs.map((name) => `*${name}`)
    execFileSync('tar', ['-xJf', archive, '-C', fresh, '--wildcards', '--transform', 's,.*/,,', ...names])
    mkdirSync(dirname(directory), { recursive: true })
    try {
      renameSync(fresh, directory)
    } catch {
      // Another test was faster.
      rmSync(fresh, { recursive: true })
    }
  }
  return directory
}

/**
 * A test group that needs the programs of Kubernetes. Where they are not, it is listed by name with the reason, also with `CI=true`:
 * no distribution has all of them as packages.
 */
export function describeWithKubernetes(name: string, body: (directory: string) => void): void {
  const reasons: string[] = []
  if (process.platform !== 'linux' || process.arch !== 'x64') reasons.push('needs Linux on amd64')
  if (process.getuid?.() !== 0) reasons.push('needs root')
  const directory = reasons.length === 0 ? kubernetesDirectory() : null
  if (reasons.length === 0 && !directory)
    reasons.push('needs kubeadm 1.20.2: set HAKUBE_KUBE_BIN to its directory')
  if (directory) {
    describe(name, () => body(directory))
    return
  }
  leaveOut(name, reasons, () => body(''))
}

const parts = ['binaries.tar.xz', 'make-image.py', 'pause.c']

/** A test group that needs a whole cluster's programs, and those to make images of them: what scripts/cluster-image.sh takes. */
export function describeWithCluster(
  name: string,
  programs: readonly string[],
  body: (directory: string) => void,
): void {
  const directory = givenDirectory()
  if (parts.every((part) => existsSync(join(directory, part)))) {
    describeWith({ root: true, linux: true, programs }, name, () => body(directory))
    return
  }
  const reason = `needs ${parts.join(', ')}: set HAKUBE_KUBE_BIN to their directory`
  leaveOut(name, [reason], () => body(''))
}
