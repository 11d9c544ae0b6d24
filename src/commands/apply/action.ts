import type { Machine } from '../../cluster/cluster.ts'
import type { Delivery } from '../../delivery/manifest.ts'
import { bytesOf, machineTar } from '../../delivery/tar.ts'
import { printable } from '../../diagnostics/excerpt.ts'
import { type Command, type Context, exit } from '../context.ts'
import { type Deliveries, openDeliveries } from '../deliveries.ts'
import { count } from '../../text/count.ts'
import { openSsh, runOn, type Ssh } from './ssh.ts'

/** The exit codes of hakube-apply (cloud-init/first-boot/hakube-apply.ejs), and of the shell and sudo around it. */
const statuses = { done: 0, left: 4, installation: 5, busy: 75, noSudo: 126, missing: 127 } as const

const left = 4

/** `hakube apply PROFILE [MACHINE…]` */
export const action: Command = async (context) => {
  const { options, stderr } = context
  const [file = '', ...wanted] = context.parameters
  const user = options.text('user')
  if (user !== null && !/^[A-Za-z_][A-Za-z0-9_.-]*$/.test(user)) {
    stderr.write(`hakube: ${printable(user)} is not a user name\nSee hakube apply --help.\n`)
    return exit.usage
  }
  if (options.flag('ephemeral-secrets') && !options.flag('dry-run')) {
    stderr.write(
      'hakube: ephemeral secrets are not for running machines: use --ephemeral-secrets only with --dry-run\nSee hakube apply --help.\n',
    )
    return exit.usage
  }
  const ssh = openSsh(context.environment, file, { user, options: options.texts('ssh-option') })
  const deliveries = await openDeliveries(context, file, wanted)
  if (!deliveries) return exit.invalidInput
  // All deliveries are made before the first machine is contacted, so that an error in one of them changes nothing.
  const all: Delivery[] = []
  for (const machine of deliveries.machines) {
    const delivery = deliveries.deliveryFor(machine)
    if (!delivery) return exit.invalidInput
    all.push(delivery)
  }
  return applyAll(context, { ssh, deliveries, all })
}

async function applyAll(
  context: Context,
  { ssh, deliveries, all }: { ssh: Ssh; deliveries: Deliveries; all: readonly Delivery[] },
): Promise<number> {
  const { stdout, stderr, signals } = context
  const withRest: string[] = []
  for (const [index, delivery] of all.entries()) {
    signals.stop.throwIfAborted()
    const { machine } = delivery
    stdout.write(`[${index + 1}/${all.length}] ${machine.name} (${machine.address})\n`)
    const status = await runOn(ssh, machine.address, {
      command: remoteCommand(context.options.flag('dry-run')),
      input: bytesOf(machineTar(delivery, deliveries.about)),
      tell: (line) => stdout.write(`  ${printable(line.replace(/\r$/, ''))}\n`),
      stop: signals.stop,
    })
    signals.stop.throwIfAborted()
    if (status === statuses.left) withRest.push(machine.name)
    else if (status !== statuses.done) {
      const rest = all.slice(index + 1).map((each) => each.machine.name)
      stderr.write(`hakube: ${failure(machine, status)}\n`)
      if (rest.length > 0) stderr.write(`hakube: not updated: ${rest.join(', ')}\n`)
      return exit.invalidInput
    }
  }
  if (withRest.length > 0)
    stderr.write(`hakube: a reboot or manual steps are required, as shown above, on ${withRest.join(', ')}\n`)
  else stderr.write(`hakube: ${count(all.length, 'machine')}: up to date\n`)
  return withRest.length > 0 ? left : exit.success
}

/** A command for the login shell. sudo never prompts for a password here. */
function remoteCommand(dryRun: boolean): string {
  const program = '/usr/sbin/hakube-apply'
  const words = `${program}${dryRun ? ' --dry-run' : ''}`
  return [
    `[ -x ${program} ] || exit ${statuses.missing}`,
    `[ "$(id -u)" != 0 ] || exec ${words}`,
    `sudo -n true </dev/null || exit ${statuses.noSudo}`,
    `exec sudo -n ${words}`,
  ].join('; ')
}

function failure({ name, address }: Machine, status: number | null): string {
  switch (status) {
    case 255:
      return `could not connect to ${name} (${address}) with ssh, or the connection broke; see the output of ssh above`
    case statuses.missing:
      return `${name} does not have hakube-apply: it was installed by an earlier version of hakube; see docs/changes.md`
    case statuses.noSudo:
      return `the user on ${name} cannot become root with sudo without a password: use --user NAME with a user that has sudo: true`
    case statuses.installation:
      return `${name} has to be reinstalled for this change; nothing was changed there`
    case statuses.busy:
      return `${name} is still busy with an earlier change or with its first boot: try again later`
    case null:
      return `ssh to ${name} was terminated by a signal`
    default:
      return `stopped at ${name}: hakube-apply exited with status ${status}; see its output above`
  }
}
