import { type CommandDefinition, fault, usage } from '../definition.ts'
import { allMachines, namedMachines, notDone, served, stateOption, whoIsMeant } from '../rack-options.ts'

export const disarmCommand: CommandDefinition = {
  name: 'disarm',
  parameters: [served, namedMachines],
  summary: 'Revoke the permission to install machines.',
  description: [
    'From now on the machines boot from their disks. An installation in progress gets no more files and fails. Installed machines are not affected.',
    whoIsMeant,
  ],
  options: [allMachines, stateOption],
  examples: [{ command: 'hakube disarm profile.yaml worker-3', explanation: 'Disarm the wrong machine.' }],
  exitCodes: [[0, 'disarmed'], notDone, usage, fault],
  load: () => import('./action.ts'),
}
