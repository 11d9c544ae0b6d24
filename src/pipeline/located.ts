import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import type { Locatable } from '../diagnostics/locate.ts'

/** Diagnostics with their positions, to show them without the profile in which those are looked up. */
export const located = (diagnostics: readonly Diagnostic[], { locate }: Locatable): Diagnostic[] =>
  diagnostics.map((diagnostic) => {
    const { path, onKey, part, position, related } = diagnostic
    return {
      ...diagnostic,
      ...(position || !path ? {} : { position: locate(path, onKey, part) }),
      ...(related && {
        related: related.map((each) => ({
          ...each,
          position: each.position ?? locate(each.path, each.onKey),
        })),
      }),
    }
  })
