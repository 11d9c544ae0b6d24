import {
  type Arbitrary,
  array,
  boolean,
  constant,
  constantFrom,
  integer,
  oneof,
  record,
  string,
} from 'fast-check'
import { distributions } from '../../src/distributions/index.ts'
import { kubernetesReleases } from '../../src/distributions/kubernetes.ts'
import { installMethodNames } from '../../src/distributions/install-methods.ts'
import { etcdPlacements } from '../../src/profile/schema-etcd.ts'

/*
 * Profiles that look as if a person had written them, with a few values that nobody would: what passes the rules must be
 * rendered, and what cannot be rendered must be a mistake.
 */

/** Means something to a shell, a boot loader, an installer, a file format, or a path. */
const signs = constantFrom(
  ...'\n|\r|\t|\0|\u001B|\u007F|\u0085|\u2028| ||a|Z|0|-|--|.|..|/|//|#|;|&&|$|${|${a}|$(|`|"|\'|\\|%|%%|%n'.split(
    '|',
  ),
  ...'<%|<%=|%>|@|*|=|:|[|]|{|}|>|<|~|!|,|+|_|^|::|\uD800|\uFFFE|💥|ü|EOF|null|end'.split('|'),
  '|',
  '||',
)
const odd: Arbitrary<string> = oneof(
  { weight: 4, arbitrary: array(signs, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('')) },
  { weight: 2, arbitrary: string({ unit: 'binary', maxLength: 8 }) },
  {
    weight: 1,
    arbitrary: constantFrom('__proto__', 'constructor', '_default', 'x'.repeat(5000), '-1', '1.30'),
  },
)

/** Mostly a good value; else an odd one, alone or around a good one. */
const text = (...good: [string, ...string[]]): Arbitrary<string> =>
  oneof(
    { weight: 6, arbitrary: constantFrom(...good) },
    { weight: 1, arbitrary: odd },
    {
      weight: 1,
      arbitrary: record({ good: constantFrom(...good), odd }).map((each) => each.good + each.odd),
    },
    {
      weight: 1,
      arbitrary: record({ good: constantFrom(...good), odd }).map((each) => each.odd + each.good),
    },
  )
const list = <T>(item: Arbitrary<T>, minLength = 0): Arbitrary<T[]> =>
  array(item, { minLength, maxLength: 3 })
/** A mapping with some of these keys. */
const some = (model: Record<string, Arbitrary<unknown>>): Arbitrary<Record<string, unknown>> =>
  record(model, { requiredKeys: [] })

const ports = oneof(constantFrom(80, 443, 6443, 8443, 2379, 8404), integer({ min: 1, max: 65_535 }))
const items = constantFrom('nofile', 'nproc', 'memlock', 'core')

const asset = record({ path: text('etcd.tar.gz', 'releases/v3.tar.gz'), sha256: text('0'.repeat(64)) })

const settings = {
  kernel: some({
    modules: list(text('br_netfilter', 'nf-conntrack', 'ip_vs')),
    arguments: list(text('mitigations=auto', 'quiet', 'i915.modeset=0', 'dyndbg=file+p')),
  }),
  sysctls: array(
    record({
      key: text(
        'net.core.somaxconn',
        'net/ipv4/ip_forward',
        'vm.swappiness',
        '-net.ipv4.conf.all.rp_filter',
        'fs.inotify.*',
      ),
      value: oneof(integer({ min: -5, max: 1e9 }), text('1', '4096 87380 6291456')),
    }),
    { maxLength: 3 },
  ).map((pairs) => Object.fromEntries(pairs.map(({ key, value }) => [key, value]))),
  limits: list(
    record({
      domain: text('*', '@wheel', 'ops', '%group', ':1000'),
      type: constantFrom('soft', 'hard', '-'),
      item: items,
      value: oneof(integer({ min: -2, max: 2_000_000_000 }), constant('unlimited')),
    }),
  ),
  files: list(
    record(
      {
        path: text(
          '/etc/motd',
          '/opt/site/run.sh',
          '/usr/local/bin/tool',
          '/etc/haproxy/errors/503.http',
          '/etc/hosts',
        ),
        mode: text('0644', '755', '0600', '4755', '0000'),
        owner: text('root:root', 'ops:ops'),
        content: oneof(
          text('hello\n', '#!/bin/sh\nexit 0\n', '', 'no line end'),
          string({ unit: 'binary', maxLength: 100 }),
        ),
        secret: boolean(),
      },
      { requiredKeys: ['path', 'content'] },
    ),
  ),
  packages: list(text('tcpdump', 'kubelet', 'containerd.io', 'g++', 'haproxy', '@core', 'curl=7.88.1-10')),
  commands: list(
    record({
      name: text('register-asset', 'a', 'time', 'kernel'),
      run: oneof(
        text('true', 'curl -fsS http://10.10.10.5/done\n'),
        string({ unit: 'binary', minLength: 1, maxLength: 60 }),
      ),
    }),
  ),
}

