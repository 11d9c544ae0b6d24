import type { Component, File, Part } from '../assembly/component.ts'
import { readAgain, runsAgain, told } from '../assembly/on-change.ts'
import { onceForEach } from '../assembly/once.ts'
import type { Cluster, Machine } from '../cluster/cluster.ts'
import { trustStores } from '../distributions/trust-stores.ts'
import { render } from '../templates/template.ts'
import { quote, quoteAll } from '../text/quote.ts'
import { isNode } from './container-runtime.ts'

/** All of them in one file, for apt on a system that has no bundle yet. */
const together = '/etc/hakube/trust.pem'

/** What reads the bundle once, when it starts. */
const daemons: Readonly<Record<Cluster['containerRuntime']['name'], string>> = {
  containerd: 'containerd.service',
  'cri-o': 'crio.service',
  docker: 'docker.service',
}

const togetherFile = (trust: Cluster['trust']): File => ({
  path: together,
  mode: '0644',
  content: trust.map(({ pem }) => `${pem}\n`).join(''),
  onChange: readAgain(),
})

function makePart({ containerRuntime, distribution, trust }: Cluster, machine: Machine): Part {
  const store = trustStores[distribution.family]
  const apt = distribution.packageManager === 'apt'
  const files = trust.map(({ name, pem, from }): File => ({
    path: `${store.directory}${name}${store.ending}`,
    mode: '0644',
    content: `${pem}\n`,
    onChange: {
      removed: told(
        'the step trust takes it out of the bundle; where trust is empty now, run update-ca-certificates --fresh or update-ca-trust yourself',
      ),
      otherwise: runsAgain('the step trust puts it into the bundle', 'trust'),
    },
    ...(from ? { from } : {}),
  }))
  const data = {
    apt,
    directory: quote(store.directory.replace(/\/$/, '')),
    // The files are named after what is in them: other certificates make another script, which runs again.
    wanted: quoteAll(files.map(({ path }) => path)),
    bundle: quote(store.bundle),
    package: quote(store.package),
    together: quote(together),
    units: isNode(machine) ? quoteAll([daemons[containerRuntime.name], 'kubelet.service']) : '',
  }
  return {
    packages: [{ name: store.package }],
    files: apt ? [...files, togetherFile(trust)] : files,
    steps: [{ name: 'trust', script: render('cloud-init/trust/step.ejs', data), after: [] }],
    checks: [{ name: 'trust', script: render('cloud-init/trust/check.ejs', data) }],
  }
}

export const trust: Component = {
  name: 'trust',
  purpose: "Has the machine trust the profile's own authorities before it fetches anything.",
  stage: 'trust',
  appliesTo: (cluster) => cluster.trust.length > 0,
  contribute: onceForEach<Part>((machine) => String(isNode(machine)), makePart),
}
