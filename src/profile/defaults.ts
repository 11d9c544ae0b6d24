import type { Distribution } from '../distributions/distribution.ts'
import { kubernetesMirror } from '../distributions/kubernetes.ts'
import { always, type Default, depends } from './default.ts'
import { interfaceDefaults } from './defaults-interfaces.ts'
import { kubernetesDefaults } from './defaults-kubernetes.ts'
import { storageDefaults } from './defaults-storage.ts'
import { deriveVirtualRouterId } from '../network/virtual-router-id.ts'
import { isNodeRole, roles } from './schema-parts.ts'

/*
 * The defaults of the profile's fields: each value once, with its reason. The descriptions of the schema, the rules, `resolve` and
 * `explain` read them here.
 */

export type { Default } from './default.ts'

/** Port of the API servers on the control planes. */
export const apiServerPort = 6443

/** Port of the API on a virtual address of control planes, whose API servers themselves use `apiServerPort`. */
export const sharedApiPort = 8443

/** Where `hakube serve` listens for TLS, unless it listens there already. */
export const usualDeliveryPort = 8443

export { etcdMount } from './defaults-storage.ts'

/** Up to this number of machines, /etc/hosts contains the whole cluster. */
const hostsOfWholeCluster = 100

/** The first from the usual port on at which `hakube serve` does not listen already. */
function firstFreeDeliveryPort(taken: readonly (number | undefined)[]): Default<number> {
  let value = usualDeliveryPort
  while (taken.includes(value)) value += 1
  return value === usualDeliveryPort
    ? { value, reason: 'the usual TLS port without root' }
    : { value, reason: `hakube serve already listens on ${usualDeliveryPort}` }
}

type Machines = readonly { role: string }[]
const hasRole = (machines: Machines, role: string): boolean =>
  machines.some((machine) => machine.role === role)

