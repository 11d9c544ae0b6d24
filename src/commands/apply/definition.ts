import {
  ageKeyFile,
  changedSince,
  type CommandDefinition,
  ephemeralSecrets,
  fault,
  profile,
  revision,
  usage,
} from '../definition.ts'

export const applyCommand: CommandDefinition = {
  name: 'apply',
  parameters: [profile, { name: 'MACHINE', completes: 'none', optional: true, many: true }],
  summary: 'Apply the profile to running machines over ssh, one after the other.',
  description: [
    'Does what `hakube files … --tar - | ssh MACHINE sudo hakube-apply` does, for the named machines or for all of them, in the ' +
      'order of the profile. It continues with the next machine when all checks of the previous one pass, and stops at the first failure.',
    'hakube-apply replaces files atomically, runs steps whose scripts are new, restarts services that read the changed files, ' +
      'and runs all checks. It reports required reboots, reinstallations and manual steps, but does none of them. If ' +
      'nothing has changed, it does nothing.',
    "It connects to a machine's address in the profile with this system's `ssh` and its configuration, and never " +
      'asks for a password. On the machine it uses sudo.',
  ],
  options: [
    { name: 'dry-run', description: 'Only report what would be done on each machine.' },
    {
      name: 'user',
      value: 'NAME',
      description: 'Log in as this user. Default: as configured for ssh.',
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
      ...ephemeralSecrets,
      description:
        'With --dry-run only: generate CAs, tokens and passwords for this run. Files that contain them are then shown as changed.',
    },
  ],
  examples: [
    {
      command: 'hakube apply profile.yaml --dry-run',
      explanation: 'Show what would be done on all machines.',
    },
    {
      command: 'hakube apply profile.yaml worker-1 worker-2 --user admin',
      explanation: 'Update two machines, one at a time.',
    },
    {
      command: 'hakube apply profile.yaml --ssh-option ProxyJump=gateway.example.com',
      explanation: 'Connect through another machine.',
    },
  ],
  exitCodes: [
    [0, 'all machines match the profile'],
    [1, 'a machine failed, or the profile has errors'],
    usage,
    [4, 'done, but a reboot or a manual step is required'],
    fault,
  ],
  load: () => import('./action.ts'),
}
