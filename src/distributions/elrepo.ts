import type { NewerKernel, NewerKernels } from './distribution.ts'
import { elrepoKeys } from './signing-keys.ts'

/*
 * ELRepo builds kernels of kernel.org for the Red Hat family: kernel-lt from a long-term release, kernel-ml from the newest
 * (https://elrepo.org/wiki/doku.php?id=kernel-lt and kernel-ml). Available kernels, versions and architectures: specification and
 * configuration files in https://github.com/elrepo/kernel, as of September 2026. Addresses and keys: elrepo.repo and elrepo-release.spec
 * in https://github.com/elrepo/packages/tree/master/elrepo-release.
 *
 * None of these kernels is signed for Secure Boot: the specification files sign nothing, and SECURE-BOOT-KEY-elrepo.org.der is the key of
 * ELRepo's drivers (https://elrepo.org/wiki/doku.php?id=secureboot).
 */

const oldKey = 'https://www.elrepo.org/RPM-GPG-KEY-elrepo.org'
/** 4096 bits, since 2025; the only one in el10, whose rpm rejects SHA-1. */
const newKey = 'https://www.elrepo.org/RPM-GPG-KEY-v2-elrepo.org'

const longTerm = (version: string, ...architectures: NewerKernel['architectures']): NewerKernel => ({
  package: 'kernel-lt',
  version,
  architectures,
})
const mainline = (version: string, ...architectures: NewerKernel['architectures']): NewerKernel => ({
  package: 'kernel-ml',
  version,
  architectures,
})

/** By the major version of the release. */
export const elrepo = {
  7: {
    // ELRepo's own mirror list has had no el7 since its end; this archive keeps the last builds.
    base: 'https://mirrors.coreix.net/elrepo-archive-archive',
    path: 'kernel/el7/$basearch',
    keys: [oldKey],
    fingerprints: [elrepoKeys.old],
    'elrepo-lt': longTerm('5.4', 'amd64'),
    'elrepo-ml': mainline('6.9', 'amd64'),
  },
  8: {
    base: 'https://elrepo.org/linux',
    path: 'kernel/el8/$basearch',
    keys: [oldKey, newKey],
    fingerprints: [elrepoKeys.old, elrepoKeys.new],
    'elrepo-lt': longTerm('5.15', 'amd64'),
    'elrepo-ml': mainline('7.1', 'amd64'),
  },
  9: {
    base: 'https://elrepo.org/linux',
    path: 'kernel/el9/$basearch',
    keys: [oldKey, newKey],
    fingerprints: [elrepoKeys.old, elrepoKeys.new],
    'elrepo-lt': longTerm('6.1', 'amd64', 'arm64'),
    'elrepo-ml': mainline('7.2', 'amd64', 'arm64'),
  },
  10: {
    base: 'https://elrepo.org/linux',
    path: 'kernel/el10/$basearch',
    keys: [newKey],
    fingerprints: [elrepoKeys.new],
    // Not built, because the distribution's own kernel is of the same age.
    'elrepo-lt': null,
    'elrepo-ml': mainline('7.2', 'amd64'),
  },
} as const satisfies Record<number, NewerKernels>
