import type { Component } from '../assembly/component.ts'
import { readAgain } from '../assembly/on-change.ts'
import { render } from '../templates/template.ts'
import { quote } from '../text/quote.ts'

const path = '/etc/issue.d/hakube-template.issue'

/** A component to copy; docs/writing-a-component.md explains it. It is in no list, so no machine gets it. */
export const template: Component = {
  name: 'template',
  purpose: 'Shows above the login prompt what the machine is.',
  steps: ['template'],
  appliesTo: (_cluster, machine) => machine.console !== null,
  contribute: (cluster, machine) => ({
    files: [
      {
        path,
        mode: '0644',
        content: render('cloud-init/_template/issue.ejs', { cluster: cluster.name, machine }),
        // issue(5).
        onChange: readAgain('agetty reads it before each login'),
      },
    ],
    steps: [
      {
        name: 'template',
        script: render('cloud-init/_template/step.sh.ejs', {}),
        after: [],
      },
    ],
    checks: [
      {
        name: 'template',
        script: render('cloud-init/_template/check.sh.ejs', {
          path: quote(path),
          name: quote(machine.name),
        }),
      },
    ],
  }),
}
