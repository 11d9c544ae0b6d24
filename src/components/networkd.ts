import { networkServiceOf } from '../cluster/links.ts'
import { networkdUnit } from '../distributions/unit-names.ts'
import { render } from '../templates/template.ts'
import type { Component, Part } from '../assembly/component.ts'
import { onceForEach, sameForAll } from '../assembly/once.ts'
import { restarts } from '../assembly/on-change.ts'

/*
 * When systemd-networkd starts, which each update of systemd causes, and when it reconfigures an interface, it removes everything that it
 * did not configure: addresses of keepalived (https://github.com/acassen/keepalived/issues/1385), and routes and policy rules of Calico,
 * Cilium and flannel (https://docs.cilium.io/en/stable/operations/system_requirements/#systemd-based-distributions,
 * https://github.com/projectcalico/calico/issues/4779). Version 252 even removes its own address briefly, and with the last address the
 * kernel removes all routes of the interface.
 *
 * ManageForeignRoutes= exists from 246 on, ManageForeignRoutingPolicyRules= from 249 (networkd.conf(5)), KeepConfiguration= from 243
 * (systemd.network(5)). The oldest networkd in a supported distribution is 249, in Ubuntu 22.04.
 */
const makePart = (): Part => ({
  files: [
    {
      path: '/etc/systemd/networkd.conf.d/hakube.conf',
      mode: '0644',
      content: render('cloud-init/networkd/networkd.conf.ejs', {}),
      onChange: restarts('networkd', networkdUnit),
    },
  ],
  steps: [{ name: 'networkd', script: render('cloud-init/networkd/step.ejs', {}), after: [] }],
})

export const networkd: Component = {
  name: 'networkd',
  purpose: 'Keeps addresses, routes and policy rules of other programs when systemd-networkd restarts.',
  stage: 'network',
  steps: ['networkd'],
  appliesTo: (_cluster, machine) => networkServiceOf(machine) === 'systemd-networkd',
  contribute: onceForEach<Part>(sameForAll, makePart),
}
