import { render } from '../templates/template.ts'
import type { Component } from '../assembly/component.ts'
import { isNode } from './container-runtime.ts'
import { reboot } from '../assembly/on-change.ts'

/** The kubelet does not start on a machine with swap, unless it is told to (failSwapOn). */
export const swap: Component = {
  name: 'swap',
  purpose: 'Switches swap off, now and after each boot.',
  appliesTo: (_cluster, machine) => isNode(machine),
  contribute: () => ({
    files: [
      {
        path: '/etc/systemd/zram-generator.conf',
        mode: '0644',
        content: render('cloud-init/swap/zram-generator.conf.ejs', {}),
        onChange: reboot('systemd makes swap devices when it starts'),
      },
    ],
    steps: [{ name: 'swap', script: render('cloud-init/swap/step.sh.ejs', {}), after: [] }],
    checks: [{ name: 'swap', script: render('cloud-init/swap/check.sh.ejs', {}) }],
  }),
}
