import type { Cluster, Machine } from '../../cluster/cluster.ts'
import { toYaml } from '../../templates/yaml.ts'
import type { File } from '../../assembly/component.ts'
import { balancesInPods, loadBalancingOf, monitor } from '../load-balancers.ts'
import { type OnChangeByCase, readAgain, manual } from '../../assembly/on-change.ts'

/*
 * haproxy and keepalived as static pods: the kubelet runs them before there is a cluster, and independently of it.
 * https://kubernetes.io/docs/tasks/configure-pod-container/static-pod/
 */

/**
 * The directory of the manifests. The kubelet reads another one, which `kubeadm reset` empties after a failed attempt
 * (cmd/kubeadm/app/cmd/phases/reset/cleanupnode.go), so the kubeadm step copies them there before each attempt.
 */
export const staticPodsDirectory = '/etc/hakube/static-pods'

/** A file that a container reads when it starts. */
export const readWhenPodStarts = (component: string): OnChangeByCase => ({
  removed: readAgain('nothing reads it any longer'),
  otherwise: manual(
    `${component} in its pod reads its files when it starts: run crictl stop on its container, and the kubelet starts it again`,
  ),
})

/** Whether the kubelet of the machine starts static pods that are not kubeadm's. */
export const runsStaticPods = (cluster: Cluster, machine: Machine): boolean =>
  machine.balancesLoad && balancesInPods(cluster)

type Mount = { name: string; path: string; writable?: true; file?: true }

const hostPathType = ({ writable, file }: Mount): string => {
  if (file) return 'File'
  return writable ? 'DirectoryOrCreate' : 'Directory'
}

type Container = {
  name: string
  image: string
  command: readonly string[]
  capabilities: readonly string[]
  readOnlyRootFilesystem: boolean
  mounts: readonly Mount[]
  livenessProbe?: object
}

/** Comparable to a service of the distribution: in the machine's network, and never evicted. */
function manifest({ system }: Machine, container: Container): File {
  const { name, image, command, mounts, livenessProbe } = container
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'kube-system', labels: { component: name, tier: 'control-plane' } },
    spec: {
      hostNetwork: true,
      priorityClassName: 'system-node-critical',
      // Connections last for hours, so waiting for their end is pointless.
      terminationGracePeriodSeconds: 5,
      containers: [
        {
          name,
          image,
          imagePullPolicy: 'IfNotPresent',
          command,
          securityContext: {
            runAsUser: 0,
            runAsGroup: 0,
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: container.readOnlyRootFilesystem,
            capabilities: { drop: ['ALL'], add: container.capabilities },
            // Files of the machine have SELinux labels that a confined container may not read.
            ...(system.selinux === null ? {} : { seLinuxOptions: { type: 'spc_t' } }),
          },
          resources: { requests: { cpu: '50m', memory: '64Mi' } },
          ...(livenessProbe ? { livenessProbe } : {}),
          volumeMounts: mounts.map((mount) => ({
            name: mount.name,
            mountPath: mount.path,
            readOnly: !mount.writable,
          })),
        },
      ],
      volumes: mounts.map((mount) => ({
        name: mount.name,
        hostPath: { path: mount.path, type: hostPathType(mount) },
      })),
    },
  }
  const path = `${staticPodsDirectory}/${name}.yaml`
  return {
    path,
    mode: '0600',
    content: toYaml(pod),
    onChange: {
      removed: manual(
        `also remove ${name}.yaml from /etc/kubernetes/manifests: the kubelet then stops the pod`,
      ),
      otherwise: manual(
        `copy ${path} to /etc/kubernetes/manifests, where the kubelet reads it: no step copies it on a member`,
      ),
    },
  }
}

const imagesOf = (cluster: Cluster) => {
  const { images } = loadBalancingOf(cluster)
  if (!images) throw new Error(`cluster ${cluster.name} has no load balancer images`)
  return images
}

/** The user of the image does not matter: it runs as root, with no capabilities but to bind ports below 1024 and to change its user. */
export const haproxyPod = (cluster: Cluster, machine: Machine): File =>
  manifest(machine, {
    name: 'haproxy',
    image: imagesOf(cluster).haproxy,
    // In the foreground, with a master process that exits when a worker dies.
    command: ['haproxy', '-W', '-db', '-f', '/etc/haproxy/haproxy.cfg'],
    capabilities: ['NET_BIND_SERVICE', 'SETGID', 'SETUID'],
    readOnlyRootFilesystem: true,
    livenessProbe: {
      httpGet: { host: monitor.address, port: monitor.port, path: monitor.path, scheme: 'HTTP' },
      initialDelaySeconds: 5,
      periodSeconds: 5,
      timeoutSeconds: 5,
      failureThreshold: 3,
    },
    mounts: [
      { name: 'configuration', path: '/etc/haproxy' },
      // Not /run/haproxy: if a haproxy package was ever installed, another user owns that.
      { name: 'socket', path: '/run/hakube/haproxy', writable: true },
    ],
  })

export const keepalivedPod = (cluster: Cluster, machine: Machine): File =>
  manifest(machine, {
    name: 'keepalived',
    image: imagesOf(cluster).keepalived,
    // Images start their own scripts, which write other configurations.
    command: [
      'keepalived',
      '--dont-fork',
      '--log-console',
      '--vrrp',
      '--use-file=/etc/keepalived/keepalived.conf',
    ],
    // For setting addresses, VRRP and ARP, and for changing to the user of its script, which keepalived does even for root.
    capabilities: ['NET_ADMIN', 'NET_BROADCAST', 'NET_RAW', 'SETGID', 'SETUID'],
    // The path of its PID file depends on build options.
    readOnlyRootFilesystem: false,
    mounts: [
      // Mounts only this file: images contain others next to it, such as keepalived.config-opts of Debian 13, which keepalived reads
      // first.
      { name: 'configuration', path: '/etc/keepalived/keepalived.conf', file: true },
      { name: 'check', path: '/usr/libexec/keepalived' },
      { name: 'interface', path: '/run/hakube' },
    ],
  })
