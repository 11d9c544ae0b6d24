import { z } from 'zod'
import { installMethods } from '../distributions/distribution.ts'
import { Etcd } from './schema-etcd.ts'
import { roles, text, type Role } from './schema-parts.ts'

export { etcdPlacements, type EtcdPlacement } from './schema-etcd.ts'
export { roles, type Role } from './schema-parts.ts'

/*
 * The profile as people write it. Here stand shapes and descriptions only: what a field means together with others is
 * checked in rules/, and defaults are filled in by cluster/resolve.ts, so that `explain` can say which value is a default.
 * Formats that need more than a regular expression (addresses, versions) are rules too: their messages are better.
 */

const address = (description: string, ...examples: string[]) => text(description, ...examples)
const port = (description: string) => z.int().min(1).max(65_535).meta({ description })

const Hardware = {
  disk: text(
    'Disk that the installer takes, whole. A name under /dev/disk/by-id is safest.',
    '/dev/sda',
  ).optional(),
  architecture: z
    .enum(['amd64', 'arm64'])
    .meta({ description: 'Processor architecture. Default: amd64.' })
    .optional(),
  firmware: z
    .enum(['bios', 'uefi'])
    .meta({ description: 'How the machine boots. Default: uefi.' })
    .optional(),
  console: text('Serial console, as the kernel writes it.', 'ttyS0,115200').optional(),
}

const Limit = z
  .strictObject({
    domain: text('User, @group or * as in limits.conf(5).', '*', '@wheel'),
    type: z.enum(['soft', 'hard', '-']).meta({ description: 'soft, hard or - for both.' }),
    item: text('What is limited.', 'nofile', 'nproc', 'memlock'),
    value: z.union([z.int(), z.literal('unlimited')]).meta({ description: 'A number, or unlimited.' }),
  })
  .meta({ description: 'One line of limits.conf(5).' })

const UserFile = z
  .strictObject({
    path: text('Absolute path on the machine.', '/etc/motd'),
    mode: text('Octal, quoted. Default: "0644".', '0644').optional(),
    owner: text('user:group. Default: root:root.', 'root:root').optional(),
    content: z.string().meta({ description: 'The text itself.' }).optional(),
    source: text('A file beside the profile that holds the text.', 'files/motd').optional(),
    secret: z
      .boolean()
      .meta({
        description:
          'The text is a secret: its mode is 0600 by default, and no message and no diff shows it.',
      })
      .optional(),
  })
  .meta({ description: 'A file of your own: either content or source.' })

const Command = z
  .strictObject({
    name: text('Short name in lower case and dashes: names its log and its stamp.', 'register-asset'),
    run: text('Bash script; it is repeated until it ends with status 0.'),
    secret: z
      .boolean()
      .meta({ description: 'The script holds a secret: no message and no diff shows its text.' })
      .optional(),
  })
  .meta({ description: 'A command of your own, run once after everything else, repeated until it succeeds.' })

/** What can be set for all machines, for all of a role, and for one machine; the narrower wins. */
const Settings = {
  kernel: z
    .strictObject({
      modules: z
        .array(text('Module name.', 'br_netfilter'))
        .meta({ description: 'Kernel modules to load at boot.' })
        .optional(),
      arguments: z
        .array(text('Argument.', 'mitigations=auto'))
        .meta({ description: 'Kernel command line arguments of the installed system.' })
        .optional(),
    })
    .meta({ description: 'Kernel modules and arguments.' })
    .optional(),
  sysctls: z
    .record(z.string(), z.union([z.string(), z.int()]))
    .meta({ description: 'Kernel settings, e.g. net.core.somaxconn: 16384.' })
    .optional(),
  limits: z.array(Limit).meta({ description: 'Resource limits of logins.' }).optional(),
  files: z.array(UserFile).meta({ description: 'Files of your own.' }).optional(),
  packages: z
    .array(text('Package name.', 'tcpdump'))
    .meta({ description: 'More packages of the distribution.' })
    .optional(),
  commands: z.array(Command).meta({ description: 'Commands of your own.' }).optional(),
}

const RoleSettings = z.strictObject(Settings).optional()

const Machine = z
  .strictObject({
    name: text('Host name: one label, lower case (RFC 1123).', 'control-plane-1'),
    role: z.enum(roles).meta({ description: 'What the machine is going to be.' }),
    mac: z.union([z.string(), z.array(z.string()).min(1)]).meta({
      description:
        'MAC address, or a list: the first is the card that has the address, any of them finds the machine.',
      examples: ['52:54:00:aa:bb:01'],
    }),
    address: address('Its address in network.subnet.', '10.10.10.13'),
    ...Hardware,
    ...Settings,
  })
  .meta({ description: 'One machine.' })

