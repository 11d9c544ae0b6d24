import { beforeAll, describe, expect, it, vi } from 'vitest'
import { parse } from 'yaml'
import type { Cluster } from '../../src/cluster/cluster.ts'
import type { SecretPolicy } from '../../src/secrets/policy.ts'
import { Profile } from '../../src/profile/schema.ts'
import { good, replace } from './mistakes.ts'

/** What each default that is the same for all profiles is changed to. */
const others = {
  netconsole: true,
  deadline: 61,
  architecture: 'arm64',
  firmware: 'bios',
  disk: '/dev/other',
  console: 'ttyS9',
  bootFirst: 'network',
  menuTimeout: 6,
  menuRescue: true,
  menuMemoryTest: { path: 'other.bin', sha256: 'ab' },
  searchDomain: 'other.example',
  subnet6: 'fd00:9::/64',
  interface: 'br0',
  mtu: 1400,
  lacpRate: 'fast',
  transmitHashPolicy: 'layer3+4',
  miiMonitorInterval: 99,
  minLinks: 2,
  spanningTree: true,
  keyBits: 3072,
  certificateDays: 366,
  warningDays: 31,
  uid: 1999,
  timezone: 'Other/Zone',
  locale: 'other.UTF-8',
  keyboard: { layout: 'other', variant: null },
  httpProxy: 'http://other.example:3128',
  layout: 'lvm',
  volumeGroup: 'other',
  rootSize: '9G',
  mountOptions: ['noatime'],
  wipe: true,
  sudo: false,
  passwordHash: '$6$other',
  firewall: false,
  firewallProtocol: 'sctp',
  firewallSources: ['10.9.9.9'],
  firewallRoles: ['etcd'],
  kernelPackage: { name: 'elrepo-lt' },
  kernelArgumentScope: 'installed',
  fileMode: '0604',
  secretFileMode: '0601',
  fileOwner: 'other:other',
  patchType: 'merge',
  volumeReadOnly: false,
  volumeType: 'FileOrCreate',
  apiName: 'api.other.example',
  proxyProtocol: 'v9',
  httpPort: 81,
  httpsPort: 444,
  sourceAddress: '10.10.10.99',
  haproxyImage: 'example.com/haproxy:9',
  keepalivedImage: 'example.com/keepalived:9',
  haproxyPackage: 'other package',
  etcdVersion: '9.9.9',
  podNetwork: '10.99.0.0/16',
  serviceNetwork: '10.98.0.0/16',
  domain: 'other.local',
  nodeNames: 'full',
  certificates: 'preplaced',
  joinDeadlineHours: 169,
  certificateNames: ['other-name.example'],
  featureGates: { OtherGate: true },
  imageRepository: 'other.example/images',
  auditPolicy: 'another policy',
  encryptedResources: ['configmaps'],
  containerRuntime: 'cri-o',
  networkPlugin: 'calico',
  cniPlugins: { path: 'other.tgz', sha256: 'ab' },
  iburst: false,
  imageMirrors: { 'docker.io': 'other.example' },
  repositoryMirrors: { elrepo: 'http://other.example' },
  signingKeys: { docker: ['DE15B14486CD377B9E876E1A234654DA9A296436'] },
  kubernetesMirror: 'https://other.example:',
}

/** Settings that are defaults only where something else is there. */
const profileText = replace(
  good,
  [
    'hardware:\n  disk: /dev/sda\n',
    'bootMenu: {}\nproxy: { except: [direct.example] }\nfiles:\n  - { path: /srv/a, content: a }\n  - { path: /srv/b, content: b, secret: true }\nfirewall:\n  ports: [9100, { ports: 9200 }]\nkernel: { arguments: [quiet, { argument: splash }] }\n',
  ],
  [
    'kubernetes:\n',
    'kubernetes:\n  encryptionAtRest: {}\n  audit: {}\n  patches: [{ target: etcd, content: {} }]\n  apiServerVolumes: [{ hostPath: /srv/a }]\n',
  ],
  ['  api:\n', '  placement: static-pod\n  api:\n'],
  [
    'network:\n',
    'network:\n  bonds: { bond0: { interfaces: [card0], mode: 802.3ad } }\n  bridges: { br0: { interfaces: [bond0] } }\n',
  ],
)

