import { dhcpConfiguration, dhcpFormats } from '../../boot/dhcp/index.ts'
import { dhcpLoaders, dhcpPlan, leftOutLines } from '../../boot/dhcp/plan.ts'
import { printable } from '../../diagnostics/excerpt.ts'
import { clusterWithoutSecrets } from '../cluster-without-secrets.ts'
import { choiceOf, type Command, exit } from '../context.ts'

/** `hakube dhcp PROFILE --format FORMAT` */
export const action: Command = async (context) => {
  const found = await clusterWithoutSecrets(context)
  if (!found) return exit.invalidInput
  const format = choiceOf(context.options, 'format', dhcpFormats)
  const loader = choiceOf(context.options, 'loader', dhcpLoaders)
  // A table has no comments.
  for (const line of leftOutLines(dhcpPlan(found.cluster, loader)))
    context.stderr.write(`hakube: ${printable(line)}\n`)
  context.stdout.write(dhcpConfiguration(found.cluster, format, loader))
  return exit.success
}
