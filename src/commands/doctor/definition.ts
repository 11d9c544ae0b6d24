import { type CommandDefinition, fault, profile, textOrJson, usage } from '../definition.ts'

export const doctorCommand: CommandDefinition = {
  name: 'doctor',
  parameters: [profile],
  summary: 'Query the network as the machines would, and report what is wrong.',
  description: [
    'Asks DHCP as the firmware of every machine, loads the boot loaders that it names by TFTP and HTTP, follows iPXE and shim to their ' +
      'scripts, and asks the server for all files that machines will fetch and the time servers for the time. Each problem is reported with ' +
      'what to do about it.',
    'It changes nothing: it takes no address and installs no machine. Run it as root, for the port of DHCP clients, on a host ' +
      'with an address in the network of the machines: on the server, or better on another host, which also sees what a firewall on the ' +
      'server blocks. No secrets are needed.',
  ],
  options: [
    {
      name: 'interface',
      value: 'NAME',
      description:
        'Network interface to ask DHCP on. Default: the one with an address in the network of the machines.',
    },
    {
      name: 'wait',
      value: 'DURATION',
      default: '4s',
      description: 'How long to wait for DHCP offers, such as 10s.',
    },
    {
      name: 'listen',
      value: 'DURATION',
      description:
        'Then listen this long, such as 60s, to machines that are switched on: finds those that get offers and request none.',
    },
    textOrJson,
  ],
  examples: [
    { command: 'sudo hakube doctor profile.yaml', explanation: 'Before the rack is switched on.' },
    {
      command: 'sudo hakube doctor profile.yaml --interface eth1 --wait 15s',
      explanation: 'On one interface, with a slow DHCP server.',
    },
    {
      command: 'sudo hakube doctor profile.yaml --listen 2m',
      explanation: 'While a machine that does not boot is switched on.',
    },
  ],
  exitCodes: [
    [0, 'nothing is wrong, or there are only warnings'],
    [1, 'errors in the network or in the profile'],
    usage,
    fault,
  ],
  load: () => import('./action.ts'),
}
