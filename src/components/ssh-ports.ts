import type { FileSetting } from '../cluster/cluster.ts'

/*
 * Where sshd listens, by files of the user's own. Port 22 is open whatever they say: until the daemon has read them it listens there.
 */

/** sshd_config(5) and its drop-ins; the socket of systemd has ports of its own where it starts sshd (Debian, Ubuntu). */
const configuration = /^\/etc\/ssh\/sshd_config(?:\.d\/[^/]+\.conf)?$/
const socket = /^\/etc\/systemd\/system\/sshd?\.socket(?:\.d\/[^/]+\.conf)?$/

/** Keywords may be in any case, with `=` and quotes; nothing of the ports can stand below Match. */
function ofConfiguration(text: string): string[] {
  const lines = text.split('\n')
  const match = lines.findIndex((line) => /^\s*match\b/i.test(line))
  return (match === -1 ? lines : lines.slice(0, match)).flatMap((line) => {
    const [, keyword = '', value = ''] =
      /^\s*(port|listenaddress)(?:\s*=\s*|\s+)"?([^\s"#]+)/i.exec(line) ?? []
    return keyword.toLowerCase() === 'listenaddress' ? (portOf(value) ?? []) : value
  })
}

/** Of `10.0.0.1:2222` and `[::]:2222`, but not of `::1`. */
const portOf = (address: string): string | undefined => /^(?:\[[^\]]*\]|[^:]*):(\d+)$/.exec(address)?.[1]

/** systemd.socket(5): a number, or an address with one. */
const ofSocket = (text: string): string[] =>
  text
    .split('\n')
    .flatMap((line) => /^\s*ListenStream\s*=\s*(\S+)/.exec(line)?.[1] ?? [])
    .flatMap((value) => (/^\d+$/.test(value) ? value : (portOf(value) ?? [])))

/** @returns the ports beside 22, in order */
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
