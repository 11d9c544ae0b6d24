import { type CommandDefinition, fault, textOrJson, usage } from '../definition.ts'
import { served, stateOption } from '../rack-options.ts'

export const statusCommand: CommandDefinition = {
  name: 'status',
  parameters: [served],
  summary: 'Show the installation state of each machine.',
  description: [
    'States: idle, armed, booting, installing, installed, configuring, ready. A machine that reports a failure, or is silent for ' +
      'longer than the deadline of the profile, is marked as failed, with the reason. The next report of progress removes the mark. Nothing is ' +
      'ever reinstalled because of it.',
    '--unknown lists machines that asked for a boot script but are not in the profile, as YAML to paste into it.',
    '--hardware shows the hardware reports that were sent from the boot menu (bootMenu in the profile). Reports are not authenticated.',
  ],
  options: [
    { name: 'watch', description: 'Print it again on every change, until Ctrl-C.' },
    { name: 'unknown', description: 'Show only machines that are not in the profile.' },
    { name: 'hardware', description: 'Show what machines reported about their hardware from the boot menu.' },
    textOrJson,
    stateOption,
  ],
  examples: [
    { command: 'hakube status profile.yaml --watch', explanation: 'Follow a rack while it is installed.' },
    {
      command: 'hakube status profile.yaml --unknown',
      explanation: 'Collect the MAC addresses of a new rack.',
    },
  ],
  exitCodes: [[0, 'shown'], [1, 'no server is running'], usage, fault],
  load: () => import('./action.ts'),
}
