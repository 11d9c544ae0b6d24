import { colonMac } from '../network/mac.ts'
import { render } from '../templates/template.ts'
import type { Component } from '../assembly/component.ts'
import { balancesInPods } from './load-balancers.ts'
import { quote } from '../text/quote.ts'
import { restarts } from '../assembly/on-change.ts'

export const interfaceUnit = 'hakube-interface.service'

/**
 * Finds the machine's network card by its MAC at each boot and writes `$INTERFACE=<name>` to /run/hakube/interface.conf:
 * names of cards are known only on the machine itself.
 */
export const networkInterface: Component = {
  name: 'interface',
  purpose: 'Finds the network card by its MAC at each boot, for what has to know its name.',
  stage: 'load-balancing',
  appliesTo: (_cluster, machine) => machine.balancesLoad,
  contribute(cluster, { macs, address }) {
    // Whatever starts keepalived.
    const before = balancesInPods(cluster) ? 'kubelet.service' : 'keepalived.service conntrackd.service'
    const data = { mac: quote(colonMac(macs[0])), address: quote(address), before }
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
