import { readConfiguration } from './kubeadm-configuration.ts'
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
  write,
} from './kubeadm.ts'
import { clusterBehindEndpoint, fault, kubeletLooks, registerNodes, startKubelet, tell } from './world.ts'

const hour = 3600

export function uploadCertificates(run: Kubeadm, key: string | null): void {
  client(run).objects.upload = { key: key ?? 'a new one', until: run.world.clock.now() + 2 * hour }
  tell(run.world, run.machine, 'uploads the certificates')
}

export function createToken(run: Kubeadm, token: string, timeToLive: number): void {
  const { objects } = client(run)
  objects.tokens.set(token, timeToLive === 0 ? Infinity : run.world.clock.now() + timeToLive)
  objects.discovery = true
  tell(run.world, run.machine, `makes the token valid for ${timeToLive / hour} h`)
}

/** AnnotateCRISocket in phases/patchnode. */
export function noteSocket({ world, machine }: Kubeadm): void {
  if (!world.notesSocket) return
  registerNodes(world)
  const node = clusterBehindEndpoint(world)?.objects.nodes.get(machine.name)
  if (!node) throw new Refusal(`nodes "${machine.name}" not found`)
  node.socket = true
}

export function markControlPlane(run: Kubeadm): void {
  registerNodes(run.world)
  const node = client(run).objects.nodes.get(run.machine.name)
  if (!node) throw new Refusal(`nodes "${run.machine.name}" not found`)
  node.labels.add('node-role.kubernetes.io/control-plane')
  if (run.world.writesStatus) node.labels.add('node-role.kubernetes.io/master')
}

export async function init(run: Kubeadm, args: readonly string[]): Promise<void> {
  const { world, machine, life } = run
  const configuration = readConfiguration(machine, args)
  const { disk } = machine
  const skipped =
    args
      .find((arg) => arg.startsWith('--skip-phases='))
      ?.slice(14)
      .split(',') ?? []
  const phase = async (name: string, duration: number, work: () => void | Promise<void>): Promise<void> => {
    if (skipped.includes(name)) return
    await life.pass(duration, `init ${name}`)
    await work()
    life.moment(`init ${name}`)
  }
  tell(world, machine, `kubeadm init${skipped.length > 0 ? ', from upload-config on' : ''}`)
  await phase('preflight', 15, () => preflight(run, true, false))
  await phase('certs', 2, () => {
    // What is missing kubeadm makes by itself.
    if (!disk.isWhole(`${pki}/ca.key`)) fault(world, machine, 'makes an authority that nobody else knows')
    write(
      run,
      [...shared, 'apiserver.crt', 'apiserver.key', 'apiserver-kubelet-client.crt'].map(
        (name) => `${pki}/${name}`,
      ),
    )
  })
  await phase('kubeconfig', 1, () =>
    write(
      run,
      ['admin', 'kubelet', 'controller-manager', 'scheduler'].map((name) => `/etc/kubernetes/${name}.conf`),
    ),
  )
  await phase('kubelet-start', 1, () => {
    disk.write('/var/lib/kubelet/config.yaml')
    startKubelet(world, machine)
  })
  await phase('control-plane', 1, () =>
    write(
      run,
      controlPlanePods.map((name) => `${manifests}/${name}.yaml`),
    ),
  )
  await phase('etcd', 1, () => {
    if (world.external) return
    disk.write(`${manifests}/etcd.yaml`, 'new')
    kubeletLooks(world, machine)
  })
  await phase('wait-control-plane', 15, async () => {
    // hakube gives it ten minutes.
    if (!(await poll(run, 600, 'init wait-control-plane', () => clusterBehindEndpoint(world) !== null)))
      throw new Refusal("couldn't initialize a Kubernetes cluster: timed out waiting for the condition")
  })
  await phase('upload-config', 1, () => {
    client(run).objects.configuration = true
    noteSocket(run)
  })
  if (args.includes('--upload-certs'))
    await phase('upload-certs', 1, () => uploadCertificates(run, configuration.certificateKey))
  await phase('mark-control-plane', 1, () => markControlPlane(run))
  await phase('bootstrap-token', 1, () => createToken(run, configuration.token, configuration.timeToLive))
  await phase('addon', 5, () => void client(run))
}
