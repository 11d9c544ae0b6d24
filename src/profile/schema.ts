import { z } from 'zod'
import { installMethods } from '../distributions/distribution.ts'
import { defaults } from './defaults.ts'
import { ContainerRuntime, Manifest, NetworkPlugin } from './schema-containers.ts'
import { Etcd } from './schema-etcd.ts'
import { Firewall } from './schema-firewall.ts'
import { Kubernetes } from './schema-kubernetes.ts'
import { LoadBalancing } from './schema-load-balancing.ts'
import { address, MirrorAddress, roles, text, type Role } from './schema-parts.ts'
import { Settings } from './schema-settings.ts'
import { Trust } from './schema-trust.ts'

export type { ContainerRuntimeName, NetworkPluginName } from './schema-containers.ts'
export { etcdPlacements, type EtcdPlacement } from './schema-etcd.ts'
export type { LoadBalancingPlacement } from './schema-load-balancing.ts'
export { isNodeRole, roles, type Role } from './schema-parts.ts'
export {
  settingKeys,
  type KernelArgumentScope,
  type KernelPackage,
  type ProfileSettings,
} from './schema-settings.ts'

/*
 * The profile as people write it. Here stand shapes and descriptions only: what a field means together with others is
 * checked in rules/, and defaults are filled in by cluster/resolve.ts, so that `explain` can say which value is a default.
 * Formats that need more than a regular expression (addresses, versions) are rules too: their messages are better.
 */

const Hardware = {
  disk: text(
    'Disk that the installer takes, whole. A name under /dev/disk/by-id is safest.',
    '/dev/sda',
  ).optional(),
  architecture: z
    .enum(['amd64', 'arm64'])
    .meta({ description: `Processor architecture. Default: ${defaults.architecture}.` })
    .optional(),
  firmware: z
    .enum(['bios', 'uefi'])
    .meta({ description: `How the machine boots. Default: ${defaults.firmware}.` })
    .optional(),
  console: text('Serial console, as the kernel writes it.', 'ttyS0,115200').optional(),
}

const RoleSettings = z.strictObject(Settings).optional()

const Machine = z
  .strictObject({
    name: text('Host name: one label, lower case (RFC 1123).', 'control-plane-1'),
    role: z.enum(roles).meta({ description: 'What the machine is going to be.' }),
    mac: z.union([z.string(), z.array(z.string()).min(1)]).meta({
      description:
        'MAC address, or a list: any of them finds the machine when it boots from the network. Only the first is set up, with the address.',
      examples: ['52:54:00:aa:bb:01'],
    }),
    address: address('Its address in network.subnet.', '10.10.10.13'),
    ...Hardware,
    ...Settings,
  })
  .meta({ description: 'One machine.' })

