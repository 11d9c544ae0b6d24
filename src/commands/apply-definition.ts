import { ageKeyFile, type CommandDefinition, fault, profile, revision, usage } from './definition.ts'
import { changedSince } from './files-definition.ts'

export const applyCommand: CommandDefinition = {
  name: 'apply',
  parameters: [profile, { name: 'MACHINE', completes: 'none', optional: true, many: true }],
  summary: 'Apply the profile to running machines over ssh, one after the other.',
  description: [
    'Does what `hakube files … --tar - | ssh MACHINE sudo hakube-apply` does, for the machines that are named, or for all in the ' +
      'order of the profile. It goes on to the next machine when all checks of the one before pass, and stops at the first that fails.',
    'hakube-apply puts files in place whole or not at all, runs steps whose scripts are new, restarts what reads the changed files, ' +
      'and runs all checks. It reports a reboot, a reinstallation or a manual step that is needed, and does none of them. Where ' +
      'nothing has changed, it does nothing.',
    'It connects with the `ssh` of this system and its configuration, to the address that a machine has in the profile, and never ' +
      'asks for a password. On the machine it uses sudo.',
  ],
  options: [
    { name: 'dry-run', description: 'Only say what would be done on each machine.' },
    {
      name: 'user',
      value: 'NAME',
      description: 'Log in as this user; without it, as your configuration of ssh says.',
    },
    {
      name: 'ssh-option',
      value: 'OPTION',
      many: true,
      description: 'An option of ssh_config(5), e.g. ProxyJump=gateway or Port=2222.',
    },
    changedSince,
    revision,
    ageKeyFile,
    {
      name: 'throw-away-secrets',
      description:
        'With --dry-run only: make authorities, tokens and passwords for this run. Files that hold some are then shown as changed.',
    },
  ],
  examples: [
    { command: 'hakube apply profile.yaml --dry-run', explanation: 'What would be done on all machines?' },
    {
      command: 'hakube apply profile.yaml worker-1 worker-2 --user admin',
      explanation: 'Two machines, one after the other.',
    },
    {
      command: 'hakube apply profile.yaml --ssh-option ProxyJump=gateway.example.com',
      explanation: 'Through another machine.',
    },
  ],
  exitCodes: [
    [0, 'all machines match the profile'],
    [1, 'it stopped at a machine, or there are mistakes in the profile'],
    usage,
    [4, 'done, but a reboot or a manual step is left'],
    fault,
  ],
  load: async () => (await import('./apply.ts')).apply,
}
