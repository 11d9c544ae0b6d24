import { type Command, exit } from '../context.ts'
import { listNames, machinesMeant } from '../named-machines.ts'
import { changeMachines, serverOf } from '../running-server.ts'

/** `hakube disarm PROFILE MACHINE…` */
export const action: Command = async (context) => {
  const machines = machinesMeant(context, 'disarm')
  if (machines === null) return exit.usage
  const names = await changeMachines(serverOf(context), 'disarm', { machines }, context.signals.stop)
  context.stdout.write(`disarmed: ${listNames(names)}\n`)
  return exit.success
}
