import { containerdUnit, crioUnit, dockerUnit, kubeletUnit } from '../distributions/unit-names.ts'
import type { Component, File, Part } from '../assembly/component.ts'
import { readAgain, runsAgain, manual } from '../assembly/on-change.ts'
import { onceForEach } from '../assembly/once.ts'
import type { Cluster, ContainerRuntime, Machine } from '../cluster/cluster.ts'
import { trustStores } from '../distributions/trust-stores.ts'
import { render } from '../templates/template.ts'
import { quote, quoteAll } from '../text/quote.ts'
import { isNode } from './container-runtime.ts'

/** All certificates in one file, for apt on a system that has no bundle yet. */
const together = '/etc/hakube/trust.pem'

/** Services that read the bundle only when they start. */
const daemons: Readonly<Record<ContainerRuntime['name'], string>> = {
  containerd: containerdUnit,
  'cri-o': crioUnit,
  docker: dockerUnit,
}

const togetherFile = (trust: Cluster['trust']): File => ({
  path: together,
  mode: '0644',
  content: trust.map(({ pem }) => `${pem}\n`).join(''),
  onChange: readAgain(),
})

function makePart({ trust }: Cluster, machine: Machine): Part {
  const { containerRuntime, distribution } = machine.system
  const store = trustStores[distribution.family]
  const apt = distribution.packageManager === 'apt'
  const files = trust.map(({ name, pem, from }): File => ({
    path: `${store.directory}${name}${store.ending}`,
    mode: '0644',
    content: `${pem}\n`,
    onChange: {
      removed: manual(
        'the step trust removes it from the bundle; if trust is now empty, run update-ca-certificates --fresh or update-ca-trust yourself',
      ),
      otherwise: runsAgain('the step trust adds it to the bundle', 'trust'),
    },
    ...(from ? { from } : {}),
  }))
  const data = {
    apt,
    directory: quote(store.directory.replace(/\/$/, '')),
    // The files are named after their contents, so other certificates change the script, which then runs again.
    wanted: quoteAll(files.map(({ path }) => path)),
    bundle: quote(store.bundle),
    package: quote(store.package),
    together: quote(together),
    units: isNode(machine) ? quoteAll([daemons[containerRuntime.name], kubeletUnit]) : '',
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
  purpose: "Makes the machine trust the profile's own CAs before it fetches anything.",
  stage: 'trust',
  steps: ['trust'],
  appliesTo: (cluster) => cluster.trust.length > 0,
  contribute: onceForEach<Part>((machine) => String(isNode(machine)), makePart),
}
