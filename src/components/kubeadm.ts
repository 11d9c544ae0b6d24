import type { Cluster, Machine } from '../cluster/cluster.ts'
import { compareVersions } from '../distributions/kubernetes.ts'
import { render } from '../templates/template.ts'
import { groundwork, startStepName } from './assemble.ts'
import type {
  Check,
  CollectedPart,
  Component,
  Declared,
  File,
  Package,
  Part,
  Port,
  Repository,
} from './component.ts'
import { isNode } from './containerd.ts'
import { certificateOf } from './etcd.ts'
import { clientAddress, clientSources } from './etcd/places.ts'
import { hostAndPort } from './host-and-port.ts'
import { documentsText, kubeadmDocuments } from './kubeadm/configuration.ts'
import { onceForEach } from './once.ts'
import { quote, quoteAll } from './quote.ts'

const template = (name: string, data: object) => render(`cloud-init/kubeadm/${name}.ejs`, data)

/** One repository for each minor release: https://kubernetes.io/blog/2023/08/15/pkgs-k8s-io-introduction/ */
function repository({ distribution, kubernetes, mirrors }: Cluster): Repository {
  const base = `${mirrors.kubernetes}/v${kubernetes.minor}`
  return distribution.family === 'debian'
    ? { name: 'kubernetes', url: `${base}/deb/ /`, key: `${base}/deb/Release.key` }
    : { name: 'kubernetes', url: `${base}/rpm/`, key: `${base}/rpm/repodata/repomd.xml.key` }
}

/** What kubeadm asks for before it does anything (cmd/kubeadm/app/preflight/checks.go), and what kube-proxy uses. */
function packages({ distribution, kubernetes }: Cluster): Package[] {
  const helpers = [
    distribution.packages.curl,
    distribution.packages.conntrack,
    distribution.packages.socat,
    ...(kubernetes.proxyMode === 'ipvs' ? [distribution.packages.ipset, distribution.packages.ipvsadm] : []),
  ]
  return [
    ...['kubeadm', 'kubectl', 'kubelet'].map((name) => ({ name, version: kubernetes.version })),
    ...helpers.flatMap((name) => (name ? [{ name }] : [])),
  ]
}

function modules({ kubernetes }: Cluster): NonNullable<Part['kernelModules']> {
  const ofProxy =
    kubernetes.proxyMode === 'ipvs'
      ? ['ip_vs', 'ip_vs_rr', 'ip_vs_wrr', 'ip_vs_sh'].map((name) => ({
          name,
          reason: 'kube-proxy in ipvs mode',
        }))
      : []
  return [
    { name: 'br_netfilter', reason: 'bridged traffic of pods passes the rules of kube-proxy' },
    // Not nf_conntrack_ipv4, which went into it with kernel 4.19 (torvalds/linux a0ae2562c6c4).
    { name: 'nf_conntrack', reason: 'kube-proxy' },
    ...ofProxy,
  ]
}

const sysctls: NonNullable<Part['sysctls']> = [
  { key: 'net.ipv4.ip_forward', value: '1', reason: 'kubeadm refuses to start without it' },
  // Network plug-ins that use bridges need them; kubeadm stopped asking in 1.30 (kubernetes/kubernetes#123464).
  { key: 'net.bridge.bridge-nf-call-iptables', value: '1', reason: 'traffic between pods of one machine' },
  { key: 'net.bridge.bridge-nf-call-ip6tables', value: '1', reason: 'traffic between pods of one machine' },
]

/** https://kubernetes.io/docs/reference/networking/ports-and-protocols/ */
function ports(cluster: Cluster, machine: Machine): Port[] {
  const { controlPlanes, etcd, kubernetes, network } = cluster
  const members = controlPlanes.map(({ address }) => address)
  const stackedEtcd: Port[] = [
    { protocol: 'tcp', port: 2379, lastPort: 2380, sources: members, purpose: 'etcd' },
    ...(etcd.clients.length > 0
      ? [{ protocol: 'tcp', port: 2379, sources: clientSources(cluster), purpose: 'etcd, clients' } as const]
      : []),
  ]
  const ofControlPlane: Port[] = [
    { protocol: 'tcp', port: kubernetes.apiServerPort, purpose: 'Kubernetes API server' },
    ...(etcd.placement === 'stacked' ? stackedEtcd : []),
  ]
  return [
    ...(machine.role === 'control-plane' ? ofControlPlane : []),
    {
      protocol: 'tcp',
      port: 10_250,
      sources: [network.subnet, kubernetes.podNetwork],
      purpose: 'kubelet API',
    },
    { protocol: 'udp', port: 8472, sources: [network.subnet], purpose: 'pod network (VXLAN)' },
    { protocol: 'tcp', port: 30_000, lastPort: 32_767, purpose: 'node ports of services' },
    { protocol: 'udp', port: 30_000, lastPort: 32_767, purpose: 'node ports of services' },
  ]
}

