import { type CommandDefinition, fault, profile, textOrJson, usage } from '../definition.ts'

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
  options: [textOrJson],
  examples: [
    { command: 'hakube explain profile.yaml control-plane-1', explanation: 'Explain a machine by name.' },
    {
      command: 'hakube explain profile.yaml 52:54:00:aa:bb:01 --format json',
      explanation: 'Explain a machine by MAC address.',
    },
  ],
  exitCodes: [[0, 'shown'], [1, 'no such machine, or errors in the profile'], usage, fault],
  load: () => import('./action.ts'),
}
