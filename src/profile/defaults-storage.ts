import type { Distribution } from '../distributions/distribution.ts'
import { always, depends } from './default.ts'

/** etcd's data directory, stacked or not. */
export const etcdMount = '/var/lib/etcd'

/** Defaults of disks and file systems: a part of `defaultOf`. */
export const storageDefaults = {
  layout: always('plain', 'nothing else has to know about partitions'),
  volumeGroup: always('system', 'it contains the system'),
  rootSize: always(null, 'the other file systems have sizes', 'the rest of the disk'),
  fileSystem: depends(
    `xfs in the Red Hat family and for ${etcdMount}, otherwise ext4`,
    ({ family, mount }: { family: Distribution['family']; mount: string | null }) => {
      if (family === 'rhel') return { value: 'xfs' as const, reason: "the installer's own" }
      return mount === etcdMount
        ? { value: 'xfs' as const, reason: 'kubeadm refuses a directory with lost+found in it' }
        : { value: 'ext4' as const, reason: "the installer's own" }
    },
  ),
  mountOptions: always([], "the system's own suffice", "the system's own"),
  wipe: always(false, 'hakube does not erase data that it did not create'),
}
