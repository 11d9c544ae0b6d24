import { installers } from '../installers/index.ts'
import { donePath } from '../installers/installer.ts'
import { defaults } from '../profile/defaults.ts'
import type { KeyPair } from '../secrets/secrets.ts'
import type { Manifest, SiteFile } from '../site/site.ts'
import { neverStored } from './exchange.ts'

/** A site file as it goes out: head and body are made once, at start. */
export type PreparedFile = {
  /** Names and values in turn, as `writeHead` takes them without another look. */
  head: string[]
  body: Buffer
  /** Name of the machine that it is for. */
  machine: string | null
  /** Holds keys, tokens or passwords. */
  secret: boolean
}

/** What it takes to let machines enrol, and to give them their secrets. */
export type Enrolling = {
  /** Its own certificate, signed by the CA that is in the seeds. */
  server: KeyPair
  /** Signs the keys of machines. */
  machineAuthority: KeyPair
  /** By first MAC address of a machine: where the profile says it is. */
  addresses: ReadonlyMap<string, string>
  /** Makes a tar of the secret files of a machine, by its first MAC address; null if there is no such machine. */
  secrets: (mac: string) => Promise<Buffer> | null
}

/** What the profile says of a site besides its files, for people. A rendered directory says less. */
export type Described = {
  /** Name of the profile. */
  name: string | null
  /** The commit that it was made from, with `-dirty` where the working tree differs. */
  commit: string | null
  /** What machines call this server. */
  server: string | null
  /** By first MAC address. */
  machines: ReadonlyMap<string, { role: string; address: string }>
  /** Names of the steps of a machine's first boot in their order; null where they are not known. */
  steps: (mac: string) => readonly string[] | null
}

export const nothingDescribed: Described = {
  name: null,
  commit: null,
  server: null,
  machines: new Map(),
  steps: () => null,
}

/** The version of one machine that is another than that of the site. */
export type KeptVersion = {
  commit: string | null
  /** Its files, by their paths in the site. */
  files: ReadonlyMap<string, PreparedFile>
  reporter: string | null
  secrets: Enrolling['secrets'] | null
}

/** What the server knows: every machine by each of its MACs, and every file by its path in the site. */
export type ServedSite = {
  machines: ReadonlyMap<string, { name: string; mac: string }>
  files: ReadonlyMap<string, PreparedFile>
  /** First MAC addresses of the machines that run from memory and need their files at each boot. */
  inMemory: ReadonlySet<string>
  /** First MAC addresses of the machines whose installer may begin again until their disk is complete. */
  beginAgain: ReadonlySet<string>
  /** Minutes of silence after which a machine under way counts as failed. */
  deadline: number
  /** By first MAC address of a machine: the SHA-256 of what it shows when it reports. */
  reporters: ReadonlyMap<string, string>
  /** Null where seeds hold the secrets. */
  enrolling: Enrolling | null
  described: Described
  /** By first MAC address: machines that are being installed, with the version that they began with, where that is another one. */
  kept: ReadonlyMap<string, KeptVersion>
  /** Gives a machine that starts over the files of this version. @returns the one that takes the place of the file that it asked for */
  takeNewest: (mac: string, file: PreparedFile) => PreparedFile
}

/** Whether one of these files is the leave to start from its disk, which an installer asks for that may begin again until then. */
const hasLeave = (mac: string, files: ReadonlyMap<string, PreparedFile>): boolean =>
  installers.some(
    ({ answers }) => answers?.done !== undefined && files.has(donePath(answers, { macs: [mac] })),
  )

/**
 * Makes the index that requests are answered from. Nothing is read or rendered after this.
 *
 * @param machines those of the manifest: `readSite(…).manifest.machines`, or `machinesByMac(cluster.machines)`
 * @param keepsDisk false where all of them run from memory
 */
export function prepareSite(
  machines: Manifest['machines'],
  files: Iterable<SiteFile>,
  {
    keepsDisk = true,
    deadline = defaults.deadline,
    enrolling = null,
    described = nothingDescribed,
  }: Partial<Pick<ServedSite, 'deadline' | 'enrolling' | 'described'>> & { keepsDisk?: boolean } = {},
): ServedSite {
  const prepared = new Map<string, PreparedFile>()
  for (const { path, contentType, body, machine, secret } of files) {
    const head = ['Content-Type', contentType, 'Content-Length', String(body.length), ...neverStored]
    prepared.set(path, { head, body, machine: machine ?? null, secret })
  }
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
    reporters,
    enrolling,
    described,
    kept: new Map(),
    takeNewest: (_, file) => file,
  }
}
