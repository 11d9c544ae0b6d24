import { type CommandDefinition, fault, usage } from '../definition.ts'
import { serveCommand } from '../serve/definition.ts'
import { carriedOptions } from './carried.ts'

export const serviceCommand: CommandDefinition = {
  name: 'service',
  parameters: serveCommand.parameters,
  summary: 'Print the systemd units that run hakube serve.',
  description: [
    'Prints a service and its sockets, or writes them with --out: all that systemd 247 or later needs to run hakube serve with these ' +
      'options, at each boot and again when it fails. Nothing is read but the command line, and nothing is started.',
    'The service runs as a user that exists only while it runs, and sees no home directories. Files with keys are handed over by systemd, ' +
      'so they may be readable only by root. Its state is in /var/lib/NAME: hakube arm, status and the others take it with --state.',
  ],
  options: [
    {
      name: 'name',
      value: 'NAME',
      default: 'hakube',
      description: 'Name of the units, for several servers on one machine.',
    },
    {
      name: 'out',
      value: 'DIR',
      completes: 'directory',
      description: 'Write the units into this directory instead of printing them, e.g. /etc/systemd/system.',
    },
    ...carriedOptions(),
  ],
  examples: [
    {
      command:
        'sudo hakube service /srv/rack/profile.yaml --listen 10.10.10.5:8080 --age-key-file /root/rack.key --out /etc/systemd/system',
      explanation: 'Install the service; what is printed then starts it.',
    },
    { command: 'hakube service profile.yaml --listen :8080', explanation: 'Look at the units first.' },
  ],
  exitCodes: [
    [0, 'printed or written'],
    [
      1,
      'an option that no unit can hold, a path that the service cannot see, or a directory that cannot be written',
    ],
    usage,
    fault,
  ],
  load: () => import('./action.ts'),
}
