import type { Path } from '../../diagnostics/diagnostic.ts'

/** Where a value comes from. */
export type Origin =
  | { kind: 'profile'; file: string; line: number; component?: string }
  | { kind: 'component'; component: string }
  | { kind: 'default'; reason: string }
  /** Nothing of hakube's: people put it there. */
  | { kind: 'yours'; source: string }

/** `origin` is null for what is there by itself. */
export type Row = { name: string; value: string; origin: Origin | null }
/** The profile as it was written: the line of a path, or null where the profile says nothing. */
export type LineOf = (path: Path) => { file: string; line: number } | null
