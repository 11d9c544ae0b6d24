import type { FileSetting } from '../cluster/cluster.ts'

/* The ports that files of the profile make sshd listen on. Port 22 is open in any case: sshd listens there until it has read the files. */

/** sshd_config(5) and its drop-ins. Where systemd starts sshd through a socket (Debian, Ubuntu), the socket unit has its own ports. */
const configuration = /^\/etc\/ssh\/sshd_config(?:\.d\/[^/]+\.conf)?$/
const socket = /^\/etc\/systemd\/system\/sshd?\.socket(?:\.d\/[^/]+\.conf)?$/

/** Keywords may have any case, `=` and quotes; ports cannot occur below Match. */
function ofConfiguration(text: string): string[] {
  const lines = text.split('\n')
  const match = lines.findIndex((line) => /^\s*match\b/i.test(line))
  return (match === -1 ? lines : lines.slice(0, match)).flatMap((line) => {
    const [, keyword = '', value = ''] =
      /^\s*(port|listenaddress)(?:\s*=\s*|\s+)"?([^\s"#]+)/i.exec(line) ?? []
    return keyword.toLowerCase() === 'listenaddress' ? (portOf(value) ?? []) : value
  })
}

/** The port of `10.0.0.1:2222` and `[::]:2222`; `::1` has none. */
const portOf = (address: string): string | undefined => /^(?:\[[^\]]*\]|[^:]*):(\d+)$/.exec(address)?.[1]

/** systemd.socket(5): a number, or an address with one. */
const ofSocket = (text: string): string[] =>
  text
    .split('\n')
    .flatMap((line) => /^\s*ListenStream\s*=\s*(\S+)/.exec(line)?.[1] ?? [])
    .flatMap((value) => (/^\d+$/.test(value) ? value : (portOf(value) ?? [])))

/**
 * The ports on which sshd listens besides 22.
 *
 * @returns them in order
 */
export function sshPorts(files: readonly FileSetting[]): number[] {
  const texts = files.flatMap(({ path, content }) => {
    if (configuration.test(path)) return ofConfiguration(content)
    return socket.test(path) ? ofSocket(content) : []
  })
  const ports = texts
    .filter((text) => /^\d{1,5}$/.test(text))
    .map(Number)
    .filter((port) => port >= 1 && port <= 65_535 && port !== 22)
  return [...new Set(ports)].toSorted((one, other) => one - other)
}
