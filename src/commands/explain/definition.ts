import { type CommandDefinition, fault, profile, usage } from '../definition.ts'
import { formats } from './formats.ts'

export const explainCommand: CommandDefinition = {
  name: 'explain',
  parameters: [profile, { name: 'MACHINE', completes: 'none', optional: true }],
  summary: 'Explain what a machine will be, and why.',
  description: [
    'Lists the role, addresses, settings, packages, files, units, steps and checks of a machine, each with its ' +
      'origin: a line of the profile, a component of hakube, or a default with its reason.',
    'MACHINE is its name or a MAC address in any spelling: 52:54:00:aa:bb:01, 52-54-00-AA-BB-01, 525400aabb01. ' +
      'Without it, the machines are listed. Secrets are neither needed nor shown.',
  ],
  options: [
    {
      name: 'format',
      value: 'FORMAT',
      choices: formats,
      default: 'text',
      description:
        'Output format. mermaid: a picture of the machine, or of the whole rack without MACHINE, as text that GitHub, GitLab and ' +
        'mermaid.live draw.',
    },
  ],
  examples: [
    { command: 'hakube explain profile.yaml control-plane-1', explanation: 'Explain a machine by name.' },
    {
      command: 'hakube explain profile.yaml 52:54:00:aa:bb:01 --format json',
      explanation: 'Explain a machine by MAC address.',
    },
    {
      command: 'hakube explain profile.yaml --format mermaid',
      explanation: 'Draw the rack.',
    },
  ],
  exitCodes: [[0, 'shown'], [1, 'no such machine, or errors in the profile'], usage, fault],
  load: () => import('./action.ts'),
}
