import type { Life } from './power.ts'
import type { EtcdCluster, Machine, World } from './model.ts'
import { clusterBehindEndpoint } from './world.ts'

/*
 * What kubeadm does to a machine and its cluster, phase by phase, with the power able to fail between any two. Sources, all below
 * kubernetes/kubernetes cmd/kubeadm/app: preflight/checks.go, cmd/phases/{init,join,reset}/, phases/etcd/local.go,
 * util/etcd/etcd.go at 1.20 (new members of etcd count at once, a peer that is known already is an error) and at 1.33 (learners,
 * and a known peer is taken as it is).
 */

/** What kubeadm says when it gives up. */
export class Refusal extends Error {}

export type Kubeadm = { world: World; machine: Machine; life: Life }

export const [pki, manifests] = ['/etc/kubernetes/pki', '/etc/kubernetes/manifests']
export const admin = '/etc/kubernetes/admin.conf'
export const controlPlanePods = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler']
export const shared = ['ca.crt', 'ca.key', 'front-proxy-ca.crt', 'front-proxy-ca.key', 'sa.key', 'sa.pub']
export const sharedOfEtcd = ['etcd/ca.crt', 'etcd/ca.key']

/** Docker brings containerd, so machines may have two container runtimes: kubeadm gives up where nobody says which. */
export const severalRuntimes = new Refusal(
  "found multiple CRI endpoints on the host. Please define which one do you wish to use by setting the 'criSocket' field in the kubeadm configuration file",
)

/** The API as admin.conf knows it. */
export function client({ world, machine }: Kubeadm): EtcdCluster {
  if (!machine.disk.isWhole(admin))
    throw new Refusal(`failed to load admin kubeconfig: open ${admin}: no such file`)
  const cluster = clusterBehindEndpoint(world)
  if (!cluster) throw new Refusal('Get "https://endpoint/api": dial tcp: connect: connection refused')
  return cluster
}

/** Asks again until something holds. @returns whether it came to hold */
export async function poll(
  { life }: Kubeadm,
  timeout: number,
  what: string,
  holds: () => boolean,
): Promise<boolean> {
  for (let waited = 0; waited <= timeout; waited += 5) {
    if (holds()) return true
    await life.pass(5, what)
  }
  return false
}

export function preflight(
  { world, machine: { disk, kubelet } }: Kubeadm,
  controlPlane: boolean,
  join: boolean,
): void {
  const found: string[] = []
  if (kubelet) found.push('[ERROR Port-10250]: Port 10250 is in use')
  const refuse = (path: string): void => {
    if (disk.has(path)) found.push(`[ERROR FileAvailable]: ${path} already exists`)
  }
  if (join) {
    for (const name of ['kubelet.conf', 'bootstrap-kubelet.conf']) refuse(`/etc/kubernetes/${name}`)
    if (disk.list(manifests).length > 0) found.push(`[ERROR DirAvailable]: ${manifests} is not empty`)
    if (!controlPlane) refuse(`${pki}/ca.crt`)
  }
  if (controlPlane) {
    for (const name of [...controlPlanePods, 'etcd']) refuse(`${manifests}/${name}.yaml`)
    if (!world.external && disk.list('/var/lib/etcd').length > 0)
      found.push('[ERROR DirAvailable--var-lib-etcd]: /var/lib/etcd is not empty')
  }
  if (found.length > 0) throw new Refusal(`[preflight] Some fatal errors occurred:\n${found.join('\n')}`)
}

/** Writes files one after the other, as kubeadm does, with room for a power cut between them. */
export function write(
  { machine: { disk }, life }: Kubeadm,
  paths: readonly string[],
  content?: string,
): void {
  for (const path of paths) {
    // Certificates and the like that are there stay; what is empty is none.
    const isManifest = path.startsWith(manifests)
    if (disk.has(path) && !disk.isWhole(path) && !isManifest) throw new Refusal(`failed to load ${path}`)
    if (!disk.has(path) || isManifest) disk.write(path, content)
    life.moment(`writes ${path}`)
  }
}
