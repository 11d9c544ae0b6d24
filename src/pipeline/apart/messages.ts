import type { Cluster } from '../../cluster/cluster.ts'
import type { Diagnostic } from '../../diagnostics/diagnostic.ts'
import type { Environment } from '../../files/find-program.ts'
import type { Secrets } from '../../secrets/secrets.ts'
import type { SiteFile } from '../../site/site.ts'
import type { ProfileReference } from '../load.ts'
import type { SecretsChoice } from '../secrets.ts'
import type { ServedProfile } from '../served.ts'
import type { Site } from '../site.ts'

/*
 * Messages between the thread that serves and the one that renders: plain data, which is copied (structured clone), and buffers, which move
 * without a copy.
 */

/** What the thread is to render. */
export type Task = {
  references: readonly ProfileReference[]
  choice: SecretsChoice
  /** Ephemeral secrets from an earlier task, to use again, by profile. */
  known: ReadonlyMap<string, Secrets>
  environment: Environment
  hakube: string
}

/**
 * Files of one machine, or of none. Their bodies consist of pieces, which are numbered in all messages together: equal ones are sent
 * once. The new ones are in `bytes` one after the other.
 */
export type FilesMessage = {
  type: 'files'
  /** Position of the profile in the task. */
  profile: number
  bytes: ArrayBuffer
  lengths: number[]
  files: (Omit<SiteFile, 'body'> & { length: number; pieces: Uint32Array })[]
}

/** Everything else of the site of one profile, or the diagnostics that prevent it. */
export type Rendered = {
  /** With their positions. */
  diagnostics: Diagnostic[]
  loaded: Omit<ServedProfile, 'locate'> | null
  ready: ({ cluster: Cluster } & Pick<Site, 'about' | 'assets'>) | null
  /** Secrets made for this process; null for those of a bundle, which is read again each time. */
  ephemeral: Secrets | null
}

/** The last message, after all files: the profiles in the order of the task; or why none of them can be read. */
export type EndMessage = { type: 'end'; profiles: Rendered[] | { refused: Diagnostic[] } }

export type Message = FilesMessage | EndMessage
