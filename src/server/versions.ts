import type { KnownMachine } from '../state/keeper.ts'
import type { KeptVersion, PreparedFile, ServedSite } from './served-site.ts'

/*
 * A machine that is being installed keeps the version that it began with, because its boot script, answers, seed and secrets belong
 * together. Only its own files are kept, so at most the memory of one more site is needed, however many versions follow, and however long
 * a machine hangs.
 */

/** The files of some machines, by their first MAC addresses, each by its path in the site. */
function filesOf(site: ServedSite, macs: ReadonlySet<string>): Map<string, Map<string, PreparedFile>> {
  const byName = new Map<string, Map<string, PreparedFile>>()
  const byMac = new Map<string, Map<string, PreparedFile>>()
  for (const { mac, name } of site.machines.values()) {
    if (!macs.has(mac) || byMac.has(mac)) continue
    const files = new Map<string, PreparedFile>()
    byName.set(name, files)
    byMac.set(mac, files)
  }
  for (const [path, file] of site.files) if (file.machine !== null) byName.get(file.machine)?.set(path, file)
  return byMac
}

/**
 * The versions of these machines in a site.
 *
 * @param macs first MAC addresses
 */
export function versionsIn(site: ServedSite, macs: ReadonlySet<string>): Map<string, KeptVersion> {
  const files = filesOf(site, macs)
  const versions = new Map<string, KeptVersion>()
  for (const { mac } of site.machines.values()) {
    if (!macs.has(mac) || versions.has(mac)) continue
    const before = site.kept.get(mac)
    versions.set(mac, {
      commit: before ? before.commit : commitOf(site, mac),
      files: files.get(mac) ?? new Map(),
      reporter: site.reporters.get(mac) ?? null,
      secrets: before ? before.secrets : (enrollingFor(site, mac)?.secrets ?? null),
      ownCertificates: before ? before.ownCertificates : (enrollingFor(site, mac)?.ownCertificates ?? null),
    })
  }
  return versions
}

/**
 * The site that follows another one.
 *
 * @param isUnderWay whether a machine keeps its version
 */
export function follow(
  before: ServedSite,
  next: ServedSite,
  isUnderWay: (machine: KnownMachine) => boolean,
): ServedSite {
  const macs = new Set<string>()
  // A machine that was removed from the profile, or has another first MAC address, is disarmed.
  for (const machine of next.machines.values())
    if (!macs.has(machine.mac) && isUnderWay(machine)) macs.add(machine.mac)
  return keepVersions(next, versionsIn(before, macs))
}

/** A site in which some machines have other versions. */
export function keepVersions(next: ServedSite, versions: ReadonlyMap<string, KeptVersion>): ServedSite {
  if (versions.size === 0) return next
  const kept = new Map(versions)
  const files = new Map(next.files)
  const reporters = new Map(next.reporters)
  const newest = filesOf(next, new Set(kept.keys()))
  const nameOf = (mac: string): string => next.machines.get(mac)?.name ?? ''
  for (const [mac, version] of kept) {
    const name = nameOf(mac)
    for (const path of newest.get(mac)?.keys() ?? []) files.delete(path)
    for (const [path, file] of version.files) {
      // One of its MAC addresses may belong to another machine by now.
      const owner = next.files.get(path)?.machine ?? name
      if (owner === name) files.set(path, file.machine === name ? file : { ...file, machine: name })
    }
    if (version.reporter === null) reporters.delete(mac)
    else reporters.set(mac, version.reporter)
  }
  return {
    ...next,
    files,
    reporters,
    kept,
    enrolling: next.enrolling.map((enrolling) => ({
      ...enrolling,
      secrets: (mac) => (kept.get(mac)?.secrets ?? enrolling.secrets)(mac),
      ownCertificates: (mac) => (kept.get(mac)?.ownCertificates ?? enrolling.ownCertificates)(mac),
    })),
    takeNewest(mac, asked) {
      const version = kept.get(mac)
      if (!version) return asked
      const path = [...version.files.keys()].find((each) => files.get(each) === asked) ?? ''
      kept.delete(mac)
      const own = newest.get(mac)
      for (const path of version.files.keys())
        if (files.get(path)?.machine === nameOf(mac)) files.delete(path)
      for (const [path, file] of own ?? []) files.set(path, file)
      const reporter = next.reporters.get(mac)
      if (reporter === undefined) reporters.delete(mac)
      else reporters.set(mac, reporter)
      return files.get(path) ?? asked
    },
  }
}

/** The commit of the profile of a machine. */
export const commitOf = ({ described }: ServedSite, mac: string): string | null =>
  described.commits.has(mac) ? (described.commits.get(mac) ?? null) : described.commit

/** The commit from which a machine gets its files. */
export const commitFor = (site: ServedSite, mac: string): string | null => {
  const version = site.kept.get(mac)
  return version ? version.commit : commitOf(site, mac)
}

/** How a machine enrols; undefined if its seed contains its secrets. */
const enrollingFor = ({ enrolling }: ServedSite, mac: string) =>
  enrolling.find(({ addresses }) => addresses.has(mac))

/** The commits, other than that of the site, from which machines get their files. */
export const keptCommits = ({ kept }: ServedSite): string[] => [
  ...new Set([...kept.values()].flatMap(({ commit }) => (commit === null ? [] : [commit]))),
]
