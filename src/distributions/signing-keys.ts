/*
 * Fingerprints of the keys that sign packages beyond the distributions' own: who can change a package on its way, or on a mirror, can
 * change a key that comes from the same place as well. Not the keys themselves, because their makers extend them: that of
 * Kubernetes was valid until 2024-11-02 first (kubernetes/kubernetes#128609), and its fingerprint is the same since.
 */

/**
 * https://pkgs.k8s.io: kubernetes/kubernetes#128609, https://github.com/rpm-software-management/distribution-gpg-keys
 * (keys/kubernetes) and Debian's package extrepo-offline-data have the same.
 */
export const kubernetesKeys: readonly string[] = ['DE15B14486CD377B9E876E1A234654DA9A296436']

/**
 * Docker's of .deb and of .rpm: https://github.com/docker/docs/pull/11990 and its page for CentOS until 2023, the same in
 * distribution-gpg-keys (keys/docker); the first also in extrepo-offline-data.
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

/** No source beside the build service itself names the one of CRI-O, so there is none here. */
export const criOKeys: readonly string[] = []

/** Names under `mirrors.keys`. */
export const signedRepositories = ['kubernetes', 'docker', 'cri-o', 'elrepo'] as const
export type SignedRepository = (typeof signedRepositories)[number]

export const isKeyText = (key: string): boolean => /^\s*-----BEGIN PGP /.test(key)

/** A fingerprint as programs print it, in blanks or colons, in the form without. @returns null for what is none */
export function readFingerprint(text: string): string | null {
  const digits = text.replace(/^0x/i, '').replaceAll(/[\s:]/g, '').toUpperCase()
  return /^[0-9A-F]{40}$/.test(digits) ? digits : null
}

type Signed = { key: string; fingerprints: readonly string[] }

/**
 * The repository with the keys of the profile in place of those that are known: fingerprints, or whole keys, which then come with
 * the seed.
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