export const defaultOf = {
  netconsole: always(false, 'the messages travel in clear text, and anyone can send some'),
  deadline: always(60, 'most installations take less'),
  menuTimeout: always(5, 'long enough to press a key'),
  menuRescue: always(false, 'anyone at the machine would be root in it'),
  menuMemoryTest: always(null, 'the profile sets no program', 'none'),
  architecture: always('amd64', 'most servers are amd64'),
  firmware: always('uefi', 'current servers use UEFI'),
  bootFirst: always(null, 'the installer has set the order', 'the order that the installer left'),
  disk: always(null, 'the profile sets none'),
  console: always(null, 'no serial console is set'),
  ...storageDefaults,
  install: depends("the distribution's", (distribution: Distribution) => ({
    value: distribution.installs[0],
    reason: `the usual install method of ${distribution.title}`,
  })),

  timeServers: depends("the distribution's pool", (distribution: Distribution) => ({
    value: distribution.defaultTimeServers,
    reason: `the pool of ${distribution.title}`,
  })),
  iburst: always(true, 'the first boot waits for the right time'),
  searchDomain: always(null, 'host names have no domain'),
  subnet6: always(
    null,
    'virtual addresses are IPv4',
    'none; with IPv6 pods and one subnet, a unique local network derived from the cluster name',
  ),
  hosts: depends(
    `cluster for up to ${hostsOfWholeCluster} machines, otherwise essential`,
    (machines: number) => ({
      value: machines <= hostsOfWholeCluster ? ('cluster' as const) : ('essential' as const),
      reason: `cluster for up to ${hostsOfWholeCluster} machines, otherwise essential; there are ${machines}`,
    }),
  ),

  ...interfaceDefaults,

  keyBits: always(2048, "kubeadm's default (encryptionAlgorithm: RSA-2048)"),
  certificateDays: always(365, "kubeadm's default"),
  warningDays: always(30, 'a month to renew'),
  secretDelivery: depends('enrolled, or inline with machines that run from memory', (fromMemory: boolean) =>
    fromMemory
      ? {
          value: 'inline' as const,
          reason: 'machines that run from memory cannot enrol: seeds contain the secrets in clear text',
        }
      : { value: 'enrolled' as const, reason: 'nothing that is fetched over HTTP contains a secret' },
  ),
  deliveryPort: depends(
    '8443, or the next port that server and syslogPort do not use',
    firstFreeDeliveryPort,
  ),

  uid: always(null, 'the machine assigns one', 'the next free one'),
  sudo: always(true, 'the users in the profile operate the machines'),
  passwordHash: always(null, 'users log in with an SSH key', 'no password'),
  timezone: always(null, 'logs of all machines use the same time', 'UTC'),
  locale: always(null, 'the distribution sets one', "the distribution's"),
  keyboard: always(null, 'installers and the kernel start with it', 'us'),
  httpProxy: always(null, 'the profile sets none', 'none'),
  httpsProxy: depends('that of http', (http: string | null) => ({ value: http, reason: 'that of http' })),
  selinux: depends('enforcing', ({ title }: Distribution) => ({
    value: 'enforcing',
    reason: `${title} enables it`,
  })),
  firewall: always(true, 'ports that nothing needs stay closed'),
  firewallProtocol: always('tcp', 'most services use it'),
  firewallSources: always([], 'the profile sets no addresses', 'any'),
  firewallRoles: always(null, 'the profile sets no roles', 'all machines'),
  kernelPackage: always(null, 'the distribution maintains it', 'distribution'),
  kernelArgumentScope: always('both', 'the installer needs the same hardware to work'),
  fileMode: always('0644', 'everyone may read it', '"0644"'),
  // A file that everyone on the machine may read is not a secret.
  secretFileMode: always('0600', 'only its owner may read it'),
  fileOwner: always('root:root', 'only root may change it'),

  patchType: always('strategic', "it is kubeadm's own default"),
  volumeReadOnly: always(true, 'a component only reads most of its files'),
  volumeType: always('Directory', 'a missing directory is found before the component starts without it'),

  balancing: depends(
    'dedicated if there are load-balancer machines, otherwise control-plane',
    (machines: Machines) =>
      hasRole(machines, 'load-balancer')
        ? { value: 'dedicated', reason: 'there are load-balancer machines' }
        : { value: 'control-plane', reason: 'there are no load-balancer machines' },
  ),
  apiPort: depends(
    `${apiServerPort} on dedicated and external load balancers; ${sharedApiPort} on control planes, where the API server uses ${apiServerPort}`,
    (placement: string) =>
      placement === 'control-plane' || placement === 'static-pod'
        ? { value: sharedApiPort, reason: `the API server uses ${apiServerPort} on the same machine` }
        : { value: apiServerPort, reason: 'the port of the API server' },
  ),
  apiName: always(null, 'machines and clients use the address', 'none'),
  httpPort: always(80, 'the default port of HTTP'),
  httpsPort: always(443, 'the default port of HTTPS'),
  proxyProtocol: always(null, 'ingress controllers do not expect it', 'false'),
  workerHttpPort: depends('httpPort', (value: number) => ({ value, reason: 'same as httpPort' })),
  workerHttpsPort: depends('httpsPort', (value: number) => ({ value, reason: 'same as httpsPort' })),
  virtualRouterId: depends('derived from the cluster name', (clusterName: string) => ({
    value: deriveVirtualRouterId(clusterName),
    reason: 'derived from the cluster name',
  })),
  sourceAddress: always(null, 'there is no address translation'),
  connectionSync: depends(
    'true with several load balancers and a sourceAddress',
    ({ sourceAddress, balancers }: { sourceAddress: string | null; balancers: number }) => ({
      value: sourceAddress !== null && balancers > 1,
      reason: 'true with several load balancers and a sourceAddress',
    }),
  ),
  // https://hub.docker.com/_/haproxy: 3.2 is a long-term release, with updates until 2030.
  haproxyImage: always('docker.io/library/haproxy:3.2.6', 'the official image'),
  keepalivedImage: always('', 'the keepalived project publishes no image'),
  haproxyPackage: always(null, "the distribution's"),

  etcdPlacement: depends('dedicated if there are etcd machines, otherwise stacked', (machines: Machines) =>
    hasRole(machines, 'etcd')
      ? { value: 'dedicated', reason: 'there are etcd machines' }
      : { value: 'stacked', reason: 'kubeadm runs it on the control planes' },
  ),
  etcdVersion: always(
    null,
    'the version of the package or the archive',
    "the distribution's, or that of the archive",
  ),

  etcdArchive: depends('none', (placement: string) => ({
    value: null,
    reason: placement === 'stacked' ? "kubeadm's image" : "the distribution's package",
  })),
  etcdClients: depends('none', (storesInEtcd: boolean) => ({
    value: storesInEtcd ? roles.filter(isNodeRole) : [],
    reason: storesInEtcd ? 'flannel stores its data in etcd' : 'no role has etcd client certificates',
  })),

  ...kubernetesDefaults,

  distributionMirror: depends("the distribution's", ({ title }: Distribution) => ({
    value: null,
    reason: `the mirror of ${title}`,
  })),
  securityMirror: depends(
    'next to mirrors.distribution, if that is set',
    ({ distribution, besidePackages }: { distribution: Distribution; besidePackages: boolean }) => ({
      value: null,
      reason: besidePackages
        ? 'mirrors.distribution contains them too'
        : `the mirror of ${distribution.title}`,
    }),
  ),
  imageMirrors: always({}, 'images come from their own registries'),
  repositoryMirrors: always({}, 'packages come from their publishers'),
  signingKeys: always({}, 'packages are signed by their publishers'),
  kubernetesMirror: always(kubernetesMirror, 'the packages of the Kubernetes project'),
}

type Table = typeof defaultOf
type ConstantName = {
  [Name in keyof Table]: Table[Name] extends { value: unknown } ? Name : never
}[keyof Table]

/** The values of the defaults that are the same for all profiles. */
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- Object.fromEntries forgets which name has which value
export const defaults = Object.fromEntries(
  Object.entries(defaultOf).flatMap(([name, entry]) => ('value' in entry ? [[name, entry.value]] : [])),
) as { readonly [Name in ConstantName]: Table[Name]['value'] }

/** `Default: 168.`, for the schema's description of a field. Addresses of repositories are not followed by a full stop. */
export function byDefault(name: keyof Table): string {
  const { text } = defaultOf[name]
  return `Default: ${text}${text.endsWith(':') ? '' : '.'}`
}
