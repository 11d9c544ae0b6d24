import { assetAddress } from '../../../src/cluster/asset-address.ts'
import type { InstallMethod } from '../../../src/distributions/install-methods.ts'
import { seedAddress } from '../../../src/seeds/places.ts'
import { answersAddress, type Answers, type Installer } from '../../../src/installers/installer.ts'
import { requiredDisk } from '../../../src/installers/find-disk.ts'

/** In src/distributions/install-methods.ts when the method is no longer an example. */
export const method: InstallMethod = {
  name: 'copy',
  keepsDisk: true,
  disablesCloudInit: false,
  fetchesBeforeTrust: null,
  configuresOneCard: null,
  mountOptionsOnRaid: true,
  bringsPartitions: true,
  setsKeyboard: false,
  ownArguments: ['installer.answers', 'ip'],
}

/** Read by the program of the RAM system. */
const answers: Answers = {
  directory: 'copy',
  ending: '.json',
  secret: false,
  write(cluster, machine) {
    const plan = {
      disk: requiredDisk(machine),
      image: assetAddress(cluster, `images/${machine.architecture}.raw.zst`),
      seed: seedAddress(cluster, machine),
    }
    return `${JSON.stringify(plan, null, 2)}\n`
  },
}

/** Streams an image of a whole disk to the disk, from a small system in memory. */
export const copy: Installer = {
  method,
  answers,
  // The RAM system copies it to the new disk.
  seed: 'own',
  bootFiles(_cluster, machine) {
    const source = 'a RAM system of your own, which reads the answers'
    return {
      kernel: { path: `ram-system-${machine.architecture}/vmlinuz`, source },
      initrd: { path: `ram-system-${machine.architecture}/initrd.img`, source },
    }
  },
  kernelArguments: (cluster, machine) => [
    { name: 'installer.answers', value: answersAddress(cluster, answers, machine) },
    { name: 'ip', value: 'dhcp' },
  ],
}
