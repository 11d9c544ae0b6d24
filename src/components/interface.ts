import { conntrackdUnit, keepalivedUnit, kubeletUnit } from '../distributions/unit-names.ts'
import { colonMac } from '../network/mac.ts'
import { render } from '../templates/template.ts'
import type { Machine } from '../cluster/cluster.ts'
import type { Link } from '../cluster/link-types.ts'
import { macOf } from '../cluster/links.ts'
import type { Component } from '../assembly/component.ts'
import { balancesInPods, interfaceParameter, meetingPlace, otherLinks } from './load-balancers.ts'
import { quote } from '../text/quote.ts'
import { restarts } from '../assembly/on-change.ts'

export const interfaceUnit = 'hakube-interface.service'

/** The machine's own address on a link; a virtual address may be on another machine. */
const addressOn = ({ network: { further }, address, network }: Machine, { name }: Link): string =>
  further.find((each) => each.interface === name && !each.address.includes(':'))?.address ??
  (name === network.interface ? address : '')

/**
 * Finds the machine's network interfaces by MAC address at each boot and writes `$INTERFACE=<name>` to /run/hakube/interface.conf,
 * because interface names are known only on the machine.
 */
export const networkInterface: Component = {
  name: 'interface',
  purpose: 'Finds the network interface by its MAC address at each boot, for programs that need its name.',
  stage: 'load-balancing',
  units: [interfaceUnit],
  appliesTo: (_cluster, machine) => machine.balancesLoad,
  contribute(cluster, machine) {
    const { address, link } = meetingPlace(cluster, machine)
    const others = otherLinks(cluster, machine).flatMap((each) =>
      each.kind === 'ethernet'
        ? [
            {
              parameter: interfaceParameter(each),
              mac: quote(colonMac(macOf(machine, each))),
              address: quote(addressOn(machine, each)),
            },
          ]
        : [],
    )
    // The unit that starts keepalived.
    const before = balancesInPods(cluster) ? kubeletUnit : `${keepalivedUnit} ${conntrackdUnit}`
    const data = {
      mac: quote(colonMac(link.kind === 'ethernet' ? macOf(machine, link) : machine.macs[0])),
      // Bonds, VLANs and bridges have the names in the profile.
      name: link.kind === 'ethernet' ? null : quote(link.name),
      others,
      address: quote(address),
      before,
    }
    return {
      files: [
        {
          path: '/usr/libexec/hakube/find-interface',
          mode: '0755',
          content: render('cloud-init/interface/find-interface.ejs', data),
          onChange: restarts('interface', interfaceUnit),
        },
      ],
      units: [
        {
          name: interfaceUnit,
          content: render('cloud-init/interface/hakube-interface.service.ejs', data),
          start: 'blocking',
        },
      ],
      checks: [{ name: 'interface', script: render('cloud-init/interface/check.ejs', data) }],
    }
  },
}
