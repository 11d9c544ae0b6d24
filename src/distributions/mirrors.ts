import type { Distribution } from './distribution.ts'

export const architectures = ['amd64', 'arm64'] as const
export type Architecture = (typeof architectures)[number]

/** An address for each architecture. */
export type ByArchitecture = Readonly<Record<Architecture, string>>

/** Mirrors of an operating system's packages. */
export type SystemMirrors = {
  /** Mirror of the packages, for each architecture. */
  distribution: ByArchitecture
  /** Mirror of the security updates; null if they are among the other packages. */
  security: ByArchitecture | null
}

/** Mirrors of a cluster's packages and images, independent of the operating system. */
export type Mirrors = {
  kubernetes: string
  images: Readonly<Record<string, string>>
  /** Logins at these mirrors, by the name of the registry; the password is a user-defined secret. */
  logins: Readonly<Record<string, { username: string; passwordSecret: string }>>
  /** The CAs (PEM) that are trusted for these mirrors, by the name of the registry. */
  authorities: Readonly<Record<string, readonly string[]>>
  /** Bases of additional repositories, by name. */
  repositories: Readonly<Record<string, string>>
  /** Fingerprints or whole keys of repositories by name, instead of those that hakube knows. */
  keys: Readonly<Record<string, readonly string[]>>
}

/** Makes a value for each architecture. */
export const byArchitecture = <T>(make: (architecture: Architecture) => T): Record<Architecture, T> => ({
  amd64: make('amd64'),
  arm64: make('arm64'),
})

type Facts = Pick<Distribution, 'mirror' | 'portsMirror' | 'archives'>

/** The distribution's own mirror for an architecture; null if the packages need a subscription. */
export const ownMirror = ({ mirror, portsMirror }: Facts, architecture: Architecture): string | null =>
  architecture === 'arm64' ? (portsMirror ?? mirror) : mirror

/** In the Debian family, security updates are in a separate archive. */
const securityArchive = ({ archives }: Facts) => archives?.find(({ isSecurity }) => isSecurity)

/** The distribution's own archive of security updates; null if they are among the other packages. */
export function ownSecurityMirror(distribution: Facts, architecture: Architecture): string | null {
  const own = ownMirror(distribution, architecture)
  const apart = securityArchive(distribution)?.mirror
  // The ports mirror contains them as well.
  if (apart !== undefined && own === distribution.mirror) return apart
  return own === null ? null : securityBeside(distribution, own)
}

/** The security updates of a mirror; null if they are among the other packages. */
export function securityBeside(distribution: Facts, mirror: string): string | null {
  const archive = securityArchive(distribution)
  return archive ? `${mirror}${archive.suffix}` : null
}
