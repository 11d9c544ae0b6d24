import type { Component } from '../assembly/component.ts'
import { runs, stepIsGone } from '../assembly/on-change.ts'
import { render } from '../templates/template.ts'

/**
 * What is first in the boot order of UEFI: this disk or the network. Installers differ in what they leave: grub-install and anaconda put the disk
 * first, curtin of Ubuntu puts back first what it booted from (reorder_uefi, doc/topics/config.rst of curtin). So only where the profile says it.
 */
export const bootOrder: Component = {
  name: 'boot-order',
  purpose: 'Puts the disk or the network first in the boot order of UEFI.',
  steps: ['boot-order'],
  appliesTo: (_cluster, { firmware, bootFirst, system }) =>
    firmware === 'uefi' && bootFirst !== null && system.install.keepsDisk,
  contribute: (_cluster, { bootFirst }) => ({
    packages: [{ name: 'efibootmgr' }],
    steps: [
      {
        name: 'boot-order',
        script: render('cloud-init/boot-order/step.sh.ejs', { first: bootFirst }),
        after: ['packages'],
        onChange: { removed: stepIsGone, otherwise: runs },
      },
    ],
  }),
}