let descriptions: string[]
let cluster: Omit<Cluster, 'secrets'>
let policy: SecretPolicy
let constants: string[]

/* Loads hakube again around a table with other values, reasons and texts. A duplicate elsewhere keeps the old ones. */
beforeAll(async () => {
  vi.resetModules()
  const { defaultOf, defaults } = await import('../../src/profile/defaults.ts')
  constants = Object.keys(defaults)
  for (const [name, entry] of Object.entries(defaultOf)) {
    entry.text = `text of ${name}`
    if ('of' in entry) {
      const of = entry.of as (situation: unknown) => { value: unknown; reason: string }
      Object.assign(entry, {
        of: (situation: unknown) => ({ ...of(situation), reason: `reason of ${name}` }),
      })
    } else entry.reason = `reason of ${name}`
  }
  for (const [name, value] of Object.entries(others)) {
    Object.assign(defaultOf[name as keyof typeof defaultOf], { value })
    Object.assign(defaults, { [name]: value })
  }
  const { profileJsonSchemaText } = await import('../../src/profile/json-schema.ts')
  const { resolveWithoutSecrets } = await import('../../src/cluster/resolve.ts')
  const { secretPolicy } = await import('../../src/secrets/policy.ts')
  descriptions = [...profileJsonSchemaText().matchAll(/"description": "(.*)"/g)].map(([, text = '']) => text)
  const profile = Profile.parse(parse(profileText))
  cluster = resolveWithoutSecrets(profile, new Map())
  policy = secretPolicy(profile)
  return () => vi.resetModules()
})

