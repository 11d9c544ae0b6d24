import type { Cluster, From, KubeadmPatch, Machine } from '../../cluster/cluster.ts'
import type { File } from '../../assembly/component.ts'
import { patchesFlag, type PatchTarget, type PatchType } from '../../distributions/patches.ts'
import { toYaml } from '../../templates/yaml.ts'
import { manual, readAgain, type OnChange } from '../../assembly/on-change.ts'
import { ownVolumes } from './component-files.ts'
import { kubeletPatch } from './kubelet-fields.ts'

/*
 * Patches for what kubeadm writes: static pods, the configuration of the kubelet, the deployment of CoreDNS. kubeadm reads the directory
 * at init and join, and at each upgrade if an option says so.
 */

export const patchesDirectory = '/etc/kubernetes/kubeadm/patches'

/** On control planes everything is patched, on workers only the kubelet. */
const isFor = (target: PatchTarget, { role }: Machine): boolean =>
  role === 'control-plane' || target === 'kubeletconfiguration'

/** What a change requires on a member, where kubeadm has already written everything. */
function onChange(target: PatchTarget): OnChange {
  const directory = `--patches ${patchesDirectory}`
  const removed = 'Without the file'
  const again = (what: string): OnChange => ({
    removed: manual(what.replace('PATCH', removed)),
    otherwise: manual(what.replace('PATCH', 'With the new file')),
  })
  switch (target) {
    case 'kubeletconfiguration':
      return again(
        `kubelet configuration: kubeadm patches it when it writes it. PATCH, run kubeadm upgrade node phase kubelet-config ${directory}, then systemctl restart kubelet`,
      )
    case 'corednsdeployment':
      return again(
        `CoreDNS: kubeadm patches its deployment when it writes it. PATCH, run kubeadm upgrade apply phase addon coredns ${directory} on one control plane`,
      )
    case 'etcd':
      return again(
        `etcd: kubeadm patches its static pod when it writes it. PATCH, run on each control plane, one at a time, kubeadm init phase etcd local --config FILE, and wait until all members are healthy; see docs/profile.md`,
      )
    case 'kube-apiserver':
    case 'kube-controller-manager':
    case 'kube-scheduler':
      return again(
        `${target}: kubeadm patches its static pod when it writes it. PATCH, run on each control plane, one at a time, kubeadm upgrade node phase control-plane ${directory}`,
      )
    default:
      return readAgain(target satisfies never)
  }
}

/**
 * Files are applied in the order of their names.
 *
 * @param index of the patch; hakube's own are 0
 */
const fileOf = (target: PatchTarget, type: PatchType, index: number, content: string): File => ({
  path: `${patchesDirectory}/${target}${String(index).padStart(2, '0')}+${type}.yaml`,
  mode: '0600',
  content,
  onChange: onChange(target),
})

const withPlace = (file: File, { from }: From): File => (from ? { ...file, from } : file)

const ofProfile = ({ target, type, content, ...place }: KubeadmPatch, index: number): File =>
  withPlace(fileOf(target, type, index + 1, typeof content === 'string' ? content : toYaml(content)), place)

/** A patch, because kubeadm has no field for volumes of its etcd (LocalEtcd in its configuration). */
function etcdVolumes({ etcd }: Cluster, { role }: Machine): File[] {
  if (role !== 'control-plane' || etcd.placement !== 'stacked' || etcd.volumes.length === 0) return []
  const volumes = ownVolumes(etcd.volumes)
  const patch = {
    spec: {
      containers: [
        {
          name: 'etcd',
          volumeMounts: volumes.map(({ name, mountPath, readOnly = false }) => ({
            name,
            mountPath,
            readOnly,
          })),
        },
      ],
      volumes: volumes.map(({ name, hostPath, pathType }) => ({
        name,
        hostPath: { path: hostPath, type: pathType },
      })),
    },
  }
  return [withPlace(fileOf('etcd', 'strategic', 0, toYaml(patch)), { from: ['etcd', 'volumes'] })]
}

/** The patches for this machine: those of the profile, and those for settings that kubeadm has no field for. */
export function patchFiles(cluster: Cluster, machine: Machine): File[] {
  const kubelet = kubeletPatch(cluster, machine)
  return [
    ...(kubelet === null
      ? []
      : [
          withPlace(
            fileOf('kubeletconfiguration', 'merge', 0, kubelet),
            machine.settings.kubeletConfiguration,
          ),
        ]),
    ...etcdVolumes(cluster, machine),
    ...cluster.kubernetes.patches.filter(({ target }) => isFor(target, machine)).map(ofProfile),
  ]
}

/** The directory, or null if it is empty. */
export const patchesOf = (cluster: Cluster, machine: Machine): string | null =>
  patchFiles(cluster, machine).length > 0 ? patchesDirectory : null

/** Words for kubeadm's command line, with a leading space; empty if nothing is patched. */
export const patchesWords = (cluster: Cluster, machine: Machine): string => {
  const directory = patchesOf(cluster, machine)
  return directory === null ? '' : ` ${patchesFlag(cluster.kubernetes.minor)} ${directory}`
}
