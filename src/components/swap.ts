import { render } from '../templates/template.ts'
import type { Component } from '../assembly/component.ts'
import { isNode } from './container-runtime.ts'
import { reboot, told } from '../assembly/on-change.ts'
import { keepsSwap } from '../cluster/swap.ts'

/** The kubelet does not start on a machine with swap, unless it is told to (fail-swap-on). Then swap is what the machine has. */
export const swap: Component = {
  name: 'swap',
  purpose: 'Switches swap off, now and after each boot.',
  appliesTo: (_cluster, machine) => isNode(machine) && !keepsSwap(machine),
  contribute: () => ({
    files: [
      {
        path: '/etc/systemd/zram-generator.conf',
        mode: '0644',
        content: render('cloud-init/swap/zram-generator.conf.ejs', {}),
        onChange: {
          removed: told(
            'swap.target stays masked and the lines of /etc/fstab comments: systemctl unmask swap.target, restore the lines, and restart the machine',
          ),
          otherwise: reboot('systemd makes swap devices when it starts'),
        },
      },
    ],
    steps: [{ name: 'swap', script: render('cloud-init/swap/step.sh.ejs', {}), after: [] }],
    checks: [{ name: 'swap', script: render('cloud-init/swap/check.sh.ejs', {}) }],
  }),
}
