import { admin, type Kubeadm, manifests, pki, severalRuntimes } from './kubeadm.ts'
import { clusterBehindEndpoint, fault, stopKubelet, tell, voters } from './world.ts'

/**
 * Takes this machine's member out of etcd when it can say who it is, which takes the API, admin.conf and the pods of its node
 * in the cluster; its data goes in either case (cmd/phases/reset/removeetcdmember.go).
 */
function leaveEtcd(run: Kubeadm): void {
  const { world, machine } = run
  const cluster = clusterBehindEndpoint(world)
  const known = cluster?.objects.nodes.get(machine.name)?.pods === true && cluster.objects.configuration
  const conf = machine.disk.isWhole(admin) && machine.disk.isWhole('/etc/kubernetes/kubelet.conf')
  if (cluster && known && conf && cluster.members.length > 1) {
    cluster.members = cluster.members.filter(({ peer }) => peer !== machine.name)
    tell(world, machine, `kubeadm reset takes it out of etcd ${cluster.id}`)
  }
}

/** A member that others count on must not lose its data. */
export function watchLostData({ world, machine }: Kubeadm, what: string): void {
  // As if it was installed again.
  if (machine.torn) return
  for (const cluster of world.clusters) {
    const counted = voters(cluster).some(({ peer, started }) => peer === machine.name && started)
    const others = [...cluster.members.map(({ peer }) => peer), ...cluster.objects.nodes.keys()]
    if (counted && others.some((name) => name !== machine.name))
      fault(world, machine, `${what} deletes the data of a member that ${others.join(', ')} count on`)
  }
}

export async function reset(run: Kubeadm, args: readonly string[]): Promise<void> {
  const { world, machine, life } = run
  if (!args.includes('--cri-socket')) throw severalRuntimes
  await life.pass(2, 'reset preflight')
  tell(world, machine, 'kubeadm reset')
  if (!world.external) {
    leaveEtcd(run)
    life.moment('reset remove-etcd-member')
    if (machine.disk.has('/var/lib/etcd/member/db')) watchLostData(run, 'kubeadm reset')
    // The manifest says where the data is, or else the cluster.
    const knows = machine.disk.isWhole(admin) && clusterBehindEndpoint(world) !== null
    if (machine.disk.isWhole(`${manifests}/etcd.yaml`) || knows) machine.disk.remove('/var/lib/etcd')
  }
  stopKubelet(world, machine)
  life.moment('reset cleanup-node')
  for (const path of [manifests, '/var/lib/kubelet', pki]) {
    machine.disk.remove(path)
    life.moment(`reset removes ${path}`)
  }
  for (const name of ['admin', 'kubelet', 'bootstrap-kubelet', 'controller-manager', 'scheduler'])
    machine.disk.remove(`/etc/kubernetes/${name}.conf`)
}
