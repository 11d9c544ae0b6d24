import { type CommandDefinition, fault, usage } from '../definition.ts'
import { namedMachines, served, stateOption, whoIsMeant } from '../rack-options.ts'

export const waitCommand: CommandDefinition = {
  name: 'wait',
  parameters: [served, namedMachines],
  summary: 'Wait until machines are installed or ready.',
  description: [
    'Waits for the given machines, or for all of the profile. Reports progress on standard error. Stops as soon as one is marked as failed, and reports which and why.',
    whoIsMeant,
  ],
  options: [
    {
      name: 'for',
      value: 'STATE',
      choices: ['installed', 'ready'],
      required: true,
      description: 'installed: the installed system has started; ready: all its checks pass.',
    },
    { name: 'timeout', value: 'TIME', default: '45m', description: 'How long to wait: 90s, 45m, 2h.' },
    stateOption,
  ],
  examples: [
    {
      command: 'hakube wait profile.yaml --for ready --timeout 1h',
      explanation: 'Wait for the whole rack in a script.',
    },
  ],
  exitCodes: [
    [0, 'all machines are in that state'],
    [1, 'a machine failed, no server is running, or no such machine'],
    [3, 'timeout; prints which machines are missing, and their last reports'],
    usage,
    fault,
  ],
  load: () => import('./action.ts'),
}
