import { z } from 'zod'
import { componentArguments } from './schema-arguments.ts'
import { text } from './schema-parts.ts'
import { stages } from './stages.ts'

/* What can be set at the top of a profile, for a role and for one machine. */

const kernelPackages = ['distribution', 'elrepo-lt', 'elrepo-ml'] as const
export type KernelPackage = (typeof kernelPackages)[number]

const kernelArgumentScopes = ['both', 'installer', 'installed'] as const
/** Where a kernel argument applies: the installer that runs from memory, the system that it installs, or both. */
export type KernelArgumentScope = (typeof kernelArgumentScopes)[number]

const KernelArgument = z
  .strictObject({
    argument: text('Argument.', 'crashkernel=256M'),
    appliesTo: z
      .enum(kernelArgumentScopes)
      .meta({ description: 'installer, installed (the system that it installs), or both. Default: both.' })
      .optional(),
  })
  .meta({ description: 'A kernel argument, with where it applies.' })

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
    before: z
      .enum(stages)
      .meta({
        description:
          'It runs directly before this stage of the first boot, which waits for it. A machine without the stage runs it before the next one that it has.',
        examples: ['packages', 'kubeadm'],
      })
      .optional(),
    after: z
      .enum(stages)
      .meta({
        description:
          'It runs directly after this stage, or after the last one before it that the machine has.',
        examples: ['container-runtime'],
      })
      .optional(),
    secret: z
      .boolean()
      .meta({ description: 'The script holds a secret: no message and no diff shows its text.' })
      .optional(),
  })
  .meta({
    description:
      'A command of your own, run once, after everything else where neither before nor after is written, repeated until it succeeds.',
  })

/** What can be set for all machines, for all of a role, and for one machine; the narrower wins. */
export const Settings = {
  kernel: z
    .strictObject({
      modules: z
        .array(text('Module name.', 'br_netfilter'))
        .meta({ description: 'Kernel modules to load at boot.' })
        .optional(),
      arguments: z
        .array(z.union([text('Argument.', 'mitigations=auto'), KernelArgument]))
        .meta({
          description:
            'Kernel command line arguments, of the installer and of the installed system; a mapping says that one is for only one of the two.',
          examples: ['mitigations=auto'],
        })
        .optional(),
      package: z
        .enum(kernelPackages)
        .meta({
          description:
            "Which kernel the machine runs: the distribution's own, or, in the family of Red Hat, a newer one of ELRepo (https://elrepo.org): elrepo-lt is a long-term release, elrepo-ml the newest. Default: distribution.",
        })
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
  labels: z
    .record(z.string(), z.string())
    .meta({ description: 'Labels of the Kubernetes nodes, e.g. example.com/rack: r12.' })
    .optional(),
  taints: z
    .array(text('key=value:Effect or key:Effect.', 'example.com/gpu=true:NoSchedule'))
    .meta({
      description:
        'Taints that the Kubernetes nodes join with, control planes beside the one that keeps ordinary pods off them. An empty list: none, not even that one.',
    })
    .optional(),
  kubeletArguments: componentArguments(
    'Arguments of the kubelet without leading dashes, e.g. max-pods: "250".',
  ),
  commands: z.array(Command).meta({ description: 'Commands of your own.' }).optional(),
}

export type ProfileSettings = z.infer<z.ZodObject<typeof Settings, z.core.$strict>>

const isSetting = (key: string): key is keyof ProfileSettings => Object.hasOwn(Settings, key)

export const settingKeys: readonly (keyof ProfileSettings)[] = Object.keys(Settings).filter(isSetting)
