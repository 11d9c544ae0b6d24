import { parseDuration } from '../../text/duration.ts'
import { type Command, exit } from '../context.ts'
import { listNames, machinesMeant } from '../named-machines.ts'
import { changeMachines, serverOf } from '../running-server.ts'

/** `hakube arm PROFILE MACHINE…` */
export const action: Command = async (context) => {
  const { options, stderr, stdout, signals } = context
  const machines = machinesMeant(context, 'arm')
  if (machines === null) return exit.usage
  const text = options.text('for')
  const seconds = text === null ? null : parseDuration(text)
  if (text !== null && seconds === null) {
    stderr.write(`hakube: --for ${text} is not a duration; write e.g. 90m, 2h or 1d\n`)
    return exit.usage
  }
  const wipe = options.flag('wipe')
  const body = { machines, ...(seconds === null ? {} : { seconds }), ...(wipe ? { wipe } : {}) }
  const names = await changeMachines(serverOf(context), 'arm', body, signals.stop)
  const until = text === null ? '' : ` for ${text}`
  stdout.write(
    `armed${until}${wipe ? ' to erase even living systems on their disks' : ''}: ${listNames(names)}\n`,
  )
  return exit.success
}
