import type { Cluster, Machine } from '../cluster/cluster.ts'
import { render } from '../templates/template.ts'
import { assetAddress, bootArguments, encodeForPxelinux } from './kernel-arguments.ts'

/**
 * Menu of one machine for pxelinux, the same under each of its MAC addresses: pxelinux itself says which card it booted
 * from. Its addresses need lpxelinux.0, the build that loads by HTTP.
 *
 * @param declared kernel arguments that the profile and components want for what boots
 */
export function pxelinuxMenu(cluster: Cluster, machine: Machine, declared: readonly string[]): string {
  const { kernel, initrd } = cluster.distribution.bootAssets(machine.architecture, cluster.install)
  return render('pxe/pxelinux.cfg.ejs', {
    machine,
    distribution: cluster.distribution.title,
    erases: cluster.install === 'live' ? null : machine.disk,
    kernel: assetAddress(cluster, kernel),
    initrd: assetAddress(cluster, initrd),
    arguments: encodeForPxelinux(bootArguments(cluster, machine, declared)),
  }).text
}
