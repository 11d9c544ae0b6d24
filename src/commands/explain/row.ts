import type { Path } from '../../diagnostics/diagnostic.ts'

/** The origin of a value. */
export type Origin =
  | { kind: 'profile'; file: string; line: number; component?: string }
  | { kind: 'component'; component: string }
  | { kind: 'default'; reason: string }
  /** A file that the operator provides. */
  | { kind: 'yours'; source: string }

/** `origin` is null for a row without one. */
export type Row = { name: string; value: string; origin: Origin | null }
/** The line of a path in the profile as written, or null if the profile does not contain it. */
export type LineOf = (path: Path) => { file: string; line: number } | null