const LoadBalancing = z
  .strictObject({
    placement: z
      .enum(['dedicated', 'control-plane'])
      .meta({
        description:
          'Where haproxy and keepalived run: on machines of role load-balancer, or on the control planes. Default: dedicated if there are load-balancer machines, otherwise control-plane.',
      })
      .optional(),
    api: z
      .strictObject({
        address: address('Virtual address of the Kubernetes API.', '10.10.10.19'),
        port: port(
          'Port of the API on the virtual address. Default: 6443 on dedicated load balancers, 8443 on control planes, where 6443 is taken by the API server.',
        ).optional(),
      })
      .meta({ description: 'The Kubernetes API for clients and machines.' }),
    ingress: z
      .strictObject({
        address: address('Virtual address of the ingress.', '10.10.10.20'),
        httpPort: port('Default: 80.').optional(),
        httpsPort: port('Default: 443.').optional(),
        workerHttpPort: port(
          'Port of the ingress controller on the workers. Default: as httpPort.',
        ).optional(),
        workerHttpsPort: port(
          'Port of the ingress controller on the workers. Default: as httpsPort.',
        ).optional(),
      })
      .meta({ description: 'Web traffic to the ingress controller on the workers.' })
      .optional(),
    virtualRouterId: z
      .int()
      .meta({
        description:
          'VRRP virtual router id, 1 to 255; no other router pair in the subnet may have it. Default: derived from the cluster name.',
      })
      .optional(),
    sourceAddress: address(
      'Virtual address that the traffic of the subnet leaves with (source NAT on the load balancers).',
      '10.10.10.251',
    ).optional(),
    connectionSync: z
      .boolean()
      .meta({
        description:
          'Keep connection tracking in step between load balancers with conntrackd. Default: true if sourceAddress is set. It helps forwarded and translated connections only.',
      })
      .optional(),
  })
  .meta({ description: 'Virtual addresses and the machines that hold them.' })

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
        name: text('rocky, almalinux, centos, debian or ubuntu.', 'rocky'),
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
          .meta({ description: 'How long the certificates of machines are valid. Default: 365.' })
          .optional(),
        warningDays: z
          .int()
          .min(0)
          .max(3650)
          .meta({
            description:
              'A certificate that expires within so many days is reported by check and issued again by sync. Default: 30.',
          })
          .optional(),
      })
      .meta({ description: 'The encrypted secrets bundle beside the profile.' })
      .optional(),
    kubernetes: z
      .strictObject({
        version: text('Version to install, quoted.', '1.35.2'),
        podNetwork: text('Default: 10.244.0.0/16.', '10.244.0.0/16').optional(),
        serviceNetwork: text('Default: 10.96.0.0/16.', '10.96.0.0/16').optional(),
        domain: text('Default: cluster.local.', 'cluster.local').optional(),
        proxyMode: z
          .enum(['iptables', 'ipvs', 'nftables'])
          .meta({
            description:
              'How kube-proxy forwards. Default: nftables from Kubernetes 1.33 on kernels from 5.13, otherwise iptables.',
          })
          .optional(),
      })
      .meta({ description: 'Kubernetes itself.' }),
    containerRuntime: z
      .strictObject({
        packages: z
          .enum(['docker', 'distribution'])
          .meta({
            description:
              "Whose containerd is installed. docker: containerd.io from Docker's repository; distribution: the distribution's own. Default: docker, but distribution where the Kubernetes version is too old for Docker's.",
          })
          .optional(),
      })
      .meta({ description: 'What runs the containers.' })
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
    firewall: z
      .boolean()
      .meta({ description: 'Close every port that no component needs. Default: true.' })
      .optional(),
    mirrors: z
      .strictObject({
        distribution: text("Base of the distribution's packages and install tree.").optional(),
        kubernetes: text(
          'Base of the Kubernetes packages. Default: https://pkgs.k8s.io/core:/stable:',
        ).optional(),
        images: z
          .record(z.string(), z.string())
          .meta({ description: 'Registry mirrors for containerd: registry name to mirror address.' })
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
export type ProfileSettings = z.infer<z.ZodObject<typeof Settings, z.core.$strict>>
