import type { Component } from '../assembly/component.ts'
import { runs, stepIsGone } from '../assembly/on-change.ts'
import { render } from '../templates/template.ts'

/**
 * Puts this disk or the network first in the boot order of UEFI, if the profile sets it. Installers leave different orders: grub-install and
 * Anaconda put the disk first, Ubuntu's curtin the entry that it booted from (reorder_uefi, doc/topics/config.rst of curtin).
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
