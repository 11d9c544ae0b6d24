import { z } from 'zod'
import { byDefault } from './defaults.ts'
import { BootMenu } from './schema-boot-menu.ts'
import { ContainerRuntime, Manifest, NetworkPlugin } from './schema-containers.ts'
import { Distribution, DistributionSettings } from './schema-distribution.ts'
import { Etcd } from './schema-etcd.ts'
import { ExtraHosts } from './schema-extra-hosts.ts'
import { Firewall } from './schema-firewall.ts'
import { ImageMirrors } from './schema-image-mirrors.ts'
import { Kubernetes } from './schema-kubernetes.ts'
import { LoadBalancing } from './schema-load-balancing.ts'
import { LayoutSettings } from './schema-layout.ts'
import { Network } from './schema-network.ts'
import { address, MirrorAddress, roles, text, type Role, port } from './schema-parts.ts'
import { Proxy } from './schema-proxy.ts'
import { Regional } from './schema-regional.ts'
import { SecretsSection } from './schema-secrets.ts'
import { Settings } from './schema-settings.ts'
import { Storage } from './schema-storage.ts'
import { Trust } from './schema-trust.ts'
import { Users } from './schema-users.ts'

export type { ContainerRuntimeName, NetworkPluginName } from './schema-containers.ts'
export { etcdPlacements, type EtcdPlacement } from './schema-etcd.ts'
export type { LoadBalancingPlacement } from './schema-load-balancing.ts'
export { isNodeRole, roles, type Role } from './schema-parts.ts'
export type { FileSystemType } from './schema-storage.ts'
export {
  settingKeys,
  type KernelArgumentScope,
  type KernelPackage,
  type ProfileSettings,
} from './schema-settings.ts'

/*
 * The profile as users write it. This contains only shapes and descriptions: rules/ checks combinations of fields, and cluster/resolve.ts
 * fills in defaults, so that `explain` can show which values are defaults. Formats that need more than a regular expression (addresses,
 * versions) are rules too, because their messages are better.
 */

const Hardware = {
  ...Storage,
  architecture: z
    .enum(['amd64', 'arm64'])
    .meta({ description: `Processor architecture. ${byDefault('architecture')}` })
    .optional(),
  firmware: z
    .enum(['bios', 'uefi'])
    .meta({ description: `Firmware of the machine. ${byDefault('firmware')}` })
    .optional(),
  bootFirst: z
    .enum(['disk', 'network'])
    .meta({
      description: `What the installed system puts first in the UEFI boot order, once, during its first boot. Not for BIOS, and not for systems in memory. ${byDefault('bootFirst')}`,
    })
    .optional(),
  console: text('Serial console, in the syntax of the kernel.', 'ttyS0,115200').optional(),
}

const roleSettings = (description: string) =>
  z
    .strictObject({ ...DistributionSettings, network: LayoutSettings, ...Settings, ...Storage })
    .meta({ description })
    .optional()