const hardware = {
  disk: text('/dev/sda', '/dev/disk/by-id/wwn-0x5000', '/dev/mapper/x-y'),
  architecture: constantFrom('amd64', 'arm64'),
  firmware: constantFrom('bios', 'uefi'),
  console: text('ttyS0,115200', 'ttyS1', 'hvc0', 'ttyS0,115200n8'),
}

const address = (last: number) => text(`10.10.10.${last}`)
const url = text(
  'http://10.10.10.9/mirror',
  'https://mirror.example.com',
  'http://10.10.10.9:8081/a/b/',
  'https://user@10.0.0.1',
)

/** A path in the profile, and what may stand there. */
export const fields: readonly [path: string, value: Arbitrary<unknown>][] = [
  ['name', text('sample', 'k8s', 'x')],
  [
    'server',
    text('http://10.10.10.5:8080', 'https://boot.example.com', 'http://10.10.10.5/', 'HTTP://10.10.10.5'),
  ],
  [
    'distribution',
    record(
      { install: constantFrom(...installMethodNames), release: constantFrom(...distributions) },
      { requiredKeys: ['release'] },
    ).map(({ release, ...rest }) => ({ name: release.name, version: release.version, ...rest })),
  ],
  ['network.subnet', text('10.10.10.0/24', '10.10.0.0/16', '10.10.10.0/28')],
  ['network.gateway', address(1)],
  ['network.nameServers', list(address(1), 1)],
  [
    'network.timeServers',
    list(text('10.10.10.1', 'pool.ntp.org', 'Time.Example.COM', 'fe80::1', '2001:db8::1'), 1),
  ],
  ['network.searchDomain', text('example.com', 'a')],
  ['network.hosts', constantFrom('cluster', 'essential')],
  ['hardware', some(hardware)],
  ...[2, 5].flatMap((index): [string, Arbitrary<unknown>][] => [
    [`machines.${index}.name`, text('some-machine', 'constructor', '0')],
    [`machines.${index}.role`, constantFrom('load-balancer', 'control-plane', 'worker', 'etcd')],
    [
      `machines.${index}.mac`,
      oneof(
        text('52:54:00:aa:bb:99', '525400AABB98'),
        list(text('52-54-00-AA-BB-97', '01-52-54-00-aa-bb-96'), 1),
      ),
    ],
    [`machines.${index}.address`, address(77)],
    ...Object.entries({ ...hardware, ...settings }).map(([key, value]): [string, Arbitrary<unknown>] => [
      `machines.${index}.${key}`,
      value,
    ]),
  ]),
  ['loadBalancing', constant(undefined)],
  ['loadBalancing.placement', constantFrom('dedicated', 'control-plane')],
  ['loadBalancing.api', record({ address: address(19), port: ports }, { requiredKeys: ['address'] })],
  [
    'loadBalancing.ingress',
    record(
      {
        address: address(20),
        httpPort: ports,
        httpsPort: ports,
        workerHttpPort: ports,
        workerHttpsPort: ports,
      },
      { requiredKeys: ['address'] },
    ),
  ],
  ['loadBalancing.virtualRouterId', integer({ min: -1, max: 256 })],
  ['loadBalancing.sourceAddress', address(251)],
  ['loadBalancing.connectionSync', boolean()],
  [
    'etcd',
    some({
      placement: constantFrom(...etcdPlacements),
      clients: list(constantFrom('load-balancer', 'control-plane', 'worker', 'etcd')),
      version: text('3.5.24', '3.6.1'),
      archive: asset,
    }),
  ],
  [
    'secrets',
    some({
      keyBits: constantFrom(2048, 4096),
      certificateDays: integer({ min: 1, max: 3650 }),
      warningDays: integer({ min: 0, max: 3650 }),
    }),
  ],
  [
    'kubernetes.version',
    oneof(
      text('1.36.4'),
      constantFrom(...kubernetesReleases).map(({ minor, lastPatch }) => `${minor}.${lastPatch}`),
    ),
  ],
  ['kubernetes.podNetwork', text('10.244.0.0/16', '192.168.0.0/20', '10.128.0.0/9')],
  ['kubernetes.serviceNetwork', text('10.96.0.0/12', '172.20.0.0/24')],
  ['kubernetes.domain', text('cluster.local', 'k8s')],
  ['kubernetes.proxyMode', constantFrom('iptables', 'ipvs', 'nftables', 'none')],
  [
    'containerRuntime',
    some({
      name: constantFrom('containerd', 'cri-o', 'docker'),
      packages: constantFrom('docker', 'distribution'),
      criDockerd: asset,
    }),
  ],
  [
    'networkPlugin',
    record(
      {
        name: constantFrom('calico', 'cilium', 'flannel', 'flannel-service', 'other'),
        manifest: asset,
        archive: asset,
        plugins: asset,
      },
      { requiredKeys: ['name'] },
    ),
  ],
  [
    'manifests',
    list(
      constantFrom('one', 'two', 'network-plugin', '-', 'Three').map((name) => ({
        name,
        path: `${name}.yaml`,
        sha256: '0'.repeat(64),
      })),
    ),
  ],
  ['users.0.name', text('ops', '_x', 'adm-1')],
  ['users.0.sudo', boolean()],
  ['users.0.passwordHash', text(`$6$salt$${'a'.repeat(86)}`, '$y$j9T$abc$def')],
  [
    'users.0.sshKeys',
    list(
      text(
        'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINtODLLcxnxUAPxj6q1T6K2l46ecNNiL1HXgI/4LlunW ops@example.com',
      ),
    ),
  ],
  ...(['load-balancer', 'control-plane', 'worker'] as const).map((role): [string, Arbitrary<unknown>] => [
    `roles.${role}`,
    some(settings),
  ]),
  ...Object.entries(settings),
  ['selinux', constantFrom('enforcing', 'permissive')],
  ['firewall', boolean()],
  ['mirrors.distribution', url],
  ['mirrors.kubernetes', url],
  ['mirrors.repositories', some({ docker: url, 'cri-o': url, elrepo: url, other: url })],
  [
    'mirrors.images',
    array(
      record({
        key: text('docker.io', 'registry.k8s.io', '_default', 'localhost:5000', 'Quay.IO', '*', '.', '..'),
        value: url,
      }),
      {
        maxLength: 3,
      },
    ).map((pairs) => Object.fromEntries(pairs.map(({ key, value }) => [key, value]))),
  ],
]

/** How machines are installed: other code is used for each. */
const systems = constantFrom(
  { name: 'rocky', version: '9' },
  { name: 'almalinux', version: '10' },
  { name: 'ubuntu', version: '24.04' },
  { name: 'debian', version: '12' },
).map((value) => ({ path: 'distribution', value }))

/** Changes of a good profile: the places and what is to stand there; undefined takes the place away. */
export const changes: Arbitrary<{ path: string; value: unknown }[]> = record({
  system: systems,
  others: array(oneof(...fields.map(([path, value]) => record({ path: constant(path), value }))), {
    minLength: 1,
    maxLength: 5,
  }),
}).map(({ system, others }) => [system, ...others])
