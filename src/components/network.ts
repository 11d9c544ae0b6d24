import { render } from '../templates/template.ts'
import type { Component } from '../assembly/component.ts'
import { quote, quoteAll } from '../text/quote.ts'

/**
 * The rest of the network setup of a machine that runs from memory, whose address cloud-init has configured. On other machines the
 * installer configures the network, and nothing is left to do.
 */
export const network: Component = {
  name: 'network',
  purpose: "Configures the machine's own address and name servers, where its image was booted with DHCP.",
  stage: 'network',
  steps: ['network'],
  appliesTo: (_cluster, { system }) => !system.install.keepsDisk,
  contribute: ({ network: { gateway, nameServers, searchDomain } }, { address }) => ({
    steps: [
      {
        name: 'network',
        script: render('cloud-init/network/step.ejs', {
          address: quote(address),
          gateway: quote(gateway),
          nameServers: quoteAll(nameServers),
          searchDomain: quote(searchDomain ?? ''),
        }),
        after: [],
      },
    ],
  }),
}