const Machine = z
  .strictObject({
    name: text('Host name: one lowercase label (RFC 1123).', 'control-plane-1'),
    role: z.enum(roles).meta({ description: 'Role of the machine.' }),
    mac: z.union([z.string(), z.array(z.string()).min(1)]).meta({
      description:
        'MAC address, or a list of them; any of them identifies the machine when it boots from the network. Only the interface of the first is configured.',
      examples: ['52:54:00:aa:bb:01'],
    }),
    address: address('Address of the machine in network.subnet.', '10.10.10.13'),
    addresses: z
      .array(text('Address, with or without the prefix length.', '10.2.0.13'))
      .min(1)
      .meta({
        description:
          'Further addresses, each in network.subnet6 or in a network of network.additional. A node whose pods have IPv6 and that has none in network.subnet6 gets one derived from its IPv4 address.',
      })
      .optional(),
    ...DistributionSettings,
    network: LayoutSettings,
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
          'Base profile, or a list of them: file names relative to this profile. This profile overrides them.',
        examples: ['../base.yaml'],
      })
      .optional(),
    name: text('Name of the cluster: one lowercase label.', 'sample'),
    server: text(
      'URL at which machines reach `hakube serve`. Use an IP address, because installers may not have DNS yet.',
      'http://10.10.10.5:8080',
    ),
    syslogPort: port(
      'Port on which `hakube serve` listens for syslog, over UDP and TCP, at the host of server. Anaconda and debian-installer then send their logs to it, ' +
        'for `hakube logs`; with 514 iPXE does, too, because it supports no other port. cloud-init and the installer of Ubuntu then report to server over HTTP. ' +
        'Not authenticated; off without this field.',
    ).optional(),
    netconsole: z
      .boolean()
      .meta({
        description: `Whether machines also send the messages of their kernel to syslogPort over UDP, by the kernel itself (netconsole), so that \`hakube logs\` shows an oops or a panic. ${byDefault('netconsole')}`,
        examples: [true],
      })
      .optional(),
    deadline: z
      .number()
      .int()
      .min(5)
      .max(1440)
      .meta({
        description: `Minutes without a report after which \`hakube status\` marks a machine that is being installed or configured as failed. This does not start another installation. ${byDefault('deadline')}`,
        examples: [90],
      })
      .optional(),
    bootMenu: BootMenu.optional(),
    distribution: Distribution,
    network: Network,
    extraHosts: ExtraHosts.optional(),
    ...Regional,
    hardware: z
      .strictObject(Hardware)
      .meta({ description: 'Hardware that all machines share; a machine can override it.' })
      .optional(),
    machines: z.array(Machine).min(1).meta({ description: 'The machines of the cluster.' }),
    loadBalancing: LoadBalancing.optional(),
    etcd: Etcd.optional(),
    secrets: SecretsSection.optional(),
    kubernetes: Kubernetes,
    containerRuntime: ContainerRuntime.optional(),
    networkPlugin: NetworkPlugin.optional(),
    manifests: z
      .array(Manifest)
      .meta({
        description:
          'Manifests that are applied once to the new cluster, after the manifest of the network plugin.',
      })
      .optional(),
    users: Users,
    roles: z
      .strictObject({
        'load-balancer': roleSettings('Settings of load balancers.'),
        'control-plane': roleSettings('Settings of control planes.'),
        worker: roleSettings('Settings of workers.'),
        etcd: roleSettings('Settings of etcd machines.'),
      } satisfies Record<Role, unknown>)
      .meta({ description: 'Settings and disks for all machines of a role.' })
      .optional(),
    ...Settings,
    selinux: z
      .enum(['enforcing', 'permissive'])
      .meta({ description: `SELinux mode, on distributions with SELinux. ${byDefault('selinux')}` })
      .optional(),
    firewall: Firewall.optional(),
    trust: Trust.optional(),
    proxy: Proxy.optional(),
    mirrors: z
      .strictObject({
        distribution: MirrorAddress("Base URL of the distribution's packages and install tree.").optional(),
        security: MirrorAddress(
          `Debian and Ubuntu: base URL of the security updates. ${byDefault('securityMirror')}`,
        ).optional(),
        kubernetes: text(`Base URL of the Kubernetes packages. ${byDefault('kubernetesMirror')}`).optional(),
        images: ImageMirrors.optional(),
        repositories: z
          .record(z.string(), z.string())
          .meta({
            description: 'Base URLs of other package repositories by name: docker, cri-o, elrepo.',
          })
          .optional(),
        keys: z
          .record(z.string(), z.union([z.string(), z.array(z.string()).min(1)]))
          .meta({
            description:
              'Signing keys of repositories by name: kubernetes, docker, cri-o, elrepo. Write 40-digit fingerprints or whole public keys. For mirrors that sign packages with their own keys.',
            examples: [{ kubernetes: 'DE15B14486CD377B9E876E1A234654DA9A296436' }],
          })
          .optional(),
      })
      .meta({ description: 'Mirrors, for racks without internet access.' })
      .optional(),
  })
  .meta({
    title: 'hakube cluster profile',
    description: 'One file that describes a whole bare-metal Kubernetes cluster.',
  })

export type Profile = z.infer<typeof Profile>
export type ProfileMachine = Profile['machines'][number]
