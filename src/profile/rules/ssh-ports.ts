import { error } from '../../diagnostics/diagnostic.ts'
import type { Diagnostic, Path } from '../../diagnostics/diagnostic.ts'
import { apiServerPort, sharedApiPort } from '../defaults.ts'
import type { Profile } from '../schema.ts'
import { portsOfNodes } from './node-ports.ts'
import { settingsPlaces } from './rule.ts'
import type { Rule } from './rule.ts'
import { readBySshd } from './ssh-drop-ins.ts'
import { sshConfiguration } from './ssh-settings.ts'

/** Keywords may be in any case, with `=` and quotes. */
const portLine = /^[ \t]*port(?:[ \t]*=[ \t]*|[ \t]+)"?(?<port>[^\s"#]+)/gim

/** Ports on which sshd cannot listen: it does not start, and nobody can log in. */
export const sshPortRules: Rule = (context) => {
  const { profile, sources } = context
  return [...settingsPlaces(profile)].flatMap(({ path, role, settings }) =>
    (settings.files ?? []).flatMap((file, index): Diagnostic[] => {
      if (!sshConfiguration.test(file.path) || !readBySshd(context, { file, path })) return []
      const text = file.content ?? sources.get(file.source ?? '') ?? ''
      const at: Path = [...path, 'files', index, file.content === undefined ? 'source' : 'content']
      return [...text.matchAll(portLine)].flatMap((match) => {
        const port = match.groups?.['port'] ?? ''
        const wrong = problem(port, profile, role)
        if (wrong === null) return []
        const start = match.index + match[0].length - port.length
        return [
          error('files/ssh-port', `sshd cannot listen on port ${port}: ${wrong}, so nobody could log in`, {
            hint: 'write a free port from 1 to 65535, e.g. 2222; the firewall opens it',
            path: at,
            part: { start, length: port.length },
            source: 'sshd_config(5)',
          }),
        ]
      })
    }),
  )
}

function problem(
  text: string,
  { loadBalancing: balancing, machines }: Profile,
  role: string | null,
): string | null {
  const port = Number(text)
  if (!/^\d+$/.test(text) || port < 1 || port > 65_535) return 'it is not a port'
  const taken = role === 'load-balancer' ? undefined : portsOfNodes.find(([each]) => each === port)
  if (taken && port !== 22) return `${taken[1]} listens there`
  if (!balancing || balancing.placement === 'external') return null
  const balancer = machines.some((machine) => machine.role === 'load-balancer')
    ? 'load-balancer'
    : 'control-plane'
  const apiPort = balancing.api.port ?? (balancer === 'load-balancer' ? apiServerPort : sharedApiPort)
  return port === apiPort && (role === null || role === balancer) ? 'the load balancer listens there' : null
}
