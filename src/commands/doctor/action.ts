import { randomBytes } from 'node:crypto'
import { networkInterfaces } from 'node:os'
import { trustedCertificates } from '../../assets/trusted.ts'
import { dhcpPlan, leftOutLines } from '../../boot/dhcp/plan.ts'
import { hasErrors } from '../../diagnostics/diagnostic.ts'
import { printable } from '../../diagnostics/excerpt.ts'
import { countDiagnostics } from '../../diagnostics/print.ts'
import { type Refusal, refusal } from '../../diagnostics/refusal.ts'
import { examine } from '../../doctor/examine.ts'
import type { Asker } from '../../doctor/ask-dhcp.ts'
import { isSystemError } from '../../files/system-error.ts'
import { contains, parseAddress, parseNetwork } from '../../network/addresses.ts'
import { parseDuration } from '../../text/duration.ts'
import { clusterWithoutSecrets } from '../cluster-without-secrets.ts'
import { choiceOf, type Command, exit } from '../context.ts'
import { printMistakes } from '../report.ts'

/**
 * The address and network of this host for DHCP requests.
 *
 * @throws Refusal when this host is not in the network
 */
function askerIn(subnet: string, interfaceName: string | null): Asker {
  const network = parseNetwork(subnet)
  const own = Object.entries(networkInterfaces()).flatMap(([name, addresses = []]) =>
    addresses.map(({ address }) => ({ name, address })),
  )
  const inside = own.find(({ name, address }) => {
    const parsed = parseAddress(address)
    return (
      (interfaceName === null || name === interfaceName) && network && parsed && contains(network, parsed)
    )
  })
  if (network && inside) return { address: inside.address, broadcast: network.last.text }
  throw refusal(
    'doctor/not-in-network',
    interfaceName === null
      ? `this host has no address in ${subnet}, the network of the machines`
      : `the network interface ${interfaceName} of this host has no address in ${subnet}, the network of the machines`,
    { hint: 'run hakube doctor on the server, or on another host in that network' },
  )
}

/** Why this host cannot send DHCP requests; null for other errors. */
function portRefusal(reason: unknown): Refusal | null {
  if (!isSystemError(reason)) return null
  if (reason.code === 'EACCES')
    return refusal('doctor/port', 'asking DHCP needs port 68, which this user may not open', {
      hint: 'run it as root: sudo hakube doctor PROFILE',
    })
  if (reason.code === 'EADDRINUSE' && 'port' in reason && reason.port === 67)
    return refusal('doctor/port', 'a DHCP server on this host uses port 67 exclusively', {
      hint: 'run hakube doctor --listen on another host of that network',
    })
  if (reason.code === 'EADDRINUSE')
    return refusal('doctor/port', 'another DHCP client on this host uses port 68', {
      hint: 'run it on a host with a static address, or stop that client meanwhile',
    })
  return null
}

/** `hakube doctor PROFILE` */
export const action: Command = async (context) => {
  const { options, stdout, stderr, environment, signals } = context
  const format = choiceOf(options, 'format', ['text', 'json'])
  const wait = options.text('wait') ?? ''
  const seconds = parseDuration(wait)
  if (seconds === null) {
    stderr.write(`hakube: --wait ${wait} is not a duration; write e.g. 10s\n`)
    return exit.usage
  }
  const listen = options.text('listen')
  const listening = listen === null ? 0 : parseDuration(listen)
  if (listening === null) {
    stderr.write(`hakube: --listen ${listen} is not a duration; write e.g. 60s\n`)
    return exit.usage
  }
  const found = await clusterWithoutSecrets(context)
  if (!found) return exit.invalidInput
  const { cluster } = found
  const plan = dhcpPlan(cluster)
  for (const line of leftOutLines(plan)) stderr.write(`hakube: ${printable(line)}\n`)
  const asker = askerIn(plan.subnet, options.text('interface'))
  const ca = await trustedCertificates(
    environment,
    cluster.trust.map(({ pem }) => pem),
  )
  try {
    const diagnostics = await examine(cluster, {
      asker,
      wait: seconds * 1000,
      listen: listening * 1000,
      firstTransaction: randomBytes(4).readUInt32BE(0),
      ca,
      stop: signals.stop,
      say: (line) => format === 'text' && stdout.write(`ok: ${printable(line)}\n`),
    })
    stdout.write(printMistakes([{ loaded: null, diagnostics }], stdout.colour, format))
    if (format === 'text')
      stderr.write(
        diagnostics.length === 0
          ? 'hakube: nothing is wrong\n'
          : `hakube: ${countDiagnostics(diagnostics)}\n`,
      )
    return hasErrors(diagnostics) ? exit.invalidInput : exit.success
  } catch (reason) {
    throw portRefusal(reason) ?? reason
  }
}
