import { type CommandDefinition, fault, textOrJson, usage } from '../definition.ts'
import { served, stateOption, whoIsMeant } from '../rack-options.ts'

export const logsCommand: CommandDefinition = {
  name: 'logs',
  parameters: [served, { name: 'MACHINE', completes: 'none', optional: true }],
  summary: 'Show what a machine did and said, from its boot script to its last check.',
  description: [
    'Shows in chronological order what the server saw a machine do and, where the server runs with --syslog, what it said: iPXE, the ' +
      'installer, the first boot. What came by syslog is not authenticated. Secrets in it are hidden.',
    whoIsMeant,
  ],
  options: [
    { name: 'follow', description: 'Keep printing new lines, until Ctrl-C.' },
    {
      name: 'unknown',
      description: 'Show what came by syslog from addresses that belong to no machine of the profile.',
    },
    textOrJson,
    stateOption,
  ],
  examples: [
    {
      command: 'hakube logs profile.yaml worker-3 --follow',
      explanation: 'Watch a machine as it is installed.',
    },
    { command: 'hakube logs profile.yaml --unknown', explanation: 'Find other senders.' },
  ],
  exitCodes: [[0, 'shown'], [1, 'no server is running, or no such machine'], usage, fault],
  load: () => import('./action.ts'),
}
