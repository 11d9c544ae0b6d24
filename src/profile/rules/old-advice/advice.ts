import type { Diagnostic } from '../../../diagnostics/diagnostic.ts'
import type { Distribution } from '../../../distributions/distribution.ts'
import { compareVersions } from '../../../text/versions.ts'
import { isNodeRole } from '../../schema.ts'
import type { ContainerRuntimeName, Role } from '../../schema.ts'
import type { Kind, Text } from './texts.ts'

/** The machines that a setting applies to. Unknown properties are null; then advice applies. */
export type Situation = {
  /** Null: all roles. */
  role: Role | null
  distribution: Distribution | null
  /** E.g. `1.36`. */
  kubernetes: string | null
  runtime: ContainerRuntimeName
  /** Version of containerd's configuration format. */
  containerd: 2 | 3 | null
}

/** A part of a text; `name` is its name in the message, if that differs. */
export type Found = { start: number; length: number; name?: string }

export type TextPattern = {
  kinds: readonly Kind[]
  /** A global expression, whose group `name` is the name in the message, or a function where an expression does not suffice. */
  find: RegExp | ((text: Text) => Found[])
  /** Matches to which the advice does not apply. */
  except?: (found: string) => boolean
  /** Texts to which the advice does not apply. */
  unless?: (text: Text) => boolean
  /** Whether it is outdated on these machines, if other patterns of the same advice apply to more. */
  holds?: (situation: Situation) => boolean
}

/** A piece of old advice: the message, and how it is found. */
export type Advice = {
  /** Code, severity, reason, hint (the modern form) and source. `{}` in the message stands for what was found. */
  says: Diagnostic & { hint: string; source: string }
  /** The setting as users write it, for docs/rules.md. */
  what: string
  /** Whether it is outdated on these machines. Default: always. */
  holds?: (situation: Situation) => boolean
  /**
   * A kernel setting, under `sysctls`, in files and in commands. `with` is another one that belongs to it; `isRight` returns whether it
   * is correct under `sysctls` for these machines.
   */
  sysctl?: {
    key: RegExp
    value?: (value: string) => boolean
    with?: string
    isRight?: (situation: Situation) => boolean
  }
  /** An item of `kernel.modules`. */
  module?: RegExp
  /** An item of `kernel.arguments`. */
  kernelArgument?: RegExp
  /** An item of `packages`. */
  package?: RegExp
  /** The path of a user's file. */
  file?: RegExp
  /** An address or a registry below `mirrors`. */
  mirror?: RegExp
  texts?: readonly TextPattern[]
}

/** Related advice: one heading in docs/rules.md. */
export type Family = { title: string; advice: readonly Advice[] }

/** Checks that a piece of advice has all required fields. */
export const says = (diagnostic: Diagnostic): Advice['says'] => {
  const { hint, source } = diagnostic
  if (hint === undefined || source === undefined)
    throw new Error(`${diagnostic.code} has no hint or no source`)
  return { ...diagnostic, hint, source }
}

/** Applies from a minor release of Kubernetes on. */
export const kubernetesFrom =
  (minor: string) =>
  ({ kubernetes }: Situation): boolean =>
    kubernetes === null || compareVersions(kubernetes, minor) >= 0

/** Applies from a kernel version on. */
export const kernelFrom =
  (version: string) =>
  ({ distribution }: Situation): boolean =>
    distribution === null || compareVersions(distribution.kernel, version) >= 0

/** Applies to machines with a kubelet. */
export const onNodes = ({ role }: Situation): boolean => role === null || isNodeRole(role)

/** Whether the value is a positive number below a limit. */
export const isBelow =
  (limit: number) =>
  (value: string): boolean =>
    /^\d+$/.test(value) && Number(value) > 0 && Number(value) < limit

/** Flags of a program, as words of a command, and as keys of kubeadm's `extraArgs` and `kubeletExtraArgs`. */
export function flags(names: string, unless?: TextPattern['unless']): TextPattern[] {
  const other = unless ? { unless } : {}
  return [
    {
      kinds: ['shell', 'unit', 'environment'],
      find: new RegExp(String.raw`--(?:${names})(?=[=\s"']|$)`, 'gm'),
      ...other,
    },
    {
      kinds: ['kubernetes'],
      find: new RegExp(
        String.raw`^[ \t]*(?:-[ \t]+name:[ \t]*)?["']?(?<name>${names})["']?[ \t]*(?::|$)`,
        'gm',
      ),
      ...other,
    },
  ]
}
