/** Files that each machine has already and that a file of the profile would replace whole. */
export type SystemFile = {
  paths: readonly (string | RegExp)[]
  /** What is in the file, or what is lost. */
  why: string
  /** What to write instead; `%` is the path. */
  instead: string
  /** Right on one machine, because the content is its own. */
  forOneMachine?: true
  source?: string
}

export const dropIn = (directory: string, name = '90-local.conf'): string => `write /etc/${directory}/${name}`
