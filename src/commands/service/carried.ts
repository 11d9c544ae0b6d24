import type { OptionDefinition } from '../definition.ts'
import { serveCommand } from '../serve/definition.ts'

/** Options of `hakube serve` that `hakube service` accepts too. systemd provides the state directory. */
const carried: ReadonlySet<string> = new Set([
  'listen',
  'listen-tls',
  'strict-source',
  'syslog',
  'page',
  'assets',
  'repo',
  'ref',
  'interval',
  'require-signature',
  'allow-rewrite',
  'webhook-secret',
  'log',
  'age-key-file',
])

/** Those options, with their definitions from `hakube serve`. */
export const carriedOptions = (): OptionDefinition[] =>
  serveCommand.options.filter(({ name }) => carried.has(name))