describe('the table of defaults', () => {
  it('is changed in all its values by this test', () => {
    expect(Object.keys(others).toSorted()).toEqual(constants.toSorted())
  })

  it('is the only place with the value and the reason of a default', () => {
    const rows = cluster.facts
      .filter(({ from }) => from === undefined)
      .map(({ name, value, reason }) => `${name}: ${value} (${reason})`)
    expect(rows.join('\n')).toMatchInlineSnapshot(`
      "deadline: 61 (reason of deadline)
      bootMenu.timeout: 6 (reason of menuTimeout)
      bootMenu.rescue: yes (reason of menuRescue)
      bootMenu.memoryTest.bios: path = other.bin, sha256 = ab (reason of menuMemoryTest)
      bootMenu.memoryTest.uefi: path = other.bin, sha256 = ab (reason of menuMemoryTest)
      secrets.delivery: enrolled (reason of secretDelivery)
      secrets.deliveryPort: 8443 (reason of deliveryPort)
      network.subnet6: fd00:9::/64 (reason of subnet6)
      network.searchDomain: other.example (reason of searchDomain)
      network.hosts: cluster (reason of hosts)
      kubernetes.initializes: control-1 (reason of initializes)
      kubernetes.podNetwork: 10.99.0.0/16 (reason of podNetwork)
      kubernetes.serviceNetwork: 10.98.0.0/16 (reason of serviceNetwork)
      kubernetes.domain: other.local (reason of domain)
      kubernetes.nodeNames: full (reason of nodeNames)
      kubernetes.proxyMode: nftables (reason of proxyMode)
      kubernetes.certificates: preplaced (reason of certificates)
      kubernetes.joinDeadlineHours: 169 (reason of joinDeadlineHours)
      kubernetes.certificateNames: other-name.example (reason of certificateNames)
      kubernetes.imageRepository: other.example/images (reason of imageRepository)
      kubernetes.featureGates: OtherGate = yes (reason of featureGates)
      kubernetes.encryptionAtRest.resources: configmaps (reason of encryptedResources)
      mirrors.kubernetes: https://other.example: (reason of kubernetesMirror)
      mirrors.images: docker.io = other.example (reason of imageMirrors)
      mirrors.repositories: elrepo = http://other.example (reason of repositoryMirrors)
      mirrors.keys: docker = DE15B14486CD377B9E876E1A234654DA9A296436 (reason of signingKeys)
      networkPlugin.name: calico (reason of networkPlugin)
      loadBalancing.api.port: 8443 (reason of apiPort)
      loadBalancing.ingress.httpPort: 81 (reason of httpPort)
      loadBalancing.ingress.httpsPort: 444 (reason of httpsPort)
      loadBalancing.ingress.workerHttpPort: 81 (reason of workerHttpPort)
      loadBalancing.ingress.workerHttpsPort: 444 (reason of workerHttpsPort)
      loadBalancing.virtualRouterId: 71 (reason of virtualRouterId)
      loadBalancing.sourceAddress: 10.10.10.99 (reason of sourceAddress)
      loadBalancing.connectionSync: yes (reason of connectionSync)
      loadBalancing.images.haproxy: example.com/haproxy:9 (reason of haproxyImage)
      loadBalancing.images.keepalived: example.com/keepalived:9 (reason of keepalivedImage)
      loadBalancing.haproxyPackage: other package (reason of haproxyPackage)
      apiEndpoint: api.other.example:8443 (the name of the virtual address)
      etcd.placement: stacked (reason of etcdPlacement)
      etcd.clients:  (reason of etcdClients)
      etcd.version: 9.9.9 (reason of etcdVersion)
      etcd.archive: none (reason of etcdArchive)
      firewall.enabled: no (reason of firewall)
      proxy.https: http://other.example:3128 (reason of httpsProxy)
      proxy.except: localhost, 127.0.0.1, ::1, 10.10.10.0/24, 10.99.0.0/16, 10.98.0.0/16, .svc, .other.local, api.other.example, 10.10.10.19, 10.10.10.20, 10.10.10.5, direct.example (what is in the cluster, and what the profile adds)"
    `)
    expect({
      machine: cluster.machines[0],
      users: cluster.users,
      openPorts: cluster.openPorts,
      audit: cluster.kubernetes.audit,
      patches: cluster.kubernetes.patches,
      volumes: cluster.kubernetes.volumes.apiServer,
      regional: cluster.regional,
      proxyProtocol: cluster.loadBalancing?.ingress?.proxyProtocol,
      plugins: cluster.networkPlugin.plugins,
      policy,
    }).toMatchInlineSnapshot(`
      {
        "audit": {
          "policy": "another policy",
        },
        "machine": {
          "address": "10.10.10.11",
          "architecture": "arm64",
          "balancerRank": null,
          "balancesLoad": false,
          "bootFirst": "network",
          "console": "ttyS9",
          "firmware": "bios",
          "fullName": "balancer-1",
          "index": 0,
          "initializes": false,
          "macs": [
            "52-54-00-aa-bb-01",
          ],
          "name": "balancer-1",
          "network": {
            "further": [],
            "installer": null,
            "interface": "br0",
            "links": [
              {
                "addresses": [],
                "card": 0,
                "dhcp": false,
                "kind": "ethernet",
                "mtu": 1400,
                "name": "card0",
                "nameServers": [],
                "routes": [],
                "routingPolicy": [],
                "searchDomains": [],
              },
              {
                "addresses": [],
                "bond": {
                  "lacpRate": "fast",
                  "miiMonitorInterval": 99,
                  "minLinks": 2,
                  "mode": "802.3ad",
                  "primary": null,
                  "transmitHashPolicy": "layer3+4",
                },
                "dhcp": false,
                "interfaces": [
                  "card0",
                ],
                "kind": "bond",
                "mtu": 1400,
                "name": "bond0",
                "nameServers": [],
                "routes": [],
                "routingPolicy": [],
                "searchDomains": [],
              },
              {
                "addresses": [
                  "10.10.10.11/24",
                ],
                "dhcp": false,
                "interfaces": [
                  "bond0",
                ],
                "kind": "bridge",
                "mtu": 1400,
                "name": "br0",
                "nameServers": [],
                "routes": [],
                "routingPolicy": [],
                "searchDomains": [],
                "stp": true,
              },
            ],
            "mtu": 1400,
            "networks": [],
            "subnet": 0,
          },
          "role": "load-balancer",
          "runsEtcd": false,
          "settings": {
            "commands": [],
            "files": [
              {
                "content": "a",
                "from": [
                  "files",
                  0,
                ],
                "mode": "0604",
                "owner": "other:other",
                "path": "/srv/a",
                "secret": false,
              },
              {
                "content": "b",
                "from": [
                  "files",
                  1,
                ],
                "mode": "0601",
                "owner": "other:other",
                "path": "/srv/b",
                "secret": true,
              },
            ],
            "kernelArguments": [
              {
                "appliesTo": "installed",
                "argument": "quiet",
                "from": [
                  "kernel",
                  "arguments",
                  0,
                ],
              },
              {
                "appliesTo": "installed",
                "argument": "splash",
                "from": [
                  "kernel",
                  "arguments",
                  1,
                  "argument",
                ],
              },
            ],
            "kernelPackage": {
              "name": "elrepo-lt",
            },
            "kubeletArguments": [],
            "kubeletConfiguration": {
              "fields": {},
            },
            "kubeletIsTold": [],
            "labels": [],
            "limits": [],
            "modules": [],
            "packages": [],
            "sysctls": [],
            "taints": null,
          },
          "storage": {
            "data": [],
            "disks": [],
            "volumeGroup": "other",
            "volumes": [
              {
                "bytes": null,
                "mount": "/",
                "name": "root",
                "options": [],
                "type": null,
              },
            ],
          },
          "system": {
            "containerRuntime": {
              "configuration": 3,
              "criDockerd": null,
              "installs": [
                "cri-o",
                "container-selinux",
              ],
              "kubeletArguments": [],
              "name": "cri-o",
              "packages": "distribution",
              "repositories": [
                {
                  "fingerprints": [],
                  "key": "https://download.opensuse.org/repositories/isv:/cri-o:/stable:/v1.36/rpm/repodata/repomd.xml.key",
                  "name": "cri-o",
                  "url": "https://download.opensuse.org/repositories/isv:/cri-o:/stable:/v1.36/rpm/",
                },
              ],
              "socket": "unix:///var/run/crio/crio.sock",
              "unit": "crio.service",
            },
            "distribution": {
              "adminGroup": "wheel",
              "archives": null,
              "bootLoaderTool": "grubby",
              "cgroups": 2,
              "chronyConfiguration": "/etc/chrony.conf",
              "cloudInitVersion": "23.4",
              "codename": null,
              "conntrackdVersion": "1.4.5",
              "containerdConfiguration": 3,
              "defaultTimeServers": [
                "2.rocky.pool.ntp.org",
              ],
              "endOfLife": null,
              "etcdVersion": null,
              "extraRepositories": [
                {
                  "fingerprints": [
                    "060A61C51B558A7F742B77AAC52FEB6B621E9F35",
                  ],
                  "key": "https://download.docker.com/linux/rhel/gpg",
                  "name": "docker-ce-stable",
                  "url": "https://download.docker.com/linux/rhel/9/$basearch/stable",
                },
              ],
              "family": "rhel",
              "firewall": "firewalld",
              "haproxyVersion": "2.4",
              "installs": [
                "kickstart",
                "image",
              ],
              "keepalivedVersion": "2.2",
              "kernel": "5.14",
              "kernelModulesPackage": null,
              "lastKubernetes": null,
              "lastKubernetesOnNewerKernel": null,
              "locale": "C.UTF-8",
              "mirror": "https://dl.rockylinux.org/pub/rocky",
              "name": "rocky",
              "networkServices": {
                "image": "NetworkManager",
                "kickstart": "NetworkManager",
              },
              "newerKernels": {
                "base": "https://elrepo.org/linux",
                "elrepo-lt": {
                  "architectures": [
                    "amd64",
                    "arm64",
                  ],
                  "package": "kernel-lt",
                  "version": "6.1",
                },
                "elrepo-ml": {
                  "architectures": [
                    "amd64",
                    "arm64",
                  ],
                  "package": "kernel-ml",
                  "version": "7.2",
                },
                "fingerprints": [
                  "96C0104F631547311E0BB1AE309BC305BAADAE52",
                  "B8A755874DA240C9DAC4E71551600989EAA31D4A",
                ],
                "keys": [
                  "https://www.elrepo.org/RPM-GPG-KEY-elrepo.org",
                  "https://www.elrepo.org/RPM-GPG-KEY-v2-elrepo.org",
                ],
                "path": "kernel/el9/$basearch",
              },
              "openFilesOfServices": {
                "hard": 524288,
                "soft": 1024,
              },
              "ownContainerd": null,
              "ownDocker": null,
              "packageManager": "dnf",
              "packages": {
                "chrony": "chrony",
                "conntrack": "conntrack-tools",
                "conntrackd": "conntrack-tools",
                "containerd": "containerd.io",
                "curl": "curl",
                "etcd": null,
                "etcd-client": null,
                "haproxy": "haproxy",
                "ipset": "ipset",
                "iptables": "iptables-nft",
                "ipvsadm": "ipvsadm",
                "keepalived": "keepalived",
                "nftables": "nftables",
                "socat": "socat",
              },
              "passwordHashes": [
                "5",
                "6",
                "2a",
                "2b",
                "2y",
                "y",
                "7",
                "gy",
              ],
              "refusesOldSignatures": false,
              "repositoryLists": [
                "/etc/yum.repos.d/rocky.repo",
                "/etc/yum.repos.d/rocky-*.repo",
              ],
              "selinux": true,
              "signingKey": "/etc/pki/rpm-gpg/RPM-GPG-KEY-Rocky-9",
              "title": "Rocky Linux 9",
              "trees": {
                "amd64": {
                  "install": "9/BaseOS/x86_64/os",
                  "repositories": [
                    {
                      "name": "AppStream",
                      "path": "9/AppStream/x86_64/os",
                    },
                  ],
                },
                "arm64": {
                  "install": "9/BaseOS/aarch64/os",
                  "repositories": [
                    {
                      "name": "AppStream",
                      "path": "9/AppStream/aarch64/os",
                    },
                  ],
                },
              },
              "unitAliases": {},
              "units": {
                "chrony": "chronyd.service",
                "conntrackd": "conntrackd.service",
              },
              "version": "9",
            },
            "facts": [
              {
                "name": "network.timeServers",
                "reason": "reason of timeServers",
                "value": "2.rocky.pool.ntp.org",
              },
              {
                "name": "mirrors.distribution",
                "reason": "reason of distributionMirror",
                "value": "https://dl.rockylinux.org/pub/rocky",
              },
              {
                "name": "containerRuntime.name",
                "reason": "reason of containerRuntime",
                "value": "cri-o",
              },
              {
                "name": "selinux",
                "reason": "reason of selinux",
                "value": "enforcing",
              },
            ],
            "images": {},
            "install": {
              "bringsPartitions": false,
              "configuresOneCard": "hakube's kickstart for Anaconda",
              "disablesCloudInit": false,
              "fetchesBeforeTrust": "Anaconda",
              "keepsDisk": true,
              "mountOptionsOnRaid": true,
              "name": "kickstart",
              "ownArguments": [
                "inst.ks",
                "inst.repo",
                "inst.text",
                "ip",
              ],
              "setsKeyboard": true,
            },
            "mirrors": {
              "distribution": {
                "amd64": "https://dl.rockylinux.org/pub/rocky",
                "arm64": "https://dl.rockylinux.org/pub/rocky",
              },
              "security": null,
            },
            "selinux": "enforcing",
            "timeServers": [
              "2.rocky.pool.ntp.org",
            ],
            "timeSources": [
              {
                "directive": "pool",
                "name": "2.rocky.pool.ntp.org",
                "options": [],
              },
            ],
          },
          "systemFrom": {
            "distribution": [
              "distribution",
              "name",
            ],
            "install": null,
          },
        },
        "openPorts": [
          {
            "from": [
              "firewall",
              "ports",
              0,
            ],
            "lastPort": 9100,
            "machines": [],
            "name": null,
            "port": 9100,
            "protocol": "sctp",
            "roles": [
              "etcd",
            ],
            "sources": [
              "10.9.9.9",
            ],
          },
          {
            "from": [
              "firewall",
              "ports",
              1,
            ],
            "lastPort": 9200,
            "machines": [],
            "name": null,
            "port": 9200,
            "protocol": "sctp",
            "roles": [
              "etcd",
            ],
            "sources": [
              "10.9.9.9",
            ],
          },
        ],
        "patches": [
          {
            "content": {},
            "from": [
              "kubernetes",
              "patches",
              0,
            ],
            "target": "etcd",
            "type": "merge",
          },
        ],
        "plugins": {
          "path": "other.tgz",
          "sha256": "ab",
        },
        "policy": {
          "certificateDays": 366,
          "keyBits": 3072,
          "recipients": null,
          "warningDays": 31,
        },
        "proxyProtocol": "v9",
        "regional": {
          "keyboard": {
            "layout": "other",
            "variant": null,
          },
          "locale": "other.UTF-8",
          "timezone": "Other/Zone",
        },
        "users": [
          {
            "from": [
              "users",
              0,
            ],
            "groups": [],
            "name": "ops",
            "passwordHash": "$6$other",
            "sshKeys": [
              "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINtODLLcxnxUAPxj6q1T6K2l46ecNNiL1HXgI/4LlunW ops@example.com",
            ],
            "sudo": false,
            "uid": 1999,
            "withPassword": false,
          },
        ],
        "volumes": [
          {
            "from": [
              "kubernetes",
              "apiServerVolumes",
              0,
            ],
            "hostPath": "/srv/a",
            "mountPath": "/srv/a",
            "readOnly": false,
            "type": "FileOrCreate",
          },
        ],
      }
    `)
  })

  it('is the only place with the description of a default', () => {
    // The layout of a network can stand in several places of the profile.
    const others = [...new Set(descriptions)].filter((text) =>
      /default/i.test(text.replace(/Default: text of \w+\./, '')),
    )
    expect(others).toMatchInlineSnapshot(`
      [
        "Default route.",
        "IPv6 default gateway: an address in subnet6, or a link-local one.",
        "How many servers of a pool are used (default: 4, chrony's own).",
        "Shortest time between two questions (default: 6, chrony's own), as a power of 2 in seconds.",
        "Longest time between two questions (default: 10, chrony's own), as a power of 2 in seconds.",
        "Name of the additional network that the installer uses. Default: the network of the machines.",
        "MTU of the card. Default: that of the network on it.",
        "MTU of the bond and its members. Default: the largest that something on it needs.",
        "MTU of the VLAN. Default: that of the network on it, or of its link.",
        "Default route through this gateway with this metric; that of network.gateway has none (0).",
        "Network, or default.",
        "Routing table. Default: the main one.",
        "Name of the logical volume, with layout: lvm. Default: from the mount point.",
        "Mount point. Default: none.",
        "The text is a secret: its mode is 0601 by default, and messages and diffs never show it.",
        "Name of the additional network that the load balancers use between themselves, for VRRP and connection synchronization. Default: the network of the machines.",
        "Ports to open in addition to those of the components: PORT/PROTOCOL (default protocol: sctp), or a mapping with sources, roles and machines.",
      ]
    `)
  })
})
