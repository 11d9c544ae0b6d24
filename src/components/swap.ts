import { render } from '../templates/template.ts'
import type { Component } from '../assembly/component.ts'
import { isNode } from './container-runtime.ts'
import { reboot, manual } from '../assembly/on-change.ts'
import { keepsSwap } from '../cluster/swap.ts'

/** Disables swap, because the kubelet does not start with it unless configured to (fail-swap-on); such machines keep their swap. */
export const swap: Component = {
  name: 'swap',
  purpose: 'Disables swap, now and after each boot.',
  steps: ['swap'],
  appliesTo: (_cluster, machine) => isNode(machine) && !keepsSwap(machine),
  contribute: () => ({
    files: [
      {
        path: '/etc/systemd/zram-generator.conf',
        mode: '0644',
        content: render('cloud-init/swap/zram-generator.conf.ejs', {}),
        onChange: {
          removed: manual(
            'swap.target stays masked, and the lines of /etc/fstab stay commented out: run systemctl unmask swap.target, restore the lines, and reboot',
          ),
          otherwise: reboot('systemd creates swap devices at boot'),
        },
      },
    ],
    steps: [{ name: 'swap', script: render('cloud-init/swap/step.sh.ejs', {}), after: [] }],
    checks: [{ name: 'swap', script: render('cloud-init/swap/check.sh.ejs', {}) }],
    refusedCommands: [
      {
        programs: ['swapon'],
        unless: ['-s', '--summary', '--show'],
        does: 'turns swap on',
        need: 'turns it off: the kubelet does not start with swap',
        hint: 'remove it, or write kubeletArguments: {fail-swap-on: "false"} to keep swap',
        setRightBy: 'swap',
      },
    ],
  }),
}
