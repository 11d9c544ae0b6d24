import type { OptionDefinition } from '../definition.ts'
import { serveCommand } from '../serve/definition.ts'

/** Options of `hakube serve` that a service has as well. Its state directory is systemd's. */
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

/** Those options, as `hakube serve` describes them. */
export const carriedOptions = (): OptionDefinition[] =>
  serveCommand.options.filter(({ name }) => carried.has(name))
