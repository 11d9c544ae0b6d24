import type { OptionDefinition, ParameterDefinition } from './definition.ts'

/* Options that the commands which talk to the running server share. */

export const stateOption: OptionDefinition = {
  name: 'state',
  value: 'DIR',
  completes: 'directory',
  description:
    'Directory with the state of the machines. Default: $STATE_DIRECTORY of systemd, else a directory for PROFILE below ' +
    '$XDG_STATE_HOME or ~/.local/state.',
}

/** The same parameter as of `hakube serve`: it identifies the server. */
export const served: ParameterDefinition = { name: 'PROFILE|DIR', completes: 'profile' }
export const namedMachines: ParameterDefinition = {
  name: 'MACHINE',
  completes: 'none',
  many: true,
  optional: true,
}
export const allMachines: OptionDefinition = { name: 'all', description: 'All machines of the profile.' }
export const whoIsMeant =
  'MACHINE is a name or a MAC address. The running server and the operator token are found in its state directory, so run this on the ' +
  'machine that serves, as the same user.'
export const notDone = [
  1,
  'no server is running, no such machine, or the server cannot store its state',
] as const