const contribute = onceForEach<Part>(
  ({ role }) => role,
  (cluster, machine) => ({
    repositories: [repository(cluster)],
    packages: packages(cluster),
    kernelModules: modules(cluster),
    sysctls,
    ports: ports(cluster, machine),
    // Only enabled: kubeadm starts it when it has written its configuration.
    units: [{ name: 'kubelet.service', start: 'no' }],
  }),
)

/*
 * Not in /etc/kubernetes/pki itself, which `kubeadm reset` empties after a failed try: the step copies them there. Machines
 * that join get no key. Control planes fetch theirs from the cluster, encrypted with the certificate key.
 */
const authorities = '/etc/hakube/authorities'

const certificate = (name: string, content: string): File => ({
  path: `${authorities}/${name}`,
  mode: '0644',
  content,
})

const key = (name: string, content: string): File => ({
  path: `${authorities}/${name}`,
  mode: '0600',
  content,
  secret: true,
})

/** Where etcd is not kubeadm's, each API server has a certificate of its own for it. */
function externalEtcdFiles(cluster: Cluster, machine: Machine): File[] {
  const own = certificateOf(cluster, machine, 'apiserver-etcd-client')
  return [
    certificate('apiserver-etcd-client.crt', own.certificate),
    key('apiserver-etcd-client.key', own.key),
    certificate('etcd/ca.crt', cluster.secrets.authorities.etcd.certificate),
  ]
}

function authorityFiles(cluster: Cluster, machine: Machine): File[] {
  const { secrets } = cluster
  const { kubernetes, frontProxy, etcd } = secrets.authorities
  const stacked = cluster.etcd.placement === 'stacked'
  const ca = certificate('ca.crt', kubernetes.certificate)
  const external = stacked || machine.role !== 'control-plane' ? [] : externalEtcdFiles(cluster, machine)
  if (!machine.initializes) return [ca, ...external]
  return [
    ca,
    key('ca.key', kubernetes.key),
    certificate('front-proxy-ca.crt', frontProxy.certificate),
    key('front-proxy-ca.key', frontProxy.key),
    // An etcd of its own has all its certificates already: nobody there needs to sign more.
    ...(stacked ? [certificate('etcd/ca.crt', etcd.certificate), key('etcd/ca.key', etcd.key)] : external),
    certificate('sa.pub', secrets.serviceAccount.publicKey),
    key('sa.key', secrets.serviceAccount.privateKey),
  ]
}

const configurationPath = (machine: Machine): string =>
  `/etc/kubernetes/kubeadm/${machine.initializes ? 'init' : 'join'}.yaml`

/** The step and the checks. A worker's are those of all workers: the machine knows its own name. */
const scripts = onceForEach<Required<Pick<CollectedPart, 'steps' | 'checks'>>>(
  (machine) => (machine.role === 'worker' ? 'worker' : machine.name),
  (cluster, machine) => {
    const { apiEndpoint, distribution, etcd, kubernetes } = cluster
    const external = etcd.placement !== 'stacked' && machine.role === 'control-plane'
    const data = {
      role: machine.initializes ? 'init' : machine.role,
      configuration: configurationPath(machine),
      authorities,
      version: quote(kubernetes.version),
      externalEtcd: external ? quoteAll(etcd.members.map(clientAddress)) : '',
      stackedEtcd: etcd.placement === 'stacked' && machine.role === 'control-plane',
      // Until 1.21 the addresses of the API servers stand in kubeadm's own configuration (kubernetes/kubernetes#98835).
      writesStatus: compareVersions(kubernetes.minor, '1.22') < 0,
      endpoint: quote(`https://${hostAndPort(apiEndpoint.address, apiEndpoint.port)}`),
      local: quote(`https://${hostAndPort(machine.address, kubernetes.apiServerPort)}`),
    }
    // Machines may wait here for a long time: whatever else they do has begun by then, and their ports are closed.
    const started = [
      distribution.units.firewall,
      'hakube-firewall.service',
      'haproxy.service',
      'keepalived.service',
      'containerd.service',
      'kubelet.service',
    ]
    const after = [
      ...groundwork,
      'swap',
      'hosts',
      'time',
      'selinux-firewall',
      'etcd-health',
      ...started.map((unit) => startStepName(unit)),
    ]
    const check = (name: string): Check => ({ name, script: template(`check-${name}`, data) })
    return {
      steps: [{ name: 'kubeadm', script: template('step', data), after }],
      checks: [
        check('kubernetes-version'),
        check('kubelet'),
        check('node'),
        ...(machine.role === 'control-plane' ? [check('api-server')] : []),
      ],
    }
  },
)

function collect(cluster: Cluster, machine: Machine, declared: Declared): CollectedPart {
  return {
    files: [
      ...authorityFiles(cluster, machine),
      {
        path: configurationPath(machine),
        mode: '0600',
        content: documentsText(kubeadmDocuments(cluster, machine, declared)),
        secret: true,
      },
    ],
    ...scripts(cluster, machine),
  }
}

export const kubeadm: Component = {
  name: 'kubeadm',
  purpose: 'Makes the machine a member of the Kubernetes cluster, at the version of the profile.',
  appliesTo: (_cluster, machine) => isNode(machine),
  contribute,
  collect,
}
