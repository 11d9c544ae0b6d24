/*
 * Settings of a profile with which a component cannot work. A component declares them in its part; `hakube check` and `assemble` compare
 * the profile with them (`conflicts/`).
 */

/** A kernel argument with which a component cannot work. */
export type RefusedArgument = {
  /** The part before `=`, or the whole word. */
  name: string
  /** Refused if one of these items is in its value; absent: with any value, or none. */
  values?: readonly string[]
  /** Refused only if its value is a list without this item. */
  without?: string
  /** Refused only if its value is an amount of memory of fewer bytes. */
  below?: number
  /** The end of the sentence `… and NAME cannot work with it: `. */
  reason: string
}

/** Values of a kernel setting with which a component cannot work. Any other value is fine, and hakube sets none. */
export type RefusedSysctl = {
  /** With dots; may have patterns (glob(7)). */
  key: string
  /** Keys that match the pattern and may have any value. */
  except?: readonly string[]
  /** Refused: this value. */
  value?: string
  /** Refused: every lower number. */
  below?: number
  /**
   * Refused: every other value, if a program on the machine writes this one whenever it starts. Applies only to `sysctls`, which a check
   * compares.
   */
  otherThan?: string
  /** The end of the sentence `… and NAME cannot work with it: `. */
  reason: string
}

/** A command that undoes what a component does. Plain data, so that machines with equal declarations share it. */
export type RefusedCommand = {
  /** Names of programs, without their directory. */
  programs: readonly string[]
  /** Refused if its arguments contain all words of any of these lists; absent: with any arguments. */
  having?: readonly (readonly string[])[]
  /** With fewer arguments, it only shows something. */
  wordsAtLeast?: number
  /** It is harmless with any of these words. */
  unless?: readonly string[]
  /** What it does, after "this": `turns swap on`. */
  does: string
  /** Continues the sentence after the component's name: `needs it off: the kubelet does not start`. */
  need: string
  hint?: string
  /** The step that does the right thing again when it runs later. */
  setRightBy?: string
}
