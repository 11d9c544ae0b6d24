/** Files that each machine already has, and that a file of the profile would replace. */
export type SystemFile = {
  paths: readonly (string | RegExp)[]
  /** The contents of the file, or what is lost. */
  why: string
  /** What to write instead; `%` is the path. */
  instead: string
  /** Correct on a single machine, because the contents are specific to it. */
  forOneMachine?: true
  source?: string
}

export const dropIn = (directory: string, name = '90-local.conf'): string => `write /etc/${directory}/${name}`
