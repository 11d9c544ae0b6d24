import { installers } from '../installers/index.ts'
import { donePath } from '../installers/installer.ts'
import { defaults } from '../profile/defaults.ts'
import type { CertificateNeed } from '../secrets/certificate-need.ts'
import type { MakePolicy } from '../secrets/make.ts'
import type { KeyPair } from '../secrets/secrets.ts'
import type { Manifest, SiteFile } from '../site/site.ts'
import { neverStored } from './exchange.ts'
import { type Pieces, shareBodies } from './shared-bodies.ts'

/** A file of the site, ready to send: its head is made once. */
export type PreparedFile = {
  /** Names and values alternate, as `writeHead` accepts them without copying. */
  head: string[]
  /** Its body, in pieces that files share: `bodyOf` puts them together. */
  pieces: Pieces
  /** Name of the machine that it belongs to. */
  machine: string | null
  /** It contains keys, tokens or passwords. */
  secret: boolean
}

/** What the server needs to enrol machines and send them their secrets. */
export type Enrolling = {
  /** The profile of these machines, as the command line names it: each has its own CAs, and so its own port. */
  profile: string
  /** The address at which machines enrol, and its port. */
  url: string
  port: number
  /** The server's certificate, issued by the CA in the seeds. */
  server: KeyPair
  /** The CA that issues the certificates of machines. */
  machineAuthority: KeyPair
  /** Addresses of machines in the profile, by first MAC address. */
  addresses: ReadonlyMap<string, string>
  /** Makes a tar of a machine's secret files, by its first MAC address; null if there is no such machine. */
  secrets: (mac: string) => Promise<Buffer> | null
  /** What is signed for the keys that a machine makes itself, by its first MAC address; null if there is no such machine. */
  ownCertificates: (mac: string) => OwnCertificates | null
}

export type OwnCertificates = {
  needs: readonly CertificateNeed[]
  /** The CA of etcd, which signs all kinds. */
  authority: KeyPair
  policy: MakePolicy
}

/** What the profile says about a site, for display. A rendered directory contains less. */
export type Described = {
  /** Name of the profile. */
  name: string | null
  /** The commit that it was rendered from, with `-dirty` if the working tree differs. */
  commit: string | null
  /** By first MAC address, for machines of other commits: a server may have several profiles. */
  commits: ReadonlyMap<string, string | null>
  /** The server's name or address for machines. */
  server: string | null
  /** By first MAC address. */
  machines: ReadonlyMap<string, { role: string; address: string }>
  /** Names of the steps of a machine's first boot, in order; null if unknown. */
  steps: (mac: string) => readonly string[] | null
}

export const nothingDescribed: Described = {
  name: null,
  commit: null,
  commits: new Map(),
  server: null,
  machines: new Map(),
  steps: () => null,
}

/** A machine's version that differs from that of the site. */
export type KeptVersion = {
  commit: string | null
  /** Its files, by path in the site. */
  files: ReadonlyMap<string, PreparedFile>
  reporter: string | null
  secrets: Enrolling['secrets'] | null
  ownCertificates: Enrolling['ownCertificates'] | null
}

/**
 * Everything that the server serves: machines by each of their MAC addresses, and files by path. If it is made of several profiles, the names
 * of machines are `CLUSTER/NAME` (machine-name.ts).
 */
export type ServedSite = {
  machines: ReadonlyMap<string, { name: string; mac: string }>
  files: ReadonlyMap<string, PreparedFile>
  /** First MAC addresses of machines that run from memory and fetch their files at each boot. */
  inMemory: ReadonlySet<string>
  /** First MAC addresses of machines whose installer may start again until their disk is complete. */
  beginAgain: ReadonlySet<string>
  /** Minutes without a report after which a machine that is being installed counts as failed. */
  deadline: number
  /** By first MAC address, for machines with another deadline. */
  deadlines: ReadonlyMap<string, number>
  /** By first MAC address: the SHA-256 of the token with which the machine reports. */
  reporters: ReadonlyMap<string, string>
  /** For each profile whose seeds do not contain the secrets. */
  enrolling: readonly Enrolling[]
  /** With several profiles: the file `release` for the machine with an address. */
  releases: ReadonlyMap<string, PreparedFile>
  described: Described
  /** By first MAC address: machines that are being installed, with the version that they began with, if it differs. */
  kept: ReadonlyMap<string, KeptVersion>
  /**
   * Switches a machine that starts over to the files of this version.
   *
   * @returns the file that replaces the requested one
   */
  takeNewest: (mac: string, file: PreparedFile) => PreparedFile
}

/** Whether one of these files is the permission to start from its disk, which an installer that may begin again asks for. */
const hasLeave = (mac: string, files: ReadonlyMap<string, PreparedFile>): boolean =>
  installers.some(
    ({ answers }) => answers?.done !== undefined && files.has(donePath(answers, { macs: [mac] })),
  )

/** A file of a site, with its head. */
export const prepareFile = (
  { contentType, length, machine, secret }: Omit<SiteFile, 'path' | 'body'> & { length: number },
  pieces: Pieces,
): PreparedFile => ({
  head: ['Content-Type', contentType, 'Content-Length', String(length), ...neverStored],
  pieces,
  machine: machine ?? null,
  secret,
})

/** Adds files to others, with which they share what is equal. */
export function adding(prepared: Map<string, PreparedFile>): (file: SiteFile) => void {
  const share = shareBodies()
  return ({ path, body, ...file }) =>
    void prepared.set(path, prepareFile({ ...file, length: body.length }, share(path, body)))
}

/** Files by path. One at a time, because all of them together would fill the memory. */
export function prepareFiles(files: Iterable<SiteFile>): Map<string, PreparedFile> {
  const prepared = new Map<string, PreparedFile>()
  const add = adding(prepared)
  for (const file of files) add(file)
  return prepared
}

/**
 * Makes the index for answering requests. Nothing is read or rendered afterwards.
 *
 * @param machines those of the manifest: `readSite(…).manifest.machines`, or `machinesByMac(cluster.machines)`
 * @param files those of the site, or what {@link prepareFile} made of them, by path
 * @param keepsDisk false if all of them run from memory
 */
export function prepareSite(
  machines: Manifest['machines'],
  files: Iterable<SiteFile> | Map<string, PreparedFile>,
  {
    keepsDisk = true,
    deadline = defaults.deadline,
    enrolling = null,
    described = nothingDescribed,
  }: Partial<Pick<ServedSite, 'deadline' | 'described'>> & {
    enrolling?: Enrolling | null
    keepsDisk?: boolean
  } = {},
): ServedSite {
  const prepared = files instanceof Map ? files : prepareFiles(files)
  const reporters = new Map(
    Object.values(machines).flatMap(({ mac, reporter }) => (reporter === undefined ? [] : [[mac, reporter]])),
  )
  return {
    machines: new Map(Object.entries(machines)),
    files: prepared,
    inMemory: new Set(
      Object.values(machines).flatMap((row) => (keepsDisk && row.keepsDisk !== false ? [] : [row.mac])),
    ),
    beginAgain: new Set(Object.values(machines).flatMap(({ mac }) => (hasLeave(mac, prepared) ? [mac] : []))),
    deadline,
    deadlines: new Map(),
    reporters,
    enrolling: enrolling === null ? [] : [enrolling],
    releases: new Map(),
    described,
    kept: new Map(),
    takeNewest: (_, file) => file,
  }
}
