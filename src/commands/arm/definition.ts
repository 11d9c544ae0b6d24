import { type CommandDefinition, fault, usage } from '../definition.ts'
import { allMachines, namedMachines, notDone, served, stateOption, whoIsMeant } from '../rack-options.ts'

export const armCommand: CommandDefinition = {
  name: 'arm',
  parameters: [served, namedMachines],
  summary: 'Let machines be installed at their next boot from the network.',
  description: [
    'An armed machine is installed once, at its next boot from the network, and its disk is erased. Every other machine boots ' +
      'from its disk, and so does this one once its installation has begun, until you arm it again.',
    'An installer that finds a living system on a disk that it would erase stops, and says what it found: pods of a kubelet, data of etcd, ' +
      'a system that hakube set up, or a volume group or RAID with members on other disks. With --wipe it erases these, too.',
    whoIsMeant,
  ],
  options: [
    allMachines,
    {
      name: 'for',
      value: 'TIME',
      description: 'How long an installation may start: 90m, 2h, 1d. Default: no limit.',
    },
    {
      name: 'wipe',
      description: 'Erase disks even if a living system is on them.',
    },
    stateOption,
  ],
  examples: [
    {
      command: 'hakube arm profile.yaml worker-3 --for 2h',
      explanation: 'Arm one machine, then switch it on.',
    },
    {
      command: 'hakube arm profile.yaml worker-3 --wipe',
      explanation: 'Reinstall a node that has left its cluster.',
    },
    { command: 'hakube arm profile.yaml --all', explanation: 'Arm a whole new rack.' },
  ],
  exitCodes: [[0, 'armed'], notDone, usage, fault],
  load: () => import('./action.ts'),
}
