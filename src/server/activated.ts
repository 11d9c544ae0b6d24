import { type Refusal, refusal } from '../diagnostics/refusal.ts'

/** Descriptors of sockets that already listen, by purpose. */
export type Activated = { http: number | null; tls: number | null }

/** `FileDescriptorName=` of the units of `hakube service`. */
export const socketNames = { http: 'http', tls: 'tls' } as const

/** SD_LISTEN_FDS_START of sd_listen_fds(3). */
const firstDescriptor = 3

const refused = (message: string): Refusal =>
  refusal('serve/sockets', `systemd hands over sockets that hakube cannot use: ${message}`, {
    hint: `write FileDescriptorName=${socketNames.http} or ${socketNames.tls} into the .socket unit, or print both units with hakube service`,
  })

/**
 * Sockets that systemd passes to the server when it starts it (sd_listen_fds(3)). A single socket is for HTTP, whatever its name.
 *
 * @param pid of this process: the variables may be meant for its parent
 * @throws Refusal for sockets with unknown names
 */
export function activatedSockets(
  environment: Readonly<Record<string, string | undefined>>,
  pid: number,
): Activated {
  const { LISTEN_PID, LISTEN_FDS, LISTEN_FDNAMES } = environment
  const none: Activated = { http: null, tls: null }
  if (LISTEN_FDS === undefined || LISTEN_PID !== String(pid)) return none
  const count = Number(LISTEN_FDS)
  if (!/^\d{1,4}$/.test(LISTEN_FDS) || count === 0) return none
  const names = LISTEN_FDNAMES?.split(':') ?? []
  if (count === 1)
    return names[0] === socketNames.tls
      ? { ...none, tls: firstDescriptor }
      : { ...none, http: firstDescriptor }
  const found = { ...none }
  for (let at = 0; at < count; at++) {
    const name = names[at] ?? ''
    if (name !== 'http' && name !== 'tls') throw refused(`one has the name ${JSON.stringify(name)}`)
    if (found[name] !== null) throw refused(`two have the name ${name}`)
    found[name] = firstDescriptor + at
  }
  return found
}
