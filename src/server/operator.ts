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

/** What the commands need to speak with the server that runs. */
export type OperatorAccess = { url: string; token: string }

const Address = z.strictObject({ url: z.url(), pid: z.number().int() })

/** The file with the token, in a state directory. */
export const tokenFile = (directory: string): string => join(directory, tokenName)

/** Whoever has it may arm machines. Made at the first start; only the owner of the directory can read it. */
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

/** Says in the state directory where the server is. An address that stands for all is none to go to. */
export async function announce(directory: string, url: string): Promise<void> {
  const address = new URL(url)
  const host = hostOfAddress(address)
  if (host === '0.0.0.0') address.hostname = '127.0.0.1'
  if (host === '::') address.hostname = '[::1]'
  const text = `${JSON.stringify({ url: address.origin, pid: process.pid })}\n`
  await writeWhole(join(directory, addressName), text, 0o600)
}

export const withdraw = (directory: string): Promise<void> =>
  rm(join(directory, addressName), { force: true })

/** How to speak with the server whose state is in a directory; null when none runs there. @throws an error of the system */
export function findServer(directory: string): OperatorAccess | null {
  try {
    const { url } = Address.parse(JSON.parse(readFileSync(join(directory, addressName), 'utf8')))
    return { url, token: readFileSync(join(directory, tokenName), 'utf8').trim() }
  } catch (fault) {
    if (systemCode(fault) === 'ENOENT') return null
    throw fault
  }
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()

/** Whether the `Authorization` of a request is the token. Takes as long for a wrong one as for a right one. */
export const isBearer = (header: string | undefined, token: string): boolean =>
  header !== undefined && timingSafeEqual(digest(header), digest(`Bearer ${token}`))
