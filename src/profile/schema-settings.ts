import { z } from 'zod'
import { componentArguments } from './schema-arguments.ts'
import { byDefault, defaults } from './defaults.ts'
import { text } from './schema-parts.ts'
import { stages } from './stages.ts'

/* Settings at the top of a profile, for a role and for one machine. */

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
      .meta({
        description: `installer, installed (the installed system), or both. ${byDefault('kernelArgumentScope')}`,
      })
      .optional(),
  })
  .meta({ description: 'A kernel argument, and where it applies.' })

const Limit = z
  .strictObject({
    domain: text('User, @group or * as in limits.conf(5).', '*', '@wheel'),
    type: z.enum(['soft', 'hard', '-']).meta({ description: 'soft, hard or - for both.' }),
    item: text('Limited resource.', 'nofile', 'nproc', 'memlock'),
    value: z.union([z.int(), z.literal('unlimited')]).meta({ description: 'A number, or unlimited.' }),
  })
  .meta({ description: 'One line of limits.conf(5).' })

const UserFile = z
  .strictObject({
    path: text('Absolute path on the machine.', '/etc/motd'),
    mode: text(`Octal, quoted. ${byDefault('fileMode')}`, defaults.fileMode).optional(),
    owner: text(`user:group. ${byDefault('fileOwner')}`, defaults.fileOwner).optional(),
    content: z.string().meta({ description: 'The text of the file.' }).optional(),
    source: text('Path of a file with the text, relative to the profile.', 'files/motd').optional(),
    fromSecret: text(
      'Name of a secret of your own in the bundle, which is the text.',
      'registry-token',
    ).optional(),
    secret: z
      .boolean()
      .meta({
        description: `The text is a secret: its mode is ${defaults.secretFileMode} by default, and messages and diffs never show it.`,
      })
      .optional(),
  })
  .meta({ description: 'A file of your own, with one of content, source and fromSecret.' })

const Command = z
  .strictObject({
    name: text(
      'Short name: lowercase letters, digits and dashes. Its log and its stamp are named after it.',
      'register-asset',
    ),
    run: text('Bash script, repeated until it exits with status 0.'),
    before: z
      .enum(stages)
      .meta({
        description:
          'Run it directly before this stage of the first boot. The stage waits for it. A machine without this stage runs it before its next stage.',
        examples: ['packages', 'kubeadm'],
      })
      .optional(),
    after: z
      .enum(stages)
      .meta({
        description:
          'Run it directly after this stage of the first boot. A machine without this stage runs it after its previous stage.',
        examples: ['container-runtime'],
      })
      .optional(),
    secret: z
      .boolean()
      .meta({ description: 'The script contains a secret: messages and diffs never show its text.' })
      .optional(),
  })
  .meta({
    description:
      'A command of your own, repeated until it succeeds once. It runs after everything else, unless before or after is set.',
  })

/** Settings for all machines, for a role, and for one machine; the narrower wins. */
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
            'Kernel command line arguments for the installer and the installed system; a mapping limits an argument to one of the two.',
          examples: ['mitigations=auto'],
        })
        .optional(),
      package: z
        .enum(kernelPackages)
        .meta({
          description: `Kernel package: the distribution's own or, in the Red Hat family, a newer kernel from ELRepo (https://elrepo.org). elrepo-lt is a long-term release, elrepo-ml the newest. ${byDefault('kernelPackage')}`,
        })
        .optional(),
    })
    .meta({ description: 'Kernel modules and arguments.' })
    .optional(),
  sysctls: z
    .record(z.string(), z.union([z.string(), z.int()]))
    .meta({ description: 'Kernel settings, e.g. net.core.somaxconn: 16384.' })
    .optional(),
  limits: z.array(Limit).meta({ description: 'Resource limits of login sessions.' }).optional(),
  files: z.array(UserFile).meta({ description: 'Files of your own.' }).optional(),
  packages: z
    .array(text('Package name.', 'tcpdump'))
    .meta({ description: 'Additional packages of the distribution.' })
    .optional(),
  labels: z
    .record(z.string(), z.string())
    .meta({ description: 'Labels of the Kubernetes nodes, e.g. example.com/rack: r12.' })
    .optional(),
  taints: z
    .array(text('key=value:Effect or key:Effect.', 'example.com/gpu=true:NoSchedule'))
    .meta({
      description:
        'Taints that nodes register with. Control planes also keep the control-plane:NoSchedule taint, unless the list is empty.',
    })
    .optional(),
  kubeletArguments: componentArguments(
    'Arguments for the kubelet, without leading dashes, e.g. max-pods: "250".',
  ),
  kubeletConfiguration: z
    .record(z.string(), z.json())
    .meta({
      description:
        'Fields of KubeletConfiguration, e.g. maxPods: 250. The names and types are those of the release; a more specific setting is merged over a more general one.',
    })
    .optional(),
  commands: z.array(Command).meta({ description: 'Commands of your own.' }).optional(),
}

export type ProfileSettings = z.infer<z.ZodObject<typeof Settings, z.core.$strict>>

const isSetting = (key: string): key is keyof ProfileSettings => Object.hasOwn(Settings, key)

export const settingKeys: readonly (keyof ProfileSettings)[] = Object.keys(Settings).filter(isSetting)
