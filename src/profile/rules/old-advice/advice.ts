import type { Diagnostic } from '../../../diagnostics/diagnostic.ts'
import type { Distribution } from '../../../distributions/distribution.ts'
import { compareVersions } from '../../../text/versions.ts'
import { isNodeRole } from '../../schema.ts'
import type { ContainerRuntimeName, Role } from '../../schema.ts'
import type { Kind, Text } from './texts.ts'

/** What the machines are that a setting is for. What is not known is null; then advice holds. */
export type Situation = {
  /** null: all roles. */
  role: Role | null
  distribution: Distribution | null
  /** E.g. `1.36`. */
  kubernetes: string | null
  runtime: ContainerRuntimeName
  /** Version of the format of containerd's configuration. */
  containerd: 2 | 3 | null
}

/** A part of a text; `name` is what the message calls it where that is not the part itself. */
export type Found = { start: number; length: number; name?: string }

export type TextPattern = {
  kinds: readonly Kind[]
  /** A global expression, whose group `name` is what the message calls it, or a function where that does not do. */
  find: RegExp | ((text: Text) => Found[])
  /** What it matches, and the advice does not hold all the same. */
  except?: (found: string) => boolean
  /** Texts in which the advice does not hold at all. */
  unless?: (text: Text) => boolean
  /** Whether it is old for these machines, where other patterns of the same advice are old for more. */
  holds?: (situation: Situation) => boolean
}

/** One piece of old advice: what is said about it, and how it is found. */
export type Advice = {
  /** Code, severity, reason, hint (the modern form) and source. `{}` in the message stands for what was found. */
  says: Diagnostic & { hint: string; source: string }
  /** The thing as people write it, for docs/rules.md. */
  what: string
  /** Whether it is old for these machines. Default: always. */
  holds?: (situation: Situation) => boolean
  /**
   * A kernel setting, under `sysctls`, in files and in commands. `with` is another that belongs to it; `isRight` says for which
   * machines it is right under `sysctls`.
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
  /** The path of a file of the user's own. */
  file?: RegExp
  /** An address below `mirrors`, or a registry there. */
  mirror?: RegExp
  texts?: readonly TextPattern[]
}

/** Advice that belongs together: one heading in docs/rules.md. */
export type Family = { title: string; advice: readonly Advice[] }

/** Gives what must be there in every piece of advice its type. */
export const says = (diagnostic: Diagnostic): Advice['says'] => {
  const { hint, source } = diagnostic
  if (hint === undefined || source === undefined)
    throw new Error(`${diagnostic.code} has no hint or no source`)
  return { ...diagnostic, hint, source }
}

/** Holds from a minor version of Kubernetes. */
export const kubernetesFrom =
  (minor: string) =>
  ({ kubernetes }: Situation): boolean =>
    kubernetes === null || compareVersions(kubernetes, minor) >= 0

/** Holds from a version of the kernel. */
export const kernelFrom =
  (version: string) =>
  ({ distribution }: Situation): boolean =>
    distribution === null || compareVersions(distribution.kernel, version) >= 0

/** Holds on machines with a kubelet. */
export const onNodes = ({ role }: Situation): boolean => role === null || isNodeRole(role)

/** Whether a number was given, and a positive one below a limit. */
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
