import { type Configuration, readConfiguration } from './kubeadm-configuration.ts'
import { markControlPlane, noteSocket } from './kubeadm-init.ts'
import type { EtcdCluster } from './model.ts'
import {
  client,
  controlPlanePods,
  type Kubeadm,
  manifests,
  pki,
  poll,
  preflight,
  Refusal,
  shared,
  sharedOfEtcd,
  write,
} from './kubeadm.ts'
import {
  addMember,
  clusterBehindEndpoint,
  hasMajority,
  isUp,
  kubeletLooks,
  nodeReady,
  registerNodes,
  startKubelet,
  tell,
  validToken,
  validUpload,
  voters,
} from './world.ts'

/** The member that this machine's etcd becomes; etcd refuses while another one is missing (`--strict-reconfig-check`). */
async function joinEtcd(run: Kubeadm): Promise<void> {
  const { world, machine, life } = run
  const cluster = client(run)
  const known = () => cluster.members.find(({ peer }) => peer === machine.name)
  const missing = () => !hasMajority(world, cluster) || voters(cluster).some((member) => !isUp(world, member))
  const learning = () => world.learners && cluster.members.some(({ learner }) => learner)
  await life.pass(2, 'join etcd')
  // Until 1.28 or so a peer that is known makes it fail in the end; later ones take it as theirs.
  const added = await poll(run, 100, 'join etcd, waits to be added', () => {
    if (known()) return world.learners
    if (missing() || learning()) return false
    addMember(world, cluster, machine)
    return true
  })
  if (!added)
    throw new Refusal(known() ? 'etcdserver: Peer URLs already exists' : 'etcdserver: unhealthy cluster')
  const isGap = !world.learners && cluster.members.length === 2
  if (!isGap || !world.sparesGap) life.moment('join etcd, is a member and has not written it down')
  machine.disk.write(`${manifests}/etcd.yaml`, `existing ${cluster.id}`)
  kubeletLooks(world, machine)
  const member = known()
  const inStep = () => member !== undefined && isUp(world, member) && hasMajority(world, cluster)
  if (!(await poll(run, 120, 'join etcd, waits for its data', inStep)))
    throw new Refusal('timeout waiting for etcd cluster to be available')
  if (member) member.learner = false
  life.moment('join etcd')
}

/** kubelet-start of a join: the kubelet gets a certificate by the token. */
async function joinKubelet(run: Kubeadm, token: string): Promise<void> {
  const { world, machine, life } = run
  write(run, ['/etc/kubernetes/bootstrap-kubelet.conf'], token)
  write(run, [`${pki}/ca.crt`])
  const cluster = clusterBehindEndpoint(world)
  if (!cluster || !validToken(world, cluster.objects, token))
    throw new Refusal('cannot get Node: Unauthorized')
  registerNodes(world)
  if (cluster.objects.nodes.has(machine.name) && nodeReady(world, machine))
    throw new Refusal(`a Node with name "${machine.name}" and status "Ready" already exists in the cluster`)
  machine.disk.write('/var/lib/kubelet/config.yaml')
  startKubelet(world, machine)
  const certified = () => machine.disk.has('/etc/kubernetes/kubelet.conf')
  const bootstrapped = await poll(run, 300, 'join kubelet-start, waits for its certificate', certified)
  machine.disk.remove('/etc/kubernetes/bootstrap-kubelet.conf')
  if (!bootstrapped) throw new Refusal('timed out waiting for the condition: TLS bootstrap')
  registerNodes(world)
  life.moment('join kubelet-start')
  noteSocket(run)
  life.moment('join kubelet-start, has noted its container runtime')
}

/** The authorities: those that were placed before, and those that were uploaded, which takes the certificate key. */
export function prepareCertificates(run: Kubeadm, { token, certificateKey }: Configuration): void {
  const { world, machine } = run
  const needed = [...shared, ...(world.external ? [] : sharedOfEtcd)].map((name) => `${pki}/${name}`)
  const objects = clusterBehindEndpoint(world)?.objects
  if (!objects || !validToken(world, objects, token))
    throw new Refusal("couldn't validate the identity of the API Server")
  if (certificateKey === null) {
    if (needed.every((path) => machine.disk.has(path))) return
    throw new Refusal('one or more conditions for hosting a new control plane instance is not satisfied')
  }
  if (!validUpload(world, objects, certificateKey))
    throw new Refusal(
      'Secret "kubeadm-certs" was not found in the "kube-system" Namespace. This Secret might have expired.',
    )
  write(run, needed)
}

/** Certificates, kubeconfigs and the static pods of a control plane, before it is in the cluster. */
async function prepareControlPlane(
  run: Kubeadm,
  cluster: EtcdCluster,
  configuration: Configuration,
): Promise<void> {
  const { world, life } = run
  prepareCertificates(run, configuration)
  await life.pass(3, 'join control-plane-prepare')
  write(
    run,
    ['admin', 'controller-manager', 'scheduler'].map((name) => `/etc/kubernetes/${name}.conf`),
  )
  write(
    run,
    controlPlanePods.map((name) => `${manifests}/${name}.yaml`),
  )
  if (world.external) return
  // check-etcd: every member that has ever started has to answer.
  const healthy = () =>
    hasMajority(world, cluster) && cluster.members.every((each) => !each.started || isUp(world, each))
  if (!(await poll(run, 100, 'join check-etcd', healthy))) throw new Refusal('etcd cluster is not healthy')
}

export async function join(run: Kubeadm, args: readonly string[]): Promise<void> {
  const { world, machine, life } = run
  const configuration = readConfiguration(machine, args)
  const { token, discovery } = configuration
  const controlPlane = machine.role === 'control-plane'
  tell(world, machine, 'kubeadm join')
  await life.pass(5, 'join preflight')
  preflight(run, controlPlane, true)
  const discovered = () => {
    const objects = clusterBehindEndpoint(world)?.objects
    return objects !== undefined && objects.discovery && validToken(world, objects, token)
  }
  if (!(await poll(run, discovery, 'join discovery', discovered)))
    throw new Refusal("couldn't validate the identity of the API Server: could not find a JWS signature")
  const cluster = clusterBehindEndpoint(world)
  if (!cluster?.objects.configuration) throw new Refusal('configmaps "kubeadm-config" not found')
  await life.pass(10, 'join preflight, pulls images')
  if (controlPlane) await prepareControlPlane(run, cluster, configuration)
  await joinKubelet(run, token)
  if (!controlPlane) return
  if (!world.external) await joinEtcd(run)
  await life.pass(2, 'join update-status')
  markControlPlane(run)
  life.moment('join mark-control-plane')
}
