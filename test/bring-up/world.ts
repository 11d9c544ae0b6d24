import type { EtcdCluster, Machine, Member, Objects, World } from './model.ts'

/*
 * What all machines of a simulated rack share: etcd, the objects in it, and who can reach what. It knows no kubeadm.
 */

export const tell = (world: World, machine: Machine | null, text: string): void => {
  const hours = (world.clock.now() / 3600).toFixed(3)
  world.history.push(`${hours} h ${machine?.name ?? ''}: ${text}`)
}

export function fault(world: World, machine: Machine, text: string): void {
  world.faults.push(`${machine.name}: ${text}`)
  tell(world, machine, `FAULT: ${text}`)
}

export const isUp = (world: World, member: Member): boolean =>
  world.machines.some(({ on, etcd }) => on && etcd?.member === member)

export const voters = (cluster: EtcdCluster): Member[] => cluster.members.filter(({ learner }) => !learner)

export function hasMajority(world: World, cluster: EtcdCluster): boolean {
  const all = voters(cluster)
  return 2 * all.filter((member) => isUp(world, member)).length > all.length
}

const manifests = '/etc/kubernetes/manifests'
const dataOfEtcd = '/var/lib/etcd/member/db'
const kubeletConfiguration = '/etc/kubernetes/kubelet.conf'
const bootstrapConfiguration = '/etc/kubernetes/bootstrap-kubelet.conf'

/** The API server of a machine answers: only when its own member of etcd does (not as a learner) is it ready. */
export const apiReady = (world: World, { on, etcd, api }: Machine): boolean =>
  on &&
  etcd !== null &&
  !etcd.member.learner &&
  etcd.cluster.members.includes(etcd.member) &&
  api &&
  hasMajority(world, etcd.cluster)

/** Without a majority of etcd it ends again and again, and answers nobody. */
export const apiAnswers = (world: World, { on, etcd, api }: Machine): boolean =>
  on && etcd !== null && api && hasMajority(world, etcd.cluster)

/** The cluster behind the API address. The load balancers send nobody to an API server that isn't ready. */
export function clusterBehindEndpoint(world: World): EtcdCluster | null {
  if (world.clock.now() < world.balancersFrom) return null
  const ready = world.machines.find((machine) => apiReady(world, machine))
  return ready?.etcd?.cluster ?? null
}

/** Expired tokens and uploads are deleted by controllers, which is as if they weren't there. */
export const validToken = (world: World, { tokens }: Objects, token: string): boolean =>
  (tokens.get(token) ?? 0) > world.clock.now()

export const validUpload = (world: World, { upload }: Objects, key: string): boolean =>
  upload !== null && upload.key === key && upload.until > world.clock.now()

/** The controller manager says that a node isn't ready after 40 seconds without its kubelet. */
export const nodeReady = (world: World, machine: Machine): boolean =>
  (machine.on && machine.kubelet && machine.disk.isWhole(kubeletConfiguration)) ||
  world.clock.now() < machine.lastReady + 40

/** Kubelets say that they are there. */
export function registerNodes(world: World): void {
  const objects = clusterBehindEndpoint(world)?.objects
  if (!objects) return
  for (const { name, role, on, kubelet, kubeletSince, disk, installation } of world.machines) {
    if (!on || !kubelet) continue
    const known = objects.nodes.get(name)
    if (known?.installation === installation && (known.pods || role === 'worker')) continue
    if (!disk.isWhole(kubeletConfiguration)) continue
    const node = known ?? { installation, labels: new Set<string>(), pods: false, socket: false }
    node.installation = installation
    // It tells of its static pods when it has started them.
    if (world.clock.now() - kubeletSince >= 20 && disk.isWhole(`${manifests}/kube-apiserver.yaml`))
      node.pods = true
    objects.nodes.set(name, node)
  }
}

const nextId = (world: World): number => (world.ids += 1)

export function addMember(world: World, cluster: EtcdCluster, machine: Machine): void {
  const member = { id: nextId(world), peer: machine.name, started: false, learner: world.learners }
  cluster.members.push(member)
  tell(world, machine, `is member ${member.id} of etcd ${cluster.id}${member.learner ? ', a learner' : ''}`)
}

