import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { systemCode } from '../files/system-error.ts'
import { writeWhole } from '../files/write-whole.ts'
import { hostOfAddress } from '../text/web-address.ts'

const tokenName = 'operator-token'
const addressName = 'server.json'

/** A profile that a server serves beside others: its name on the command line, its absolute path, and the cluster in names of machines. */
export type AnnouncedProfile = { profile: string; path: string; cluster: string }

/** What commands need to reach the running server. `profiles`: empty if it serves one, whose machines have plain names. */
export type OperatorAccess = { url: string; token: string; profiles: readonly AnnouncedProfile[] }

const Address = z.strictObject({
  url: z.url(),
  pid: z.number().int(),
  profiles: z
    .array(z.strictObject({ profile: z.string(), path: z.string(), cluster: z.string() }))
    .exactOptional(),
  /** The directory with the state, if it is another one. */
  state: z.string().exactOptional(),
})

/** The token file in a state directory. */
export const tokenFile = (directory: string): string => join(directory, tokenName)

/** The token that authorizes arming machines. Created at the first start; only the owner of the directory can read it. */
export async function operatorToken(directory: string): Promise<string> {
  const file = join(directory, tokenName)
  try {
    const token = readFileSync(file, 'utf8').trim()
    if (token !== '') return token
  } catch (fault) {
    if (systemCode(fault) !== 'ENOENT') throw fault
  }
  const token = randomBytes(32).toString('base64url')
  await writeWhole(file, `${token}\n`, 0o600)
  return token
}

/**
 * Records the server's address in the state directory. A wildcard address is replaced by one that clients can connect to.
 *
 * @param profiles those that it serves, if there are several
 * @param elsewhere directories of these profiles, in which commands look for the server
 */
export async function announce(
  directory: string,
  url: string,
  profiles: readonly AnnouncedProfile[] = [],
  elsewhere: readonly string[] = [],
): Promise<void> {
  const address = new URL(url)
  const host = hostOfAddress(address)
  if (host === '0.0.0.0') address.hostname = '127.0.0.1'
  if (host === '::') address.hostname = '[::1]'
  const about = { url: address.origin, pid: process.pid, ...(profiles.length === 0 ? {} : { profiles }) }
  await writeWhole(join(directory, addressName), `${JSON.stringify(about)}\n`, 0o600)
  for (const other of elsewhere)
    await writeWhole(join(other, addressName), `${JSON.stringify({ ...about, state: directory })}\n`, 0o600)
}

export const withdraw = (directory: string): Promise<void> =>
  rm(join(directory, addressName), { force: true })

/**
 * How to reach the server with this state directory; null if none is running.
 *
 * @throws a system error
 */
export function findServer(directory: string): OperatorAccess | null {
  try {
    const {
      url,
      profiles = [],
      state = directory,
    } = Address.parse(JSON.parse(readFileSync(join(directory, addressName), 'utf8')))
    return { url, profiles, token: readFileSync(join(state, tokenName), 'utf8').trim() }
  } catch (fault) {
    if (systemCode(fault) === 'ENOENT') return null
    throw fault
  }
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()

/** Whether the `Authorization` header of a request contains the token, in constant time. */
export const isBearer = (header: string | undefined, token: string): boolean =>
  header !== undefined && timingSafeEqual(digest(header), digest(`Bearer ${token}`))
