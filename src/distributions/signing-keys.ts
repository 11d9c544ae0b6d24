/*
 * Fingerprints of the keys that sign packages from outside the distributions: anyone who can modify a package in transit or on a mirror
 * can also replace a key from the same place. Fingerprints rather than keys, because the validity of keys is extended: that of Kubernetes
 * was first valid until 2024-11-02 (kubernetes/kubernetes#128609), and its fingerprint has stayed the same.
 */

/**
 * https://pkgs.k8s.io: kubernetes/kubernetes#128609, https://github.com/rpm-software-management/distribution-gpg-keys
 * (keys/kubernetes) and Debian's package extrepo-offline-data have the same.
 */
export const kubernetesKeys: readonly string[] = ['DE15B14486CD377B9E876E1A234654DA9A296436']

/**
 * Docker's keys for .deb and .rpm: https://github.com/docker/docs/pull/11990 and its page for CentOS until 2023, the same in
 * distribution-gpg-keys (keys/docker); the first one also in extrepo-offline-data.
 */
export const dockerKeys = {
  debian: ['9DC858229FC7DD38854AE2D88D81803C0EBFCD88'],
  rhel: ['060A61C51B558A7F742B77AAC52FEB6B621E9F35'],
} as const satisfies Record<string, readonly string[]>

/** https://github.com/elrepo/packages, RPM-GPG-KEY-elrepo.org and RPM-GPG-KEY-v2-elrepo.org in elrepo-release. */
export const elrepoKeys = {
  old: '96C0104F631547311E0BB1AE309BC305BAADAE52',
  new: 'B8A755874DA240C9DAC4E71551600989EAA31D4A',
} as const

/** For CRI-O, no source but the build service itself states the fingerprint, so there is none here. */
export const criOKeys: readonly string[] = []

/** Names under `mirrors.keys`. */
export const signedRepositories = ['kubernetes', 'docker', 'cri-o', 'elrepo'] as const
export type SignedRepository = (typeof signedRepositories)[number]

export const isKeyText = (key: string): boolean => /^\s*-----BEGIN PGP /.test(key)

/**
 * Normalizes a fingerprint with spaces or colons to one without.
 *
 * @returns null for an invalid one
 */
export function readFingerprint(text: string): string | null {
  const digits = text.replace(/^0x/i, '').replaceAll(/[\s:]/g, '').toUpperCase()
  return /^[0-9A-F]{40}$/.test(digits) ? digits : null
}

type Signed = { key: string; fingerprints: readonly string[] }

/**
 * Returns the repository with the keys of the profile instead of the known ones: fingerprints, or whole keys, which the seed then
 * contains.
 */
export function withKeys<Repository extends Signed>(
  repository: Repository,
  keys: Readonly<Record<string, readonly string[]>>,
  name: SignedRepository,
): Repository {
  const given = keys[name]
  if (!given || given.length === 0) return repository
  const texts = given.filter(isKeyText)
  if (texts.length > 0)
    return { ...repository, key: texts.map((text) => text.trim()).join('\n'), fingerprints: [] }
  return { ...repository, fingerprints: given.flatMap((text) => readFingerprint(text) ?? []) }
}
