import type { Path } from '../diagnostics/diagnostic.ts'
import { defaults } from './defaults.ts'
import type { KernelArgumentScope, ProfileSettings } from './schema.ts'

export type ProfileKernelArgument = {
  argument: string
  appliesTo: KernelArgumentScope
  /** Path of the text itself. */
  path: Path
}

/**
 * The kernel arguments in one place of the profile, each with its scope.
 *
 * @param path of the settings
 */
export const kernelArgumentsOf = ({ kernel }: ProfileSettings, path: Path): ProfileKernelArgument[] =>
  (kernel?.arguments ?? []).map((written, index) => {
    const at: Path = [...path, 'kernel', 'arguments', index]
    return typeof written === 'string'
      ? { argument: written, appliesTo: defaults.kernelArgumentScope, path: at }
      : {
          argument: written.argument,
          appliesTo: written.appliesTo ?? defaults.kernelArgumentScope,
          path: [...at, 'argument'],
        }
  })
