import type { Distribution } from './distribution.ts'

export const architectures = ['amd64', 'arm64'] as const
export type Architecture = (typeof architectures)[number]

/** An address for each architecture. */
export type ByArchitecture = Readonly<Record<Architecture, string>>

/** Where the packages of an operating system come from. */
export type SystemMirrors = {
  /** Of the packages for each architecture. */
  distribution: ByArchitecture
  /** Of the security updates; null where these are among the others. */
  security: ByArchitecture | null
}

/** Where packages and images of a cluster come from, whatever the operating system. */
export type Mirrors = {
  kubernetes: string
  images: Readonly<Record<string, string>>
  /** Who logs in at which of these mirrors, by the name of the registry; the password is a secret of the user's own. */
  logins: Readonly<Record<string, { username: string; passwordSecret: string }>>
  /** The CAs (PEM) that are trusted at these mirrors, by the name of the registry. */
  authorities: Readonly<Record<string, readonly string[]>>
  /** Bases of further repositories by name. */
  repositories: Readonly<Record<string, string>>
  /** Fingerprints or whole keys of repositories by name, in place of those that are known. */
  keys: Readonly<Record<string, readonly string[]>>
}

/** Makes one for each. */
export const byArchitecture = <T>(make: (architecture: Architecture) => T): Record<Architecture, T> => ({
  amd64: make('amd64'),
  arm64: make('arm64'),
})

type Facts = Pick<Distribution, 'mirror' | 'portsMirror' | 'archives'>

/** Where the distribution itself has the packages of an architecture; null where they take a subscription. */
export const ownMirror = ({ mirror, portsMirror }: Facts, architecture: Architecture): string | null =>
  architecture === 'arm64' ? (portsMirror ?? mirror) : mirror

/** Security updates are in an archive of their own in the family of Debian. */
const securityArchive = ({ archives }: Facts) => archives?.find(({ isSecurity }) => isSecurity)

/** Where the distribution itself has the security updates; null where they are among the others. */
export function ownSecurityMirror(distribution: Facts, architecture: Architecture): string | null {
  const own = ownMirror(distribution, architecture)
  const apart = securityArchive(distribution)?.mirror
  // Ports have them in the same place.
  if (apart !== undefined && own === distribution.mirror) return apart
  return own === null ? null : securityBeside(distribution, own)
}

/** Where a mirror of the distribution has the security updates; null where they are among the others. */
export function securityBeside(distribution: Facts, mirror: string): string | null {
  const archive = securityArchive(distribution)
  return archive ? `${mirror}${archive.suffix}` : null
}
