import { networkServiceOf } from '../cluster/links.ts'
import { networkdUnit } from '../distributions/unit-names.ts'
import { render } from '../templates/template.ts'
import type { Component, Part } from '../assembly/component.ts'
import { onceForEach, sameForAll } from '../assembly/once.ts'
import { restarts } from '../assembly/on-change.ts'

/*
 * systemd-networkd takes all that it did not configure itself off the machine when it starts, which each update of systemd makes it do, and
 * when it configures an interface again: addresses of keepalived (https://github.com/acassen/keepalived/issues/1385), routes and policy rules of
 * Calico, Cilium and flannel (https://docs.cilium.io/en/stable/operations/system_requirements/#systemd-based-distributions,
 * https://github.com/projectcalico/calico/issues/4779). That of systemd 252 even takes its own address for a moment, and the kernel all
 * routes of the interface with the last address.
 *
 * ManageForeignRoutes= is known from 246 on, ManageForeignRoutingPolicyRules= from 249 (networkd.conf(5)), KeepConfiguration= from 243
 * (systemd.network(5)). The oldest networkd that a distribution has here is 249, of Ubuntu 22.04.
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