export const Profile = z
  .strictObject({
    hakube: z.literal(1).meta({ description: 'Version of the profile format.' }),
    extends: z
      .union([z.string().min(1), z.array(z.string().min(1)).min(1)])
      .meta({
        description:
          'Another profile, or several, that this one builds on: names of files, relative to this one. What stands here wins.',
        examples: ['../base.yaml'],
      })
      .optional(),
    name: text('Name of the cluster: one label, lower case.', 'sample'),
    server: text(
      'Address of `hakube serve` as the machines see it; an IP address, because installers have no name service yet.',
      'http://10.10.10.5:8080',
    ),
    distribution: z
      .strictObject({
        name: text('rocky, almalinux, centos, rhel, debian or ubuntu.', 'rocky'),
        version: text('Version, quoted.', '9', '24.04'),
        install: z
          .enum(installMethods)
          .meta({ description: 'How it gets onto the machine. Default: what the distribution has.' })
          .optional(),
      })
      .meta({ description: 'Operating system of all machines.' }),
    network: z
      .strictObject({
        subnet: text('The network of the machines.', '10.10.10.0/24'),
        subnet6: text(
          'The IPv6 network beside it, for virtual addresses of load balancing.',
          'fd00:10:10::/64',
        ).optional(),
        gateway: address('Default route.', '10.10.10.1'),
        nameServers: z.array(address('Address.', '10.10.10.1')).min(1).meta({ description: 'DNS servers.' }),
        timeServers: z
          .array(text('Name or address.', '10.10.10.1'))
          .min(1)
          .meta({ description: 'NTP servers. Default: the pool of the distribution.' })
          .optional(),
        searchDomain: text('DNS domain of the machines.', 'example.com').optional(),
        hosts: z
          .enum(['cluster', 'essential'])
          .meta({
            description:
              '/etc/hosts lists the whole cluster, or only virtual addresses, load balancers, control planes and the machine itself. Default: cluster up to 100 machines, essential above.',
          })
          .optional(),
      })
      .meta({ description: 'The network of the machines.' }),
    hardware: z
      .strictObject(Hardware)
      .meta({ description: 'What is the same for all machines; a machine can have its own.' })
      .optional(),
    machines: z.array(Machine).min(1).meta({ description: 'The machines of the rack.' }),
    loadBalancing: LoadBalancing.optional(),
    etcd: Etcd.optional(),
    secrets: z
      .strictObject({
        recipients: z
          .array(text('Public key as age-keygen prints it.', 'age1…'))
          .min(1)
          .meta({ description: 'Who can read the secrets bundle: their age public keys.' })
          .optional(),
        keyBits: z
          .literal([2048, 3072, 4096])
          .meta({ description: 'Size of RSA keys that are made: 2048, 3072 or 4096. Default: 2048.' })
          .optional(),
        certificateDays: z
          .int()
          .min(1)
          .max(3650)
          .meta({
            description: `How long the certificates of machines are valid. Default: ${defaults.certificateDays}.`,
          })
          .optional(),
        warningDays: z
          .int()
          .min(0)
          .max(3650)
          .meta({
            description: `A certificate that expires within so many days is reported by check and issued again by sync. Default: ${defaults.warningDays}.`,
          })
          .optional(),
      })
      .meta({ description: 'The encrypted secrets bundle beside the profile.' })
      .optional(),
    kubernetes: Kubernetes,
    containerRuntime: ContainerRuntime.optional(),
    networkPlugin: NetworkPlugin.optional(),
    manifests: z
      .array(Manifest)
      .meta({
        description: 'What is applied once to the new cluster, after the manifest of the network plug-in.',
      })
      .optional(),
    users: z
      .array(
        z.strictObject({
          name: text('Login name.', 'ops'),
          sshKeys: z
            .array(text('A line of authorized_keys.'))
            .meta({ description: 'Public keys.' })
            .optional(),
          sudo: z
            .boolean()
            .meta({ description: 'May become root without a password. Default: true.' })
            .optional(),
          passwordHash: text(
            'crypt(3) hash, as `mkpasswd -m sha-512` prints. Default: no password.',
          ).optional(),
        }),
      )
      .min(1)
      .meta({ description: 'Logins. root gets no password and no key.' }),
    roles: z
      .strictObject({
        'load-balancer': RoleSettings,
        'control-plane': RoleSettings,
        worker: RoleSettings,
        etcd: RoleSettings,
      } satisfies Record<Role, unknown>)
      .meta({ description: 'Settings for all machines of a role.' })
      .optional(),
    ...Settings,
    selinux: z
      .enum(['enforcing', 'permissive'])
      .meta({ description: 'Where the distribution has SELinux. Default: enforcing.' })
      .optional(),
    firewall: Firewall.optional(),
    trust: Trust.optional(),
    mirrors: z
      .strictObject({
        distribution: MirrorAddress("Base of the distribution's packages and install tree.").optional(),
        security: MirrorAddress(
          'Debian and Ubuntu: base of the security updates. Default: beside mirrors.distribution where that is set.',
        ).optional(),
        kubernetes: text(
          'Base of the Kubernetes packages. Default: https://pkgs.k8s.io/core:/stable:',
        ).optional(),
        images: z
          .record(z.string(), z.string())
          .meta({ description: 'Registry mirrors: registry name to mirror address.' })
          .optional(),
        repositories: z
          .record(z.string(), z.string())
          .meta({
            description: 'Bases of further package repositories by name: docker, cri-o, elrepo.',
          })
          .optional(),
        keys: z
          .record(z.string(), z.union([z.string(), z.array(z.string()).min(1)]))
          .meta({
            description:
              'Keys that sign repositories, by name: kubernetes, docker, cri-o, elrepo. Fingerprints of 40 digits, or whole public keys. For mirrors that sign by themselves.',
            examples: [{ kubernetes: 'DE15B14486CD377B9E876E1A234654DA9A296436' }],
          })
          .optional(),
      })
      .meta({ description: 'Mirrors, for racks without the internet.' })
      .optional(),
  })
  .meta({
    title: 'hakube cluster profile',
    description: 'One file that describes a whole bare-metal Kubernetes cluster.',
  })

export type Profile = z.infer<typeof Profile>
export type ProfileMachine = Profile['machines'][number]