function newCluster(world: World, machine: Machine): EtcdCluster {
  for (const { id, members, objects } of world.clusters) {
    const others = [...members.map(({ peer }) => peer), ...objects.nodes.keys()]
    if (others.some((name) => name !== machine.name))
      fault(
        world,
        machine,
        `starts a second cluster beside ${id}, which ${[...new Set(others)].join(', ')} are in`,
      )
  }
  const cluster: EtcdCluster = {
    id: nextId(world),
    members: [{ id: nextId(world), peer: machine.name, started: true, learner: false }],
    objects: { configuration: false, discovery: false, tokens: new Map(), upload: null, nodes: new Map() },
  }
  world.clusters.push(cluster)
  tell(world, machine, `starts cluster ${cluster.id}`)
  return cluster
}

/** The kubelet starts etcd by the manifest that lies there. @returns false when it will have to try again */
function startEtcd(world: World, machine: Machine): boolean {
  const { disk } = machine
  if (machine.etcd || !disk.isWhole(`${manifests}/etcd.yaml`)) return true
  if (disk.has(dataOfEtcd)) {
    const data = JSON.parse(disk.read(dataOfEtcd)) as { cluster: number; member: number }
    const cluster = world.clusters.find(({ id }) => id === data.cluster)
    const member = cluster?.members.find(({ id }) => id === data.member)
    // Otherwise the others have removed it, and etcd ends each time it is started.
    if (cluster && member) machine.etcd = { cluster, member }
    return true
  }
  const [state, id] = disk.read(`${manifests}/etcd.yaml`).split(' ')
  let cluster = world.clusters.find((each) => String(each.id) === id)
  if (state === 'existing') {
    const member = cluster?.members.find(({ peer }) => peer === machine.name)
    // It asks the others who it is.
    if (!cluster?.members.some((other) => other !== member && isUp(world, other))) return false
    if (!member) return true
    if (member.started && !member.learner)
      fault(world, machine, 'goes on without its data as a member of etcd that the others count on')
    member.started = true
    machine.etcd = { cluster, member }
  } else {
    cluster = newCluster(world, machine)
    machine.etcd = { cluster, member: cluster.members[0]! }
  }
  disk.write(dataOfEtcd, JSON.stringify({ cluster: cluster.id, member: machine.etcd.member.id }))
  tell(world, machine, `etcd runs as member ${machine.etcd.member.id}`)
  return true
}

/** Without a certificate of its own the kubelet asks for one with the token. */
function bootstrapKubelet(world: World, { disk }: Machine): boolean {
  if (disk.has(kubeletConfiguration) || !disk.isWhole(bootstrapConfiguration)) return true
  const cluster = clusterBehindEndpoint(world)
  if (!cluster || !validToken(world, cluster.objects, disk.read(bootstrapConfiguration))) return false
  disk.write(kubeletConfiguration)
  return true
}

/** The kubelet looks at what lies there, and looks again until it is done. Call it when it starts or finds something new. */
export function kubeletLooks(world: World, machine: Machine): void {
  const { boot } = machine
  const look = (): void => {
    if (machine.boot !== boot || !machine.on || !machine.kubelet) return
    const { disk } = machine
    const certified = disk.list('/etc/kubernetes/pki').every((path) => disk.isWhole(path))
    machine.api = disk.isWhole(`${manifests}/kube-apiserver.yaml`) && certified
    const started = startEtcd(world, machine)
    const bootstrapped = bootstrapKubelet(world, machine)
    registerNodes(world)
    if (!started || !bootstrapped) world.clock.at(world.clock.now() + 10, look)
  }
  world.clock.at(world.clock.now() + 10, look)
}

export function startKubelet(world: World, machine: Machine): void {
  if (!machine.disk.isWhole('/var/lib/kubelet/config.yaml')) return
  machine.kubelet = true
  machine.kubeletSince = world.clock.now()
  kubeletLooks(world, machine)
}

/** @param how `containers` stop with it at a power cut and at a reset */
export function stopKubelet(world: World, machine: Machine): void {
  if (nodeReady(world, machine)) machine.lastReady = world.clock.now()
  machine.kubelet = false
  machine.etcd = null
  machine.api = false
}
